"""Estates returns (ERIC): what it would cost to clear the backlog of maintenance."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.sums import total
from matchmaker.sources.tabular import Column, text

PUBLISHER = "NHS England (NHS Digital)"
PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/"
    "estates-returns-information-collection"
)
RISKS = ("high", "significant", "moderate", "low")
MEASURES = ("backlog_maintenance", "backlog_high_risk")


def start_year(path: Path) -> int:
    """The year in which the financial year of a file begins, from its name (2013-14, 2024_25, 201920)."""
    found = re.search(r"(20\d\d)[-_]?\d\d\D", path.name)
    if found is None:
        raise BadFile([Issue(path.name, "a file name with the year")], "Keep the original name.")
    return int(found.group(1))


def summed(frame: pl.DataFrame) -> pl.DataFrame:
    """The risks in one row to the two measures; a row that lacks a risk gives no total."""
    return frame.with_columns(
        backlog_maintenance=total(RISKS),
        backlog_high_risk=total(RISKS[:2]),
    )


def read_sites(path: Path, *, code: str, sheet: str | None) -> pl.DataFrame:
    """The list of sites, added up by trust; sites to which no backlog applies are left out."""
    # The pound sign of the heading is damaged in one file, so the heading is known by its start.
    columns: tuple[Column, ...] = (
        text("code", code),
        *(text(risk, f"Cost to eradicate {risk} risk backlog…") for risk in RISKS),
    )
    # A subtotal ("RJ8 Result") stands below each trust in one year; only bare codes are read.
    sites = trust_table(path, columns, sheet=sheet)
    issues = IssueList()
    sites = sites.with_columns(_pounds(path.name, sheet, sites, risk, issues) for risk in RISKS)
    issues.raise_if_any()
    trusts = (
        sites.drop_nulls(RISKS)
        .group_by("code", maintain_order=True)
        .agg(pl.col("row").first(), pl.col(RISKS).sum())
    )
    return tabular.long(summed(trusts), MEASURES, financial_year(start_year(path)), sheet=sheet)


def _pounds(file: str, sheet: str | None, sites: pl.DataFrame, risk: str, issues: IssueList) -> pl.Series:
    raw = sites[risk]
    tidy = raw.str.replace_all(",", "").replace("Not Applicable", None)
    value = tidy.cast(pl.Float64, strict=False)
    for row, cell in sites.filter(tidy.is_not_null() & value.is_null()).select("row", risk).iter_rows():
        issues.add(Issue(file, "a number or Not Applicable", cell, sheet, row, f"{risk} risk backlog"))
    return value


def read_2013(path: Path) -> pl.DataFrame:
    """A workbook of 2013/14 to 2016/17."""
    return read_sites(path, code="Organisation Code", sheet="Site Data")


def read_2019(path: Path) -> pl.DataFrame:
    """The list of sites for 2019/20."""
    return read_sites(path, code="Trust Code", sheet=None)


PUBLICATIONS = (
    Publication(
        id="estates_backlog_2013",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection, 2013/14 to 2016/17: backlog maintenance",
        page=PAGE,
        files=("eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_*.xls",),
        # Published in October; the end of that month.
        lag_days=214,
        read=read_2013,
    ),
    Publication(
        id="estates_backlog_2019",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection, 2019/20: backlog maintenance",
        page=PAGE,
        files=("eric-2019-20/ERIC_*_SiteData.csv",),
        # The first year of the pandemic came out late, in January.
        lag_days=306,
        read=read_2019,
        standing=Standing.EXTRACTED,
        compiled_by="B. S. Cooper (nosocomial_COVID_England)",
    ),
)
