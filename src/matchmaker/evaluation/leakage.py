"""Leakage: does a replay know anything that came later? It is repeated on a snapshot that ends on its day.

Everything published, begun or ended after the day is cut out of the snapshot. A replay that used only
what was known then can't tell the difference: profiles, eligible candidates and scores stay the same to
the last bit. Whatever differs has leaked. The days on which figures were known are checked apart, against
the days of the files that hold them.

What an organisation is (type, region, locality) is held without a date and is not cut: it is an identity, no
outcome. Localities are those of recent years. Of its places, those of later lists are cut, but for the first
list that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.evaluation.records import Leak
from matchmaker.evaluation.replay import EvaluatedMethod, arrangement_of
from matchmaker.features.organisation_types import type_rules
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.training.choice_sets import eligible_candidates
from matchmaker.training.parallel import Track, in_parallel
from matchmaker.typing import Mask


def find_leaks(
    choices: Sequence[ChoiceSituation], methods: Sequence[EvaluatedMethod], track: Track = iter
) -> list[Leak]:
    """What differs between each replay and the same replay on a snapshot that ends on its day.

    Args:
        choices: past pairings, as replayed.
        methods: learned ones included.
        track: wraps the choices, for a progress bar.
    """
    for method in methods:
        method.learn(choices)
    tasks = [(choice, [method.sent_with([choice]) for method in methods]) for choice in choices]
    return [leak for leaks in in_parallel(_leaks, tasks, track) for leak in leaks]


def _leaks(choice: ChoiceSituation, methods: Sequence[EvaluatedMethod]) -> list[Leak]:
    ended = truncate_snapshot(choice.snapshot, choice.day)
    then = profiles(ended, choice.day, choice.profiles.features)
    return [*_of_editions(choice), *_differences(choice, then, methods)]


def _of_editions(choice: ChoiceSituation) -> list[Leak]:
    """Figures counted as known on the day of a replay, of files that came out later.

    The other check cuts a snapshot by `known_from` and can't see a wrong one. A file that holds only what
    stood on its own day names that day in the manifest; nothing in it was known earlier.
    """
    snapshot = choice.profiles.snapshot
    later = [name for name, on in snapshot.as_at.items() if on > choice.day]
    early = snapshot.measures.filter(pl.col("source").is_in(later) & (pl.col("known_from") <= choice.day))
    if early.is_empty():
        return []
    return [Leak(pairing_id=choice.pairing_id, day=choice.day, what="editions", differs=early.height)]


def _differences(choice: ChoiceSituation, then: Profiles, methods: Sequence[EvaluatedMethod]) -> list[Leak]:
    def leak(what: str, differs: int) -> Leak:
        return Leak(pairing_id=choice.pairing_id, day=choice.day, what=what, differs=differs)

    row = then.position.get(choice.recipient)
    if row is None or then.organisations["code"].to_list() != choice.profiles.organisations["code"].to_list():
        return [leak("organisations", 1)]
    eligible = eligible_candidates(then, arrangement_of(choice), row)
    pairs: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "profiles": (choice.profiles.values, then.values),
        "eligible": (choice.eligible, eligible),
    }
    again = replace(choice, profiles=then, row=row, eligible=eligible)
    for method in methods:
        before, after = method.score(choice), method.score(again)
        if before is not None and after is not None:
            pairs[method.name] = (before[0], after[0])
    counts = {what: int(_differs(*pair).sum()) for what, pair in pairs.items()}
    return [leak(what, n) for what, n in counts.items() if n]


def _differs(before: NDArray[Any], after: NDArray[Any]) -> Mask:
    return np.asarray((before != after) & ~(np.isnan(before) & np.isnan(after)))


def truncate_snapshot(snapshot: Snapshot, day: date) -> Snapshot:
    """The snapshot as it would be had the world ended on a day."""
    cuts = CUTS | {name: _own_table(snapshot.sector, name) for name in snapshot.sector.tables}
    tables = {
        name: cuts.get(name, _kept)(snapshot.table(name), day, snapshot.sector)
        for name in snapshot.manifest["tables"]
    }
    manifest = {name: snapshot.manifest[name] for name in ("known_since", "sources")}
    # What was cut and until when tells the content; to hash it all would take as long as the rest of a check.
    whole = {name: entry["content_sha256"] for name, entry in snapshot.manifest["tables"].items()}
    hashes = {name: f"{own} until {day}" for name, own in whole.items()}
    return Snapshot.of(tables, manifest | {"as_of": day.isoformat()}, snapshot.sector, hashes=hashes)


Cut = Callable[[pl.DataFrame, date, Sector], pl.DataFrame]


def _kept(table: pl.DataFrame, day: date, sector: Sector) -> pl.DataFrame:  # noqa: ARG001
    return table


def _organisations(table: pl.DataFrame, day: date, sector: Sector) -> pl.DataFrame:  # noqa: ARG001
    opened = table.filter((pl.col("opened") <= day).fill_null(True))
    return opened.with_columns(closed=pl.when(pl.col("closed") <= day).then("closed"))


def _by(column: str) -> Cut:
    """Rows whose date in a column is not later."""
    return lambda table, day, sector: table.filter(pl.col(column) <= day)


def _attributes(table: pl.DataFrame, day: date, sector: Sector) -> pl.DataFrame:
    # of what type an organisation is, is no outcome
    is_type = pl.col("attribute").is_in(type_rules(sector).precedence)
    return table.filter((pl.col("known_from") <= day) | is_type)


def _places(table: pl.DataFrame, day: date, sector: Sector) -> pl.DataFrame:  # noqa: ARG001
    first = table.group_by("code", "kind").agg(first=pl.col("known_from").min())
    dated = table.join(first, on=["code", "kind"], maintain_order="left")
    return dated.filter(pl.col("known_from") <= pl.max_horizontal("first", pl.lit(day))).drop("first")


def _pairings(table: pl.DataFrame, day: date, sector: Sector) -> pl.DataFrame:  # noqa: ARG001
    # A pairing that goes on after the day had no end, no outcome and no later ratings then.
    ended, none = pl.col("end") > day, pl.lit(None, pl.String)
    return table.filter(_surely("start") <= day).with_columns(
        end=pl.when(~ended).then("end"),
        end_precision=pl.when(~ended).then("end_precision"),
        status=pl.when(ended).then(pl.lit("ongoing")).otherwise("status"),
        outcome=none,
        rating_after=none,
    )


def _interventions(table: pl.DataFrame, day: date, sector: Sector) -> pl.DataFrame:  # noqa: ARG001
    # A spell that ends after the day was seen running on it.
    over = pl.col("exit") > day
    seen = pl.when(pl.col("seen") <= day).then("seen")
    known = (pl.col("reported") <= day).fill_null(True)
    return table.filter((pl.coalesce(_surely("entry"), "seen") <= day) & known).with_columns(
        exit=pl.when(~over).then("exit"),
        exit_precision=pl.when(~over).then("exit_precision"),
        exit_known=pl.col("exit_known") & ~over,
        seen=pl.when(over).then(pl.lit(day)).otherwise(seen),
    )


CUTS: dict[str, Cut] = {
    "organisations": _organisations,
    "successions": _by("date"),
    "places": _places,
    "measures": _by("known_from"),
    "conflicts": _by("period_end"),
    "quarantine": _by("known_from"),
    "attributes": _attributes,
    "pairings": _pairings,
    "interventions": _interventions,
    "groups": _by("as_of"),
}
"""Table -> what of it was there on a day; names are kept whole."""


def _own_table(sector: Sector, name: str) -> Cut:
    """How a table of the sector's own is cut, as its definition says."""
    definition = sector.tables[name]
    if definition.known_from:
        return _by(definition.known_from)
    since = date.fromisoformat(definition.since)
    return lambda table, day, sector: table.filter(pl.lit(day >= since))


def _surely(column: str) -> pl.Expr:
    """The last day that a date of its precision can mean."""
    # Not that of `dates`: a check must not share the mistakes of what it checks.
    day, precision = pl.col(column), pl.col(f"{column}_precision")
    year = day.dt.offset_by("1y").dt.offset_by("-1d")
    return (
        pl.when(precision == "year")
        .then(year)
        .when(precision == "month")
        .then(day.dt.month_end())
        .otherwise(day)
    )
