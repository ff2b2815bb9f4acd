"""What is on record of organisations on a day: active interventions, help under way, earlier joint work.

A fact counts from the last day of the month or year that its date names, so that a replay of a day sees
nothing that came after it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import last_day
from matchmaker.snapshot import Snapshot


@cached
def active_interventions(snapshot: Snapshot, day: date) -> dict[str, dict[str, Any]]:
    """Code -> the latest intervention that is active on a day.

    An intervention whose end is not known counts as active for a time after its entry, and for a time after
    the last day on which a source shows it; the sector says for how long.
    """
    assumed = snapshot.sector.interventions
    begun = snapshot.interventions.filter(pl.coalesce(last_day("entry"), "seen") <= day)
    assumed_end = pl.max_horizontal(
        pl.col("entry").dt.offset_by(f"{assumed.open_end_months}mo"),
        pl.when(pl.col("seen") <= day).then(pl.col("seen").dt.offset_by(f"{assumed.still_seen_months}mo")),
    )
    end = pl.when(pl.col("exit").is_not_null()).then("exit").otherwise(assumed_end)
    return {row["code"]: row for row in begun.filter(end > day).sort("code", "entry").to_dicts()}


@cached
def known_pairings(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Pairings known to have begun by a day, without those that had been abandoned by then.

    One that was abandoned later was under way like any other: nobody knew.
    """
    begun = last_day("start") <= day
    return snapshot.pairings.filter(begun & ((pl.col("status") != "abandoned") | _ends_after(day)))


@cached
def helping(snapshot: Snapshot, day: date) -> dict[str, list[str]]:
    """Partner -> the recipients that it helps on a day while they go on as bodies of their own."""
    kinds = [name for name, kind in snapshot.sector.pairing_kinds.items() if kind.is_help]
    months = snapshot.sector.interventions.open_end_months
    begun = known_pairings(snapshot, day).filter(pl.col("kind").is_in(kinds))
    still = _ends_after(day) | (
        pl.col("end").is_null()
        & ((pl.col("status") == "ongoing") | (pl.col("start").dt.offset_by(f"{months}mo") > day))
    )
    active = begun.filter(still).select("partner", "recipient").unique().sort("partner", "recipient")
    out: dict[str, list[str]] = {}
    for partner, recipient in active.iter_rows():
        out.setdefault(partner, []).append(recipient)
    return out


@cached
def absorptions(snapshot: Snapshot, day: date) -> dict[str, str]:
    """Code -> the organisation that it is about to join: absorptions under way on a day."""
    kinds = [name for name, kind in snapshot.sector.pairing_kinds.items() if kind.is_absorption]
    begun = known_pairings(snapshot, day).filter(pl.col("kind").is_in(kinds))
    under_way = begun.filter((pl.col("status") == "ongoing") | _ends_after(day))
    return dict(under_way.select("recipient", "partner").iter_rows())


@cached
def relations(snapshot: Snapshot, day: date) -> dict[frozenset[str], str]:
    """Pair of codes -> a sentence on their latest joint work known on a day."""
    kinds = snapshot.sector.pairing_kinds
    out = {}
    for row in known_pairings(snapshot, day).sort("start", "pairing_id").iter_rows(named=True):
        kind = kinds[row["kind"]].label
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
    return (last_day("end") > day).fill_null(False)
