"""Ties between organisations as of a day: who leads both, who helps whom, who joins whom.

They come from every table that holds them: pairings, groups, and the sector's own tables through its hook
`ties`. A fact counts from the last day of the month or year that its date names, so that a replay of a day
sees nothing that came after it. A tie ends when one of the two closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any, Literal

import polars as pl

from matchmaker.cache import cached_apart_from_figures
from matchmaker.dates import format_date, last_day, months_before
from matchmaker.sector import PairingKind, Sector, SharedPost
from matchmaker.snapshot import Snapshot
from matchmaker.stored import Parts, of_own_day, stored

TieState = Literal["in_force", "unconfirmed", "ended"]
HELPING, HELPED, ABSORBING, ABSORBED = "helping", "helped", "absorbing", "absorbed"
"""Kinds of ties by pairings; all others are joint leadership."""
SHARED_LEADERSHIP = "shared_leadership"
"""Joint leadership of which it is not on record what exactly is shared."""
_UNSAID = SharedPost(now="Both share leadership", past="Both shared leadership")
_OPPOSITE = {HELPING: HELPED, HELPED: HELPING, ABSORBING: ABSORBED, ABSORBED: ABSORBING}
_STATES: tuple[TieState, ...] = ("in_force", "unconfirmed", "ended")


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie of an organisation with another, as of a day."""

    kind: str
    """What ties the first to the second: it is `helping` it, `helped` by it, `absorbing` it, `absorbed` by
    it; or a kind of joint leadership, by the sector's name or `shared_leadership`."""
    state: TieState
    """`unconfirmed` where no source has shown joint leadership for long and none shows its end."""
    since: date | None
    """Its first day, as far as is known."""
    since_precision: str
    """`day`, `month` or `year`."""
    until: date | None
    """The day on which it ended; None where it has not, or where that day is not known."""
    seen: date | None
    """The last day on which a source shows it; None where the table of pairings has it as going on."""
    source: str
    """Address or title of the source."""
    group: str | None = None
    """Name of the group of which both are members."""
    pairing: str | None = None
    """What the pairing is called that it comes from."""

    @property
    def is_joint(self) -> bool:
        """Whether both are, or were, led by the same people."""
        return self.kind not in _OPPOSITE


Pair = tuple[str, str]
_Found = tuple[Pair, Tie]


_COLUMNS = {
    **dict.fromkeys(("one", "other", "kind", "state"), pl.String),
    "since": pl.Date,
    "since_precision": pl.String,
    **dict.fromkeys(("until", "seen"), pl.Date),
    **dict.fromkeys(("source", "group", "pairing"), pl.String),
}


def _packed(found: dict[Pair, tuple[Tie, ...]]) -> Parts:
    rows = [(*pair, *astuple(tie)) for pair, of_pair in found.items() for tie in of_pair]
    return {"ties": pl.DataFrame(rows, _COLUMNS, orient="row")}


def _unpacked(parts: Parts, *_: Any) -> dict[Pair, tuple[Tie, ...]]:
    found: dict[Pair, tuple[Tie, ...]] = {}
    for one, other, *tie in parts["ties"].iter_rows():
        found[one, other] = (*found.get((one, other), ()), Tie(*tie))
    return found


@cached_apart_from_figures
@stored(_packed, _unpacked, when=of_own_day)
def ties(snapshot: Snapshot, day: date) -> dict[Pair, tuple[Tie, ...]]:
    """(one, other) -> the ties of the one with the other known on a day.

    Each pair stands in both orders. What is in force comes first; then joint leadership, the closest first;
    then the latest.
    """
    closed = {
        code: on
        for code, on in snapshot.organisations.select("code", "closed").iter_rows()
        if on is not None and on < day
    }
    found: dict[Pair, list[Tie]] = {}
    for (one, other), tie in _every(snapshot, day):
        at = _closed_on(closed, one, other)
        ended = tie if at is None or tie.state == "ended" else replace(tie, state="ended", until=at)
        found.setdefault((one, other), []).append(ended)
        found.setdefault((other, one), []).append(replace(ended, kind=_OPPOSITE.get(ended.kind, ended.kind)))
    closest = {kind: at for at, kind in enumerate(snapshot.sector.joint_leadership.kinds)}
    return {
        pair: tuple(_in_order(_merged(_overtaken(of_pair)), closest))
        for pair, of_pair in sorted(found.items())
    }


