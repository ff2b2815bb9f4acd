"""Figures derived from tables of facts (boards, ratings) as of a day, in the columns of measures."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.dates import DAYS_PER_YEAR
from matchmaker.snapshot import Snapshot

FACTS = "fact."
"""How the names of derived figures begin; `sector.toml` lists them."""
POSTS = ("chief_executive", "chair")
SCHEMA = {
    "code": pl.String,
    "measure": pl.String,
    "value": pl.Float64,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "known_from": pl.Date,
    "source": pl.String,
    "file": pl.String,
}
CHURN_YEARS = 5


def derived(snapshot: Snapshot, as_of: date) -> pl.DataFrame:
    """All derived figures known on a day; columns as in `SCHEMA`.

    A fact counts from the day its source was published. `period_end` is that day, so a fact that
    nobody has confirmed for long turns stale: an empty end of a tenure is no proof of it lasting.
    """
    parts = [
        _tenure(snapshot.board_tenure, as_of),
        _shared(snapshot.groups, as_of),
        _months_since_rated(snapshot.measures, as_of),
    ]
    long = pl.concat(parts, how="diagonal").drop_nulls("value")
    day = pl.col("as_of")
    return long.select(
        "code",
        "measure",
        "value",
        period_start=day,
        period_end=day,
        known_from=day,
        source="source",
        file=pl.lit(""),
    ).cast(SCHEMA)  # type: ignore[arg-type]


def _tenure(table: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """How long the present holder of each post has been there, whether for now only, and how many began.

    Where an end is the last thing known, the successor began about then: who, and how, is unknown.
    """
    post = pl.col("role").str.extract(f"^({'|'.join(POSTS)})")
    known = table.filter(pl.col("as_of") <= as_of).with_columns(post=post)
    interim = pl.col("role").str.contains("interim|acting")
    starts = known.select(
        "code", "post", "as_of", "source", day="start", change=pl.lit("start"), interim=interim
    )
    ends = known.select("code", "post", "as_of", "source", day="end", change=pl.lit("end"))
    changes = pl.concat([starts, ends], how="diagonal").filter(pl.col("day") <= as_of)
    since = pl.lit(as_of).dt.offset_by(f"-{CHURN_YEARS}y")
    begun = pl.col("day").filter(pl.col("change") == "start", pl.col("day") > since).n_unique()
    last = (
        # Of two who began on one day, the interim one counts: a joint post stands above the trust's own.
        changes.sort("code", "post", "day", "change", "as_of", "interim", "source")
        .group_by("code", "post", maintain_order=True)
        .agg(
            pl.col("source").last(),
            pl.col("as_of").max(),
            tenure=(pl.lit(as_of) - pl.col("day").last()).dt.total_days() / DAYS_PER_YEAR,
            interim=pl.col("interim").last().cast(pl.Float64),
            # That nobody is known to have begun is no proof that nobody did.
            changes=pl.when(begun > 0).then(begun).cast(pl.Float64),
        )
    )
    long = last.unpivot(["tenure", "interim", "changes"], index=["code", "post", "source", "as_of"])
    return long.with_columns(measure=pl.format(f"{FACTS}{{}}_{{}}", "post", "variable")).drop(
        "post", "variable"
    )


def _shared(table: pl.DataFrame, as_of: date) -> pl.DataFrame:
    # A trust that is not listed is unknown, not independent: the list is no census.
    known = table.filter(pl.col("as_of") <= as_of).sort("as_of", "source").unique("code", keep="last")
    return known.select("code", "source", "as_of", measure=pl.lit(f"{FACTS}shared_board"), value=pl.lit(1.0))


def _months_since_rated(measures: pl.DataFrame, as_of: date) -> pl.DataFrame:
    rated = measures.filter((pl.col("measure") == "cqc_overall") & (pl.col("known_from") <= as_of))
    last = rated.sort("known_from", "source").unique("code", keep="last")
    months = (pl.lit(as_of) - pl.col("known_from")).dt.total_days() / DAYS_PER_YEAR * 12
    name = pl.lit(f"{FACTS}months_since_rated")
    return last.select("code", "source", as_of="known_from", measure=name, value=months)
