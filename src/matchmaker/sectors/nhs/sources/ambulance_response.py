"""Ambulance response times by quarter: the mean for the most urgent calls (categories 1 and 2)."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import quarterly
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

SHEET = "Raw"
# The sheet is hidden; "Area" holds the code of the trust, and of regions and England. The first
# year and month of a row are those of the financial year in words, the second ones are numbers.
COLUMNS = (
    number("year", "Year", occurrence=2),
    number("month_number", "Month", occurrence=2),
    text("code", "Area"),
    number("c1_responses", "A8"),
    number("c1_seconds", "A24"),
    number("c2_responses", "A10"),
    number("c2_seconds", "A30"),
)


def read(path: Path) -> pl.DataFrame:
    """All months of the time series; a mean is total time over responses, in minutes."""
    frame = trust_table(path, COLUMNS, sheet=SHEET).with_columns(
        month=pl.date(pl.col("year").cast(pl.Int32), pl.col("month_number").cast(pl.Int32), 1)
    )
    return pl.concat(_mean(frame, category) for category in (1, 2))


def _mean(frame: pl.DataFrame, category: int) -> pl.DataFrame:
    responses, seconds = f"c{category}_responses", f"c{category}_seconds"
    # Zeros stand for the months before a trust moved to these categories.
    counted = frame.filter(pl.col(responses) > 0, pl.col(seconds) > 0)
    sums = quarterly(counted, (responses, seconds))
    name = f"ambulance_category_{category}_minutes"
    minutes = (pl.col(seconds) / pl.col(responses) / 60).alias(name)
    return tabular.long(sums.with_columns(minutes), (name,), sheet=SHEET)


PUBLICATIONS = (
    Publication(
        id="ambulance_response",
        publisher="NHS England",
        title="Ambulance systems indicators, time series",
        page="https://www.england.nhs.uk/statistics/statistical-work-areas/ambulance-quality-indicators/",
        files=("ambulance/AmbSYS-Time-Series-*.xlsx",),
        lag_days=20,
        read=read,
    ),
)
