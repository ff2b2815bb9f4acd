"""Which past pairings are replayed where there are too many for all: some days, spread over the years."""

from __future__ import annotations

import numpy as np
import polars as pl

from matchmaker.evaluation.settings import Drawn
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import ExcludedPairing

NOT_DRAWN = "not drawn"
"""The rule by which the others are left out."""


def drawn_pairings(
    pairings: pl.DataFrame, how: Drawn, sector: Sector
) -> tuple[pl.DataFrame, list[ExcludedPairing]]:
    """Some of the past pairings; nothing is drawn by chance, so the same table gives the same ones.

    Whole days are taken, because profiles of a day cost more than all replays on it.

    Args:
        pairings: in the form of the snapshot's table.
        how: how many.
        sector: whose families of pairings they are.

    Returns:
        Those that are replayed, and the rest with the reason.
    """
    counted = pairings.filter(pl.col("kind").is_in(how.kinds), pl.col("start") >= how.since)
    days = counted["start"].unique().sort()
    kept = _spread(len(days), how.days)
    family = {name: kind.family for name, kind in sector.pairing_kinds.items()}
    on_days = counted.filter(pl.col("start").is_in(days.gather(kept).implode())).sort("start", "pairing_id")
    groups = on_days.with_columns(family=pl.col("kind").replace_strict(family)).partition_by(
        "start", "family", maintain_order=True
    )
    ids = [one for group in groups for one in group["pairing_id"].gather(_spread(len(group), how.of_family))]
    wanted = pl.col("pairing_id").is_in(ids)
    rest = pairings.filter(~wanted).sort("start", "pairing_id").select("pairing_id", "kind")
    left_out = [ExcludedPairing(one, kind, NOT_DRAWN, how.why) for one, kind in rest.iter_rows()]
    return pairings.filter(wanted), left_out


def _spread(n: int, most: int) -> list[int]:
    """At most so many of n positions, evenly apart."""
    return list(dict.fromkeys(np.linspace(0, n - 1, min(n, most)).round().astype(int).tolist()))