@cached_apart_from_figures
def same_group(snapshot: Snapshot, day: date) -> dict[str, dict[str, Tie]]:
    """Code -> the organisations with which it is, or may be, one in all but name, and the tie that says so.

    The sector names the kinds of joint leadership that count (`joint_leadership.one_in_all_but_name`). A tie
    that no source has shown for long is in it as `unconfirmed`; so is joint leadership of which it is not on
    record what is shared, as `shared_leadership`: of either it is unknown whether it counts.
    """
    counted = {*snapshot.sector.joint_leadership.one_in_all_but_name, SHARED_LEADERSHIP}
    out: dict[str, dict[str, Tie]] = {}
    if len(counted) > 1:
        for (one, other), known in ties(snapshot, day).items():
            closest = [tie for tie in known if tie.kind in counted and tie.state != "ended"]
            if closest:
                out.setdefault(one, {})[other] = closest[0]
    return out


def is_one_in_all_but_name(tie: Tie) -> bool:
    """Whether a tie of `same_group` is known to be in force and to count."""
    return tie.state == "in_force" and tie.kind != SHARED_LEADERSHIP


def describe_tie(tie: Tie, sector: Sector) -> str:
    """What a tie is, in plain words."""
    phrases = sector.joint_leadership.kinds.get(tie.kind, _UNSAID)
    if tie.pairing and tie.since and (tie.state == "ended" or not tie.is_joint):
        return f"On record: {tie.pairing} from {tie.since:%Y}."
    group = f" ({tie.group})" if tie.group else ""
    since = f" since {format_date(tie.since, tie.since_precision)}" if tie.since else ""
    if tie.state == "in_force":
        reported = "" if tie.seen is None else f", last reported by {format_date(tie.seen, 'month')}"
        return f"{phrases.now}{since}{group}{reported}."
    if tie.state == "unconfirmed" and tie.seen is not None:
        return f"{phrases.past}{group} when last reported, by {format_date(tie.seen, 'month')}."
    until = "" if tie.until is None else f" until {format_date(tie.until, 'month')}"
    return f"{phrases.past}{group}{until}."


