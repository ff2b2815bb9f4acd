"""What is on record of organisations on a day: active interventions, help under way, earlier joint work.

A fact counts from the last day of the month or year that its date names, so that a replay of a day sees
nothing that came after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit

import polars as pl

from matchmaker.cache import cached, cached_apart_from_figures
from matchmaker.dates import format_date, last_day
from matchmaker.models.ties import ABSORBED, HELPING, describe_tie, ties
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.stored import Parts, of_own_day, stored

UNKNOWN_END = "its end, if it has ended, is not known"


@dataclass(frozen=True, slots=True)
class Intervention:
    """A spell under formal intervention, as of a day."""

    regime: str
    """Name of the regime."""
    state: Literal["active", "doubted", "lapsed"]
    """`doubted` where a later judgement speaks against its still running; `lapsed` where neither an end nor
    anything else is known of it for so long that it is no longer assumed to run."""
    entry: date | None
    """Its first day; None is unknown."""
    entry_precision: str | None
    """`day`, `month` or `year`."""
    entry_last: date | None
    """The last day that its entry can mean."""
    shown: date
    """The last day on which a source shows it, as far as is known."""
    end_known: bool
    """Whether a source says when it ended, or will have ended."""
    source: str
    """Address or title of the source."""
    judgement: tuple[float, date] | None
    """What speaks against its still running: the value, and the last day of its period."""


@cached
def interventions_on(snapshot: Snapshot, day: date) -> dict[str, Intervention]:
    """Code -> the latest intervention that had begun by a day and is not known to have ended by then.

    One whose end is not known counts as active for a time after its entry, and for a time after the last day
    on which a source shows it; the sector says for how long, and what puts it in doubt.
    """
    assumed = snapshot.sector.interventions
    judgements = _judgements(snapshot, day)
    known = snapshot.interventions.with_columns(
        entry_last=last_day("entry"),
        shown=pl.max_horizontal(last_day("entry"), pl.when(pl.col("seen") <= day).then("seen")),
        assumed_end=pl.max_horizontal(
            pl.col("entry").dt.offset_by(f"{assumed.open_end_months}mo"),
            pl.when(pl.col("seen") <= day).then(
                pl.col("seen").dt.offset_by(f"{assumed.still_seen_months}mo")
            ),
        ),
    )
    begun = known.filter(
        pl.coalesce(last_day("entry"), "seen") <= day,
        (pl.col("reported") <= day).fill_null(True),
        (pl.col("exit") > day).fill_null(True),
    )
    found: dict[str, list[Intervention]] = {}
    for row in begun.sort("code", "shown", "spell_id").iter_rows(named=True):
        replaced = assumed.regimes[row["regime"]].replaced
        judgement = judgements.get(row["code"])
        if row["exit"] is not None or (judgement is not None and judgement[1] < row["shown"]):
            judgement = None
        lapsed = row["exit"] is None and row["assumed_end"] <= day
        if lapsed and replaced is not None and replaced <= day:
            continue
        found.setdefault(row["code"], []).append(
            Intervention(
                regime=row["regime"],
                state="doubted" if judgement else "lapsed" if lapsed else "active",
                entry=row["entry"],
                entry_precision=row["entry_precision"],
                entry_last=row["entry_last"],
                shown=row["shown"],
                end_known=row["exit_known"],
                source=row["source"],
                judgement=judgement,
            )
        )
    return {code: max(own, key=lambda one: (one.state == "active", one.shown)) for code, own in found.items()}


_JUDGEMENT = {"code": pl.String, "value": pl.Float64, "period_end": pl.Date}


def _unpacked(parts: Parts, *_: Any) -> dict[str, tuple[float, date]]:
    return {code: (value, end) for code, value, end in parts["judgements"].iter_rows()}


@stored(
    lambda found: {
        "judgements": pl.DataFrame([(code, *one) for code, one in found.items()], _JUDGEMENT, orient="row")
    },
    _unpacked,
    when=of_own_day,
)
def _judgements(snapshot: Snapshot, day: date) -> dict[str, tuple[float, date]]:
    """Code -> the latest judgement known on a day, where it speaks against an intervention."""
    against = snapshot.sector.interventions.contradicted_by
    if against is None:
        return {}
    known = snapshot.measures.filter(
        (pl.col("measure") == against.measure) & (pl.col("known_from") <= day)
    ).sort("period_end", "known_from", "source")
    latest = known.unique("code", keep="last").filter(pl.col("value") <= against.at_most)
    return {
        code: (value, end) for code, value, end in latest.select("code", "value", "period_end").iter_rows()
    }


def intervention_phrases(one: Intervention, sector: Sector) -> dict[str, str]:
    """Parts of a sentence on an intervention.

    Returns:
        `regime`, `since`, `end`, and `report`: who reported it, when last, and what `end` says.
    """
    entry = one.entry and format_date(one.entry, one.entry_precision or "day")
    named = [source_name(one.source)]
    if one.shown != one.entry_last:
        named.append(format_date(one.shown))
    return {
        "regime": sector.interventions.regimes[one.regime].label,
        "since": f" since {entry}" if entry else "",
        "end": "" if one.end_known else f" ({UNKNOWN_END})",
        "report": f" ({', '.join(named)}{'' if one.end_known else f'; {UNKNOWN_END}'})",
    }


def describe_intervention(one: Intervention, sector: Sector) -> str:
    """That it was reported, by whom, and what is known of its end."""
    parts = intervention_phrases(one, sector)
    text = "It was reported to be in {regime}{since}{report}.".format(**parts)
    against = sector.interventions.contradicted_by
    if one.judgement is not None and against is not None:
        value, end = one.judgement
        label = f"{against.label[:1].upper()}{against.label[1:]}"
        return f"{text} {label} to {format_date(end)} is {value:g}, which speaks against its still being so."
    return text


def source_name(source: str) -> str:
    """The host of an address, as people write it; any other source as it is."""
    host = urlsplit(source).hostname if source.startswith(("https://", "http://")) else None
    return source if host is None else host.removeprefix("www.").removeprefix("feeds.")


def joined_since(snapshot: Snapshot, code: str, after: date, day: date) -> str:
    """Which bodies became part of an organisation after a day, in sentences; empty where none did.

    Args:
        snapshot: the successions.
        code: the organisation.
        after: the day of a judgement on it.
        day: nothing later is told.
    """
    return "".join(
        f" It is of before {'part of ' if part else ''}{name} ({old}) joined on {format_date(when)}."
        for when, old, part, name in _joined(snapshot).get(code, ())
        if after < when <= day
    )


@cached_apart_from_figures
def _joined(snapshot: Snapshot) -> dict[str, list[tuple[date, str, bool, str]]]:
    """Code -> the bodies that became part of it, in order: day, code, whether only in part, name."""
    names = dict(snapshot.organisations.select("code", "name").iter_rows())
    out: dict[str, list[tuple[date, str, bool, str]]] = {}
    for new, when, old, part in (
        snapshot.successions.sort("date", "old").select("new", "date", "old", "part").iter_rows()
    ):
        out.setdefault(new, []).append((when, old, part, names.get(old, old)))
    return out


def active_interventions(snapshot: Snapshot, day: date) -> dict[str, Intervention]:
    """Code -> the latest intervention that counts as active on a day."""
    return {code: one for code, one in interventions_on(snapshot, day).items() if one.state == "active"}


@cached_apart_from_figures
def helping(snapshot: Snapshot, day: date) -> dict[str, list[str]]:
    """Partner -> the recipients that it helps on a day while they go on as bodies of their own."""
    out: dict[str, list[str]] = {}
    for (partner, recipient), known in ties(snapshot, day).items():
        if any(tie.kind == HELPING and tie.state == "in_force" for tie in known):
            out.setdefault(partner, []).append(recipient)
    return out


@cached_apart_from_figures
def absorptions(snapshot: Snapshot, day: date) -> dict[str, str]:
    """Code -> the organisation that it is about to join: absorptions under way on a day.

    Of several the one that began last counts.
    """
    out: dict[str, tuple[date, str]] = {}
    for (recipient, partner), known in ties(snapshot, day).items():
        begun = [tie.since for tie in known if tie.kind == ABSORBED and tie.state == "in_force"]
        latest = max((since or date.min, partner) for since in begun) if begun else None
        if latest is not None:
            out[recipient] = max(latest, out.get(recipient, latest))
    return {recipient: partner for recipient, (_, partner) in out.items()}


@cached_apart_from_figures
def relations(snapshot: Snapshot, day: date, joint_leadership: bool = True) -> dict[frozenset[str], str]:
    """Pair of codes -> a sentence on their closest or latest joint work known on a day.

    Args:
        snapshot: the records.
        day: nothing later is used.
        joint_leadership: whether leaders that both share, or shared, count as joint work.
    """
    kinds = snapshot.sector.pairing_kinds.values()
    leadership = set() if joint_leadership else {kind.label for kind in kinds if kind.is_joint_leadership}
    counted = {
        pair: [tie for tie in known if joint_leadership or not (tie.is_joint or tie.pairing in leadership)]
        for pair, known in ties(snapshot, day).items()
    }
    return {
        frozenset(pair): describe_tie(known[0], snapshot.sector) for pair, known in counted.items() if known
    }
