"""Figures worked out from tables of facts (boards, ratings) as of a day, in the form of measures."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.features.definition import FACTS
from matchmaker.snapshot import Snapshot

SCHEMA = {
    "ods": pl.String,
    "measure": pl.String,
    "value": pl.Float64,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "known_from": pl.Date,
    "source": pl.String,
    "file": pl.String,
}
DAYS_A_YEAR = 365.25
CHURN_YEARS = 5


def facts(snapshot: Snapshot, as_of: date) -> pl.DataFrame:
    """All worked-out figures known on a day; columns as in `SCHEMA`.

    A fact counts from the day its source was published. `period_end` is that day, so a fact that
    nobody has confirmed for long turns stale: an empty end of a tenure is no proof of it lasting.
    """
    return pl.concat(
        [
            _tenure(snapshot.board_tenure, "chief_executive", as_of),
            _tenure(snapshot.board_tenure, "chair", as_of),
            _shared(snapshot.board_groups, as_of),
            _months_since_rated(snapshot.measures, as_of),
        ]
    )


def _tenure(table: pl.DataFrame, post: str, as_of: date) -> pl.DataFrame:
    known = table.filter((pl.col("as_of") <= as_of) & pl.col("role").str.starts_with(post))
    starts = known.filter(pl.col("start") <= as_of).select(
        "ods",
        "as_of",
        "source",
        day="start",
        interim=pl.col("role").str.contains("interim|acting"),
        kind=pl.lit("start"),
    )
    ends = known.filter(pl.col("end") <= as_of).select(
        "ods", "as_of", "source", day="end", interim=pl.lit(None, pl.Boolean), kind=pl.lit("end")
    )
    # Where an end is the last thing known, the successor began about then: who, and how, is unknown.
    changes = pl.concat([starts, ends]).sort("ods", "day", "kind", "as_of")
    last = changes.group_by("ods", maintain_order=True).agg(
        pl.col("day").last(),
        pl.col("interim").last(),
        pl.col("source").last(),
        pl.col("as_of").max(),
    )
    since = pl.lit(as_of).dt.offset_by(f"-{CHURN_YEARS}y")
    recent = (
        starts.filter(pl.col("day") > since)
        .unique(["ods", "day"])
        .group_by("ods")
        .agg(changes=pl.len().cast(pl.Float64))
    )
    last = last.join(recent, on="ods", how="left")
    years = (pl.lit(as_of) - pl.col("day")).dt.total_days() / DAYS_A_YEAR
    return pl.concat(
        [
            _figures(last, f"{post}_tenure", years),
            _figures(last, f"{post}_interim", pl.col("interim").cast(pl.Float64)),
            _figures(last, f"{post}_changes", pl.col("changes")),
        ]
    )


def _shared(table: pl.DataFrame, as_of: date) -> pl.DataFrame:
    # A trust that is not listed is unknown, not independent: the list is no census.
    known = table.filter(pl.col("as_of") <= as_of).sort("as_of").unique("ods", keep="last")
    return _figures(known, "shared_board", pl.lit(1.0))


def _months_since_rated(measures: pl.DataFrame, as_of: date) -> pl.DataFrame:
    rated = measures.filter((pl.col("measure") == "cqc_overall") & (pl.col("known_from") <= as_of))
    last = rated.sort("known_from", "source").unique("ods", keep="last").with_columns(as_of="known_from")
    months = (pl.lit(as_of) - pl.col("known_from")).dt.total_days() / DAYS_A_YEAR * 12
    return _figures(last, "months_since_rated", months)


def _figures(frame: pl.DataFrame, name: str, value: pl.Expr) -> pl.DataFrame:
    return (
        frame.select(
            "ods",
            pl.lit(FACTS + name).alias("measure"),
            value.cast(pl.Float64).alias("value"),
            pl.col("as_of").alias("period_start"),
            pl.col("as_of").alias("period_end"),
            pl.col("as_of").alias("known_from"),
            pl.col("source"),
            pl.lit("").alias("file"),
        )
        .filter(pl.col("value").is_not_null())
        .cast(SCHEMA)  # type: ignore[arg-type]
    )
