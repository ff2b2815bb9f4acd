"""Boards of academy trusts, month by month, without names: who sits how long, and who left."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.dates import DAYS_PER_YEAR
from matchmaker.sectors.schools.sources.forms import day, long, number, table, urn
from matchmaker.sources.publication import Publication, Standing

MONTHS = (2, 5, 8, 11)
"""Of the monthly editions those of a quarter are kept: boards change slowly."""
YEARS = (
    ("accounting_officer_years", "ao_appointed"),
    ("chair_years", "chair_appointed"),
)
COUNTS = ("n_trustees", "n_trustees_appointed_last_12m", "n_trustees_left_last_12m")


def read(path: Path) -> pl.DataFrame:
    """Tenure in years and turnover as a share of the board, of each trust and quarter.

    The edition of a month stands for its month end. Late entries make recent months look steadier than they
    were.
    """
    tenure = "median_trustee_tenure_years"
    raw = table(path, ("edition", "UID", tenure, *COUNTS, *(column for _, column in YEARS)))
    raw = raw.with_columns(period_end=day("edition")).filter(pl.col("period_end").dt.month().is_in(MONTHS))
    trustees, left = number(COUNTS[0]), number(COUNTS[2])
    rows = raw.select(
        urn("UID").alias("code"),
        "period_end",
        period_start=pl.col("period_end"),
        known_from=pl.col("period_end"),
        trustee_years=number(tenure),
        trustees=trustees,
        trustees_left=pl.when(trustees + left > 0).then(left / (trustees + left)),
        **{
            name: (pl.col("period_end") - day(column)).dt.total_days() / DAYS_PER_YEAR
            for name, column in YEARS
        },
    )
    measures = ["trustee_years", "trustees", "trustees_left", *(name for name, _ in YEARS)]
    found = long(rows, measures).filter(pl.col("value") >= 0)
    return found.unique(["code", "measure", "period_end"], keep="first", maintain_order=True)


PUBLICATIONS = (
    Publication(
        id="gias_governance",
        publisher="Department for Education, Get Information about Schools",
        title="Governance of academy trusts, 2016 to 2026, counted without names",
        page="https://get-information-schools.service.gov.uk/Downloads",
        files=("*gias_trust_governance_panel_monthly.*",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="the project, from aircury/public-uk-education-data",
    ),
)
