"""Ambulance Systems Indicators: calls answered and incidents, by financial year."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_records, trust_table
from matchmaker.sources import json_records, tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/ambulance-quality-indicators/"
SHEET = "Raw"
COLUMNS = (
    text("year", "Year"),
    text("month", "Month"),
    text("code", "Area"),  # the code of the trust, though its heading says area
    number("ambulance_calls", "A1"),
    number("ambulance_incidents", "A7"),
)
MEASURES = ("ambulance_calls", "ambulance_incidents")
CARRIER = "pelld/population-health-system-explorer"


def read_series(path: Path) -> pl.DataFrame:
    """The months of the hidden sheet, added up to years; a year without twelve months is no row.

    A zero is a month before a trust changed over to these indicators (2017/18 only).
    """
    frame = trust_table(path, COLUMNS, sheet=SHEET)
    frame = frame.filter(pl.all_horizontal(pl.col(MEASURES) > 0))
    years = frame.group_by("year", "code", maintain_order=True).agg(
        pl.col("row").first(),
        pl.len().alias("rows"),
        pl.n_unique("month").alias("months"),
        pl.col(MEASURES).sum(),
    )
    years = years.filter((pl.col("months") == 12) & (pl.col("rows") == 12))
    return pl.concat(
        tabular.long(years.filter(year=year), MEASURES, financial_year(int(year[:4])), sheet=SHEET)
        for year in years["year"].unique().sort()
    )


def read_2024(path: Path) -> pl.DataFrame:
    """2024/25, added up by the carrier."""
    found = json_records.content(path, {"period": "2024-25"})
    fields = {
        "ambulance_calls": "metrics/ambulance-calls/count",
        "ambulance_incidents": "metrics/ambulance-incidents/count",
    }
    return tabular.long(trust_records(path, found["trusts"], fields), list(fields), financial_year(2024))


PUBLICATIONS = (
    Publication(
        id="ambulance_activity",
        publisher="NHS England",
        title="Ambulance Quality Indicators: Systems Indicators time series",
        page=PAGE,
        files=("ambulance/AmbSYS-Time-Series-until-*.xlsx",),
        lag_days=45,
        read=read_series,
    ),
    Publication(
        id="ambulance_activity_2024_25",
        publisher="NHS England",
        title="Ambulance Quality Indicators: Systems Indicators, 2024/25",
        page=PAGE,
        files=("activity-2024-25/ambulance-aqi-2024-25.json",),
        lag_days=45,
        read=read_2024,
        standing=Standing.EXTRACTED,
        compiled_by=CARRIER,
    ),
)
