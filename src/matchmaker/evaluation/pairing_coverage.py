"""On how many past pairings features were known of both sides, on the day before each began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from matchmaker.errors import InvalidParameter
from matchmaker.features import features
from matchmaker.features.profiles import profiles
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.training.choice_sets import day_before

ALL_KINDS = "all"
"""The row that counts pairings of every kind."""


def counted_features(sector: Sector) -> list[str]:
    """The features that are counted where none are named: those of `documents.toml`, or the headline ones."""
    named = sector.toml("documents.toml").get("pairing_features", sector.display.headline_features)
    return [str(name) for name in named]


def known_of_pairings(
    snapshot: Snapshot, names: Sequence[str], since: date | None = None, until: date | None = None
) -> pl.DataFrame:
    """Which features were known of both sides of each past pairing, as its replay would know them.

    Args:
        snapshot: holds the pairings and the figures.
        names: features.
        since: the first day of a beginning that counts; by default every one.
        until: the last.

    Returns:
        One row per pairing: pairing_id, kind, start, recipient, partner, is_open (both were, on the day), a
        column of true and false for each feature, and known, whether all are.

    Raises:
        InvalidParameter: no feature is named, or there is none of that name.
    """
    defined = {one.name: one for one in features(snapshot.sector)}
    unknown = [name for name in names if name not in defined]
    if unknown or not names:
        text = f"There is no feature named {unknown[0]}." if unknown else "No feature is named."
        raise InvalidParameter(text, f"The features are: {', '.join(defined)}.", ("features",))
    wanted = [defined[name] for name in names]
    rows = []
    begun = snapshot.pairings.filter(pl.col("start").is_between(since or date.min, until or date.max)).sort(
        "start", "pairing_id"
    )
    for row in begun.iter_rows(named=True):
        day = max(day_before(row["start"], row["start_precision"]), snapshot.known_since)
        on_day = profiles(snapshot, day, wanted)
        sides = [
            on_day.position[code] for code in (row["recipient"], row["partner"]) if code in on_day.position
        ]
        known = {
            name: len(sides) == 2 and bool(np.isfinite(on_day.values[sides, on_day.column[name]]).all())
            for name in names
        }
        identity = {name: row[name] for name in ("pairing_id", "kind", "start", "recipient", "partner")}
        rows.append(identity | {"is_open": len(sides) == 2} | known | {"known": all(known.values())})
    schema = {
        **dict.fromkeys(("pairing_id", "kind"), pl.String),
        "start": pl.Date,
        **dict.fromkeys(("recipient", "partner"), pl.String),
        **dict.fromkeys(("is_open", *names, "known"), pl.Boolean),
    }
    return pl.DataFrame(rows, schema=schema)


def coverage_by_kind(known: pl.DataFrame) -> pl.DataFrame:
    """How many pairings of each kind there are, and of how many each feature was known of both sides.

    Args:
        known: as `known_of_pairings` gives it.

    Returns:
        kind, pairings, a count for each feature, and known; the last row is of all kinds.
    """
    counted = known.columns[known.columns.index("is_open") + 1 :]
    counts = [pl.len().alias("pairings"), *(pl.col(name).sum() for name in counted)]
    by_kind = known.group_by("kind").agg(counts).sort("pairings", "kind", descending=[True, False])
    total = known.select(pl.lit(ALL_KINDS).alias("kind"), *counts)
    return pl.concat([by_kind, total.select(by_kind.columns)])
