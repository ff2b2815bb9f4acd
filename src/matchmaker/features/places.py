"""Where organisations were on a day, by the dated lists of their places."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.snapshot import Snapshot

MAIN, SITE = "main", "site"
"""Kinds of place: the one that distances are measured from, and where the organisation works."""
COLUMNS = {
    "code": pl.String,
    "name": pl.String,
    "known_from": pl.Date,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "basis": pl.String,
}


def places_on(snapshot: Snapshot, day: date, kind: str) -> pl.DataFrame:
    """The places of one kind that held on a day, by code.

    For each organisation they are those of its latest list by then. Before the first list that names it,
    they are those of the first: where a building stands is no outcome, so nothing leaks.

    Returns:
        Columns as in `COLUMNS`.
    """
    if "places" not in snapshot.manifest["tables"]:  # it was built before there was such a table
        return pl.DataFrame(schema=COLUMNS)
    return (
        held_on(snapshot.places.filter(pl.col("kind") == kind), day)
        .sort("code", "name")
        .select(list(COLUMNS))
    )


def held_on(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """The rows of one kind of place (`code`, `known_from`) that held on a day; see `places_on`."""
    by_then = pl.col("known_from").filter(pl.col("known_from") <= day).max().over("code")
    held = pl.coalesce(by_then, pl.col("known_from").min().over("code"))
    return rows.filter(pl.col("known_from") == held)
