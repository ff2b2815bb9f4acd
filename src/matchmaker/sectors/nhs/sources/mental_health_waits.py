"""Waits for community mental health care (MHSDS, four-week waits): adults, and children and young people.

The wait ends with a "full clock stop": treatment begun, a care plan and a baseline outcome. Few services
recorded all of these in 2024, so the shares within four weeks are low everywhere. Counts are rounded to five;
shares are worked out from them. Each period is three months, a month apart.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

COLUMNS = (
    text("start", "REPORTING_PERIOD_START"),
    text("end", "REPORTING_PERIOD_END"),
    text("code", "PRIMARY_LEVEL"),
    text("what", "MEASURE_ID"),
    number("value", "MEASURE_VALUE"),
)
SHARES = {
    "adult_mental_health_within_4_weeks": ("MRS01a", "MRS01"),
    "adult_mental_health_over_52_weeks": ("MRS02e", "MRS02"),
    "young_people_mental_health_within_4_weeks": ("MRS08a", "MRS08"),
    "young_people_mental_health_over_52_weeks": ("MRS09e", "MRS09"),
}
"""Measure -> those meant, and everyone of whom they are a part."""
DAYS = {"adult_mental_health_median_days": "MRS03a", "young_people_mental_health_median_days": "MRS10a"}
FEWEST = 50
"""Of fewer people, no share is given."""


def read(path: Path) -> pl.DataFrame:
    """Providers' rows of the editions of April to August 2024."""
    frame = trust_table(path, COLUMNS).with_columns(
        period_start=pl.col("start").str.to_date("%d/%m/%Y", strict=False),
        period_end=pl.col("end").str.to_date("%d/%m/%Y", strict=False),
    )
    odd = frame.filter(pl.col("period_start").is_null() | pl.col("period_end").is_null())
    if odd.height:
        issue = Issue(path.name, "a day as dd/mm/yyyy", odd["end"][0], row=odd["row"][0])
        raise BadFile([issue], "Check that this is the right file.")
    wide = frame.pivot(
        "what", index=["code", "period_start", "period_end"], values="value", aggregate_function="first"
    )
    whole = wide.with_columns(
        **{name: pl.when(pl.col(of) >= FEWEST).then(share(part, of)) for name, (part, of) in SHARES.items()},
        **{name: pl.col(days) for name, days in DAYS.items()},
    )
    return tabular.long(whole, (*SHARES, *DAYS))


PUBLICATIONS = (
    Publication(
        id="mental_health_waits_2024",
        publisher="NHS England",
        title="Mental Health Services Monthly Statistics, four-week waits, 2024",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/mental-health-services-monthly-statistics",
        files=("mhsds-4ww-2024/MHSDS_4WW_provider_rows_*.csv.gz",),
        # Out some ten weeks later; April to July are second versions, whose day is not known.
        lag_days=180,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="samuelopeyemi2010/NHS-MHSDS-Data-Analysis",
    ),
)
