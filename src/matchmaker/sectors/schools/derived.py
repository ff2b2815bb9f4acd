"""Figures worked out as of a day: how much help a school needs, and how long ago it was graded."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.dates import DAYS_PER_YEAR
from matchmaker.models.scoring.records import interventions_on
from matchmaker.snapshot import Snapshot

LESS_THAN_GOOD, INADEQUATE = 2, 1
REGIME = "rise"
NONE, TWICE, LISTED, CONCERN = 1.0, 2.0, 3.0, 4.0
"""Levels of need."""


def derived(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Level of need and age of the grade, in the columns of measures.

    4: the latest inspection found it inadequate or in a category of concern; 3: on the RISE list; 2: the
    latest two found it less than good; 1: none of these is on record. An inspection without an overall
    grade counts by its lowest key judgement.

    Args:
        snapshot: grades and the RISE list.
        day: nothing known later is used.
    """
    grades = snapshot.measures.filter(
        pl.col("measure").is_in(["grade", "lowest_judgement", "concern"]), pl.col("known_from") <= day
    )
    by_day = grades.group_by("code", "period_end").agg(
        grade=pl.col("value").filter(pl.col("measure") != "concern").max(),
        concern=pl.col("value").filter(pl.col("measure") == "concern").max().fill_null(0.0),
        known_from=pl.col("known_from").min(),
        source=pl.col("source").max(),
        file=pl.col("file").max(),
    )
    # The same visit is dated some days apart by different lists.
    by_day = by_day.drop_nulls("grade").sort("code", "period_end")
    apart = (pl.col("period_end").shift(-1) - pl.col("period_end")).dt.total_days().over("code") > 21
    visits = by_day.filter(apart.fill_null(True))
    latest = visits.group_by("code", maintain_order=True).agg(
        pl.col("grade").last(),
        pl.col("concern").last(),
        before=pl.col("grade").shift(1).last(),
        **{name: pl.col(name).last() for name in ("period_end", "known_from", "source", "file")},
    )
    listed = [
        (code, one.shown, one.entry or one.shown, "dfe_rise_2025", "RISE list")
        for code, one in interventions_on(snapshot, day).items()
        if one.regime == REGIME and one.state == "active"
    ]
    names = ["code", "shown", "entry", "rise_source", "rise_file"]
    rise = pl.DataFrame(
        listed, schema=dict.fromkeys(names, pl.String) | {"shown": pl.Date, "entry": pl.Date}, orient="row"
    )
    both = latest.join(rise, on="code", how="full", coalesce=True)
    inadequate = (pl.col("grade") <= INADEQUATE).fill_null(False) | (pl.col("concern") > 0).fill_null(False)
    on_list = pl.col("shown").is_not_null()
    twice = (pl.col("grade") <= LESS_THAN_GOOD).fill_null(False) & (
        pl.col("before") <= LESS_THAN_GOOD
    ).fill_null(False)
    level = (
        pl.when(inadequate).then(CONCERN).when(on_list).then(LISTED).when(twice).then(TWICE).otherwise(NONE)
    )
    by_list = on_list & ~inadequate
    need = both.select(
        "code",
        measure=pl.lit("fact.need_level"),
        value=level,
        # A grade stands until the next one: the period is up to the day.
        period_start=pl.when(by_list).then("entry").otherwise("period_end"),
        period_end=pl.lit(day),
        known_from=pl.when(by_list).then("entry").otherwise("known_from"),
        source=pl.when(by_list).then("rise_source").otherwise("source"),
        file=pl.when(by_list).then("rise_file").otherwise("file"),
    )
    age = latest.select(
        "code",
        measure=pl.lit("fact.years_since_graded"),
        # By a product: a quotient is rounded in another way where there is one row only.
        value=(pl.lit(day) - pl.col("period_end")).dt.total_days() * (1 / DAYS_PER_YEAR),
        period_start="period_end",
        period_end=pl.lit(day),
        known_from="known_from",
        source="source",
        file="file",
    )
    return pl.concat([need, age])