@cached_apart_from_figures
def known_pairings(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Pairings known to have begun by a day, without those that had been abandoned by then.

    One that was abandoned later was under way like any other: nobody knew.
    """
    begun = last_day("start") <= day
    return snapshot.pairings.filter(begun & ((pl.col("status") != "abandoned") | _ends_after(day)))


def _ends_after(day: date) -> pl.Expr:
    return (last_day("end") > day).fill_null(False)


def _closed_on(closed: Mapping[str, date], one: str, other: str) -> date | None:
    return min((closed[code] for code in (one, other) if code in closed), default=None)


def _every(snapshot: Snapshot, day: date) -> Iterator[_Found]:
    yield from _from_pairings(snapshot, day)
    yield from _from_groups(snapshot, day)
    hook = snapshot.sector.hook("ties")
    if hook is not None:
        for one, other, tie in hook(snapshot, day):
            yield (one, other), _confirmed(tie, snapshot, day)


def _from_pairings(snapshot: Snapshot, day: date) -> Iterator[_Found]:
    sector = snapshot.sector
    assumed_end = pl.col("start").dt.offset_by(f"{sector.interventions.open_end_months}mo")
    begun = known_pairings(snapshot, day).with_columns(
        going_on=_ends_after(day) | (pl.col("end").is_null() & (pl.col("status") == "ongoing")),
        assumed=pl.col("end").is_null() & (assumed_end > day),
    )
    for row in begun.sort("start", "pairing_id").iter_rows(named=True):
        kind = sector.pairing_kinds[row["kind"]]
        pair = (row["partner"], row["recipient"])
        if kind.is_absorption:
            yield pair, _of_pairing(row, kind, ABSORBING, in_force=row["going_on"])
            continue
        in_force = row["going_on"] or row["assumed"]
        if kind.is_joint_leadership:
            for one in _shared(sector, row["leadership"]):
                yield pair, _of_pairing(row, kind, one, in_force=in_force)
        if kind.is_help:
            yield pair, _of_pairing(row, kind, HELPING, in_force=in_force)


def _shared(sector: Sector, word: str | None) -> tuple[str, ...]:
    return sector.joint_leadership.words.get(word or "", ()) or (SHARED_LEADERSHIP,)


def _of_pairing(row: Mapping[str, Any], kind: PairingKind, tie: str, *, in_force: bool) -> Tie:
    return Tie(
        kind=tie,
        state="in_force" if in_force else "ended",
        since=row["start"],
        since_precision=row["start_precision"],
        until=None if in_force else row["end"],
        seen=None,
        source=row["source"],
        pairing=kind.label,
    )


def _from_groups(snapshot: Snapshot, day: date) -> Iterator[_Found]:
    """Every two members of a group; of what is listed several times, the latest counts."""
    listed = snapshot.groups.filter(
        (pl.col("as_of") <= day) & pl.col("group_name").is_not_null() & (pl.col("group_name") != "")
    )
    latest = listed.sort("as_of", "source").unique(["group_name", "code"], keep="last").sort("code")
    for name, of_group in latest.group_by("group_name", maintain_order=True):
        for one, other in combinations(of_group.to_dicts(), 2):
            earlier = min(one, other, key=lambda row: row["as_of"])
            for kind in _shared(snapshot.sector, earlier["leadership"]):
                tie = Tie(
                    kind, "in_force", None, "day", None, earlier["as_of"], earlier["source"], str(name[0])
                )
                yield (one["code"], other["code"]), _confirmed(tie, snapshot, day)


def _confirmed(tie: Tie, snapshot: Snapshot, day: date) -> Tie:
    """A tie that was seen so long ago that help without a known end would be over is unconfirmed."""
    if tie.state != "in_force" or tie.seen is None:
        return tie
    months = snapshot.sector.interventions.open_end_months
    return tie if tie.seen > months_before(day, months) else replace(tie, state="unconfirmed")


def _overtaken(of_pair: list[Tie]) -> list[Tie]:
    """Joint leadership that a pairing shows to have ended, without what was seen of it only before."""
    ended = max((tie.until for tie in of_pair if tie.is_joint and tie.pairing and tie.until), default=None)
    if ended is None:
        return of_pair
    return [
        replace(tie, state="ended", until=ended)
        if tie.is_joint and tie.state != "ended" and tie.seen is not None and tie.seen < ended
        else tie
        for tie in of_pair
    ]


def _merged(of_pair: list[Tie]) -> list[Tie]:
    """One tie of each kind where several sources show the same: the earliest start, the latest sight."""
    out: dict[tuple[Any, ...], Tie] = {}
    for tie in of_pair:
        key = (tie.kind, "in_force") if tie.is_joint and tie.state != "ended" else (tie.kind, tie)
        other = out.get(key)
        out[key] = tie if other is None else _both(other, tie)
    now = {tie.kind: tie for tie in out.values() if tie.is_joint and tie.state == "in_force"}
    return [tie for tie in out.values() if not _is_part_of(tie, now)]


def _is_part_of(tie: Tie, now: Mapping[str, Tie]) -> bool:
    """Whether joint leadership in force says all that a tie does."""
    if tie.kind == SHARED_LEADERSHIP and tie.state == "in_force":
        return len(now) > 1
    same = now.get(tie.kind)
    return tie.state == "ended" and same is not None and (same.since or date.max) <= (tie.since or date.min)


def _both(one: Tie, other: Tie) -> Tie:
    first, second = sorted((one, other), key=lambda tie: _STATES.index(tie.state))
    started = min(
        (tie for tie in (one, other) if tie.since), key=lambda tie: tie.since or date.max, default=one
    )
    seen = [tie.seen for tie in (one, other) if tie.state == first.state]
    return replace(
        first,
        since=started.since,
        since_precision=started.since_precision,
        seen=None if None in seen else max(day for day in seen if day is not None),
        group=first.group or second.group,
        pairing=first.pairing or second.pairing,
    )


def _in_order(of_pair: Iterable[Tie], closest: Mapping[str, int]) -> list[Tie]:
    latest = sorted(of_pair, key=lambda tie: tie.since or date.min, reverse=True)
    last = len(closest)
    return sorted(
        latest,
        key=lambda tie: (_STATES.index(tie.state), closest.get(tie.kind, last + (not tie.is_joint))),
    )
