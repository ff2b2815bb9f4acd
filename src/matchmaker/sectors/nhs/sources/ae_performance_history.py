"""A&E within four hours, 2010 to 2025: copies of the official monthly counts by others."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources import ae_publication_days
from matchmaker.sectors.nhs.sources.ae_performance import PAGE, by_quarter
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

REPEATED = (date(2025, 2, 1), date(2025, 3, 1))
"""Months in which the 2021-2025 copy repeats, trust by trust, the figures of the year before."""


def read_2010_2021(path: Path) -> pl.DataFrame:
    """One row per month and trust, without those that had merged into others by 2019.

    Waits are blank for the trusts of the clinical review of standards, from May 2019 on. It replaces yearly
    shares of 2012/13 to 2015/16 from another compilation: of the 222 that could be held against these counts,
    66 were out by more than half a point and 13 by more than two.
    """
    return by_quarter(counts_2010_2021(path)).with_columns(ae_publication_days.first_release())


def read_attendances_2010_2021(path: Path) -> pl.DataFrame:
    """The attendances of each month in the same table."""
    frame = counts_2010_2021(path).filter(pl.col("attended") > 0)
    dated = frame.with_columns(period_start="month", period_end=pl.col("month").dt.month_end())
    long = tabular.long(dated, {"attended": "ae_attendances"})
    return long.with_columns(ae_publication_days.first_release())


def counts_2010_2021(path: Path) -> pl.DataFrame:
    """Those who came and those who waited longer, by trust and month."""
    columns = (
        text("code", "ods"),
        text("label", "month"),
        number("attended", "attendances"),
        number("over", "over_4_hours"),
    )
    frame = trust_table(path, columns)
    day = (pl.col("label") + "-01").str.to_date("%Y-%m-%d", strict=False)
    frame = frame.with_columns(month=day)
    issues = IssueList()
    for row, label in frame.filter(pl.col("month").is_null()).select("row", "label").iter_rows():
        issues.add(Issue(path.name, "a month as yyyy-mm", label, row=row, column="month"))
    issues.raise_if_any()
    return frame.select("code", "month", "attended", "over", "row")


def read_2016_2019(path: Path) -> pl.DataFrame:
    """One row per month, organisation and kind of department; `period` counts days since 1970."""
    return by_quarter(counts_2016_2019(path)).with_columns(ae_publication_days.first_release())


def counts_2016_2019(path: Path) -> pl.DataFrame:
    """Those who came and those who waited longer, by trust, month and kind of department."""
    raw = tabular.r_frame(path, ("org_code", "period", "attendances", "breaches"))
    frame = raw.select(code="org_code", month="period", attended="attendances", over="breaches")
    return frame.filter(pl.col("code").str.contains(TRUST_CODE))


def read_2021_2025(path: Path) -> pl.DataFrame:
    """One row per month and organisation; waits are blank for the trusts of the clinical review."""
    columns = ("nhs_trust22_code", "date", "total_attendances", "attendances_over_4hours")
    frame = tabular.r_frame(path, columns).select(
        code="nhs_trust22_code",
        month=("1 " + pl.col("date")).str.to_date("%d %B %Y"),
        attended="total_attendances",
        over="attendances_over_4hours",
    )
    usable = pl.col("code").str.contains(TRUST_CODE) & ~pl.col("month").is_in(REPEATED)
    return by_quarter(frame.filter(usable))


_publication = partial(
    Publication, publisher="NHS England", page=PAGE, lag_days=16, standing=Standing.EXTRACTED
)
_HOWSMYNHS = partial(
    _publication,
    files=("howsmynhs-2010-2021/ae_monthly_*.csv",),
    compiled_by="HowsMyNHS (NHSdata); codes matched to names",
    edition=date(2022, 2, 9),  # the day before the figures of January 2022 came out
)
PUBLICATIONS = (
    _HOWSMYNHS(
        id="ae_performance_2010_2021",
        title="A&E attendances and emergency admissions, November 2010 to December 2021: waits",
        read=read_2010_2021,
    ),
    _HOWSMYNHS(
        id="ae_monthly_2010_2021",
        title="A&E attendances and emergency admissions, November 2010 to December 2021",
        read=read_attendances_2010_2021,
    ),
    _publication(
        id="ae_performance_2016_2019",
        title="A&E attendances and emergency admissions, April 2016 to March 2019",
        files=("nhsrdatasets/ae_attendances.rda",),
        read=read_2016_2019,
        compiled_by="NHS-R Community (NHSRdatasets)",
    ),
    _publication(
        id="ae_performance_2021_2025",
        title="A&E attendances and emergency admissions, April 2021 to July 2025",
        files=("healthyr/england_trust_accidents_emergency.rda",),
        read=read_2021_2025,
        compiled_by="Humaniverse (healthyr)",
        edition=date(2025, 9, 10),  # the day before the figures of August 2025 came out
    ),
)
