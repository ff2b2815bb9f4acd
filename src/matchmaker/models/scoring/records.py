"""What is on record between organisations on a day: spells, help under way, joint work before.

A fact counts from the last day of the month or year that its date names, so that nothing of a
replayed day knows what came after it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from matchmaker.cache import cached
from matchmaker.snapshot import Snapshot

OPEN_END_MONTHS = 36
"""A spell whose end was not read counts as running for so long after its entry: the mean stay was 24
months (NHS Providers, 2017)."""
STILL_SEEN_MONTHS = 12
"""And for so long after the last day on which a source shows it running."""
HELP = ("buddying", "management_contract", "shared_leadership")


@cached
def active_interventions(snapshot: Snapshot, day: date) -> dict[str, dict[str, Any]]:
    """Trust -> its latest spell in special measures or the support programme that runs on a day."""
    begun = snapshot.interventions.filter(pl.coalesce(_surely("entry", "entry_precision"), "seen") <= day)
    assumed_end = pl.max_horizontal(
        pl.col("entry").dt.offset_by(f"{OPEN_END_MONTHS}mo"),
        pl.when(pl.col("seen") <= day).then(pl.col("seen").dt.offset_by(f"{STILL_SEEN_MONTHS}mo")),
    )
    end = pl.when(pl.col("exit").is_not_null()).then("exit").otherwise(assumed_end)
    return {row["code"]: row for row in begun.filter(end > day).sort("code", "entry").to_dicts()}


@cached
def known_pairings(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Pairings that had begun by a day and were known to have; those abandoned by then are left out.

    One that was abandoned later was under way like any other: nobody knew.
    """
    begun = _surely("start", "start_precision") <= day
    return snapshot.pairings.filter(begun & ((pl.col("status") != "abandoned") | _ends_after(day)))


@cached
def helping(snapshot: Snapshot, day: date) -> dict[str, list[str]]:
    """Partner -> whom it helps on a day, by buddying, management contract or shared leadership."""
    begun = known_pairings(snapshot, day).filter(pl.col("kind").is_in(HELP))
    still = _ends_after(day) | (
        pl.col("end").is_null()
        & ((pl.col("status") == "ongoing") | (pl.col("start").dt.offset_by(f"{OPEN_END_MONTHS}mo") > day))
    )
    running = begun.filter(still).select("partner", "recipient").unique().sort("partner", "recipient")
    out: dict[str, list[str]] = {}
    for partner, recipient in running.iter_rows():
        out.setdefault(partner, []).append(recipient)
    return out


@cached
def absorptions(snapshot: Snapshot, day: date) -> dict[str, str]:
    """Organisation -> the one it is about to join: mergers and acquisitions under way on a day."""
    begun = known_pairings(snapshot, day).filter(pl.col("kind").is_in(["acquisition", "merger"]))
    under_way = begun.filter((pl.col("status") == "ongoing") | _ends_after(day))
    return dict(under_way.select("recipient", "partner").iter_rows())


@cached
def relations(snapshot: Snapshot, day: date) -> dict[frozenset[str], str]:
    """Pair of organisations -> a sentence on their latest joint work known on a day."""
    out = {}
    for row in known_pairings(snapshot, day).sort("start", "pairing_id").iter_rows(named=True):
        kind = row["kind"].replace("_", " ")
        out[frozenset((row["recipient"], row["partner"]))] = f"On record: {kind} from {row['start']:%Y}."
    listed = snapshot.groups.filter(
        (pl.col("as_of") <= day) & pl.col("group_name").is_not_null() & (pl.col("group_name") != "")
    )
    groups = listed.group_by("group_name", maintain_order=True).agg(pl.col("code").unique().sort())
    for name, members in groups.iter_rows():
        for at, one in enumerate(members):
            for other in members[at + 1 :]:
                out[frozenset((one, other))] = f"Their boards share leadership ({name})."
    return out


def _ends_after(day: date) -> pl.Expr:
    return (_surely("end", "end_precision") > day).fill_null(False)


def _surely(day: str, precision: str) -> pl.Expr:
    """The last day that a date of its precision can mean."""
    return (
        pl.when(pl.col(precision) == "year")
        .then(pl.col(day).dt.offset_by("1y").dt.offset_by("-1d"))
        .when(pl.col(precision) == "month")
        .then(pl.col(day).dt.month_end())
        .otherwise(pl.col(day))
    )
