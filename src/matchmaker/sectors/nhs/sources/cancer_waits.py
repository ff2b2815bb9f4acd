"""Cancer waiting times: treated within 62 days (combined standard), told within 28 days (FDS)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_quarter, month, quarterly, share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

STANDARDS = {"62-day Combined": "cancer_within_62_days", "28-day FDS": "cancer_faster_diagnosis"}


def read_extract(path: Path) -> pl.DataFrame:
    """The official provider extract, by whole quarter."""
    frame = one_cut(path)
    return pl.concat(
        tabular.long(
            quarterly(frame.filter(pl.col("standard") == standard), ("treated", "within")).with_columns(
                share("within", "treated").alias(measure)
            ),
            (measure,),
        )
        for standard, measure in STANDARDS.items()
    )


def one_cut(path: Path) -> pl.DataFrame:
    """Rows of the extract that hold every patient once, with the first day of their month."""
    columns = (
        text("day", "PERIOD"),
        text("standard", "STANDARD"),
        text("code", "ORG CODE"),
        text("cancer", "CANCER TYPE"),
        number("treated", "TOTAL TREATED"),
        number("within", "WITHIN STANDARD"),
    )
    frame = trust_table(path, columns)
    # Treatment standards hold the same patients twice, by cancer and by treatment: one cut only.
    once = (pl.col("standard") == "28-day FDS") | (pl.col("cancer").str.to_lowercase() == "all cancers")
    frame = frame.filter(pl.col("standard").is_in(list(STANDARDS)) & once)
    frame = frame.with_columns(month=pl.col("day").str.head(10).str.to_date("%Y-%m-%d", strict=False))
    issues = IssueList()
    for row, cell in frame.filter(pl.col("month").is_null()).select("row", "day").iter_rows():
        issues.add(Issue(path.name, "a month as yyyy-mm-dd", cell, None, row, "PERIOD"))
    issues.raise_if_any()
    return frame


def read_profiles(path: Path) -> pl.DataFrame:
    """Two metrics of the NHS Oversight Framework, quarter 3 of 2025/26."""
    columns = (
        text("code", "org_code"),
        number("cancer_within_62_days", "cancer_62day_pct", factor=0.01),
        number("cancer_faster_diagnosis", "cancer_28day_pct", factor=0.01),
    )
    return tabular.long(trust_table(path, columns), STANDARDS.values(), financial_quarter(2025, 3))


def read_2022(path: Path) -> pl.DataFrame:
    """Faster diagnosis only: the 62-day standard of that year left out screening and upgrades.

    A snapshot without a date, from a set whose A&E figures are those of May 2022; NHS England
    publishes A&E of one month on the same day as cancer waits of the month before.
    """
    raw = tabular.r_frame(path, ("Trust Code", "Standard", "Total Treated", "Within Standard"))
    frame = raw.select(
        code="Trust Code", standard="Standard", treated="Total Treated", within="Within Standard"
    ).filter(pl.col("code").str.contains(TRUST_CODE), pl.col("standard") == "28 Days FDS")
    frame = frame.with_columns(cancer_faster_diagnosis=share("within", "treated"))
    return tabular.long(frame, ("cancer_faster_diagnosis",), month(2022, 4))


_publication = partial(
    Publication,
    publisher="NHS England",
    page="https://www.england.nhs.uk/statistics/statistical-work-areas/cancer-waiting-times/",
)

PUBLICATIONS = (
    _publication(
        id="cancer_waits",
        title="Cancer waiting times, provider data extract",
        files=("nhse-cancer-cwt/CWT-CRS-*-Data-Extract-Provider.xlsx",),
        lag_days=45,
        read=read_extract,
    ),
    _publication(
        id="cancer_waits_2022",
        title="Cancer waiting times, April 2022",
        files=("healthyr-2022/england_nhs_cancer_wait_times.rda",),
        lag_days=45,
        read=read_2022,
        standing=Standing.EXTRACTED,
        compiled_by="Humaniverse (healthyr, copy by TamTobiRalph)",
    ),
    _publication(
        id="cancer_waits_oversight",
        title="NHS Oversight Framework metrics, quarter 3 of 2025/26",
        page="https://www.england.nhs.uk/nhs-oversight-framework/segmentation-and-league-tables/",
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=90,
        read=read_profiles,
        standing=Standing.EXTRACTED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
