"""Interim revenue support loans: what trusts owe the health department for covering deficits."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

# The lists of single loans, with codes. The workbooks' own summaries by name are not used: they
# lose half of St George's (two names) and give one orthopaedic hospital the other's loans.
EDITIONS = {
    "NHS debt 2016_17.xlsx": (2016, "Data", "Code", "SUM of Closing balance…", 1000.0),
    "NHS debt 2017_18_.xlsx": (2017, "ALL DATA", "Org Code", "Closing balance…", 1000.0),
    "NHS debt 2018_19.xlsx": (2018, "Interim revenue support loans", "Org Code", "Closing balance…", 1.0),
}
"""First year, sheet, heading of the code, heading of the balance, pounds per unit."""


def read(path: Path) -> pl.DataFrame:
    """The sum of a trust's loans at the end of the year; a dash is a loan repaid in full."""
    if path.name not in EDITIONS:
        expected = f"one of the editions {sorted(EDITIONS)}"
        raise BadFile([Issue(path.name, expected)], "Name its sheet and unit in this module.")
    start, sheet, code, balance, unit = EDITIONS[path.name]
    columns = (text("code", code), number("interim_revenue_loans", balance, factor=unit))
    loans = trust_table(path, columns, sheet=sheet, repeats=True)
    owed = loans.group_by("code", maintain_order=True).agg(
        pl.col("row").first(), pl.col("interim_revenue_loans").sum()
    )
    day = financial_year(start)[1]
    return tabular.long(owed, ["interim_revenue_loans"], (day, day), sheet=sheet)


PUBLICATIONS = (
    Publication(
        id="section_40_loans",
        publisher="Department of Health and Social Care",
        title="Financial assistance under section 40 of the NHS Act 2006: interim revenue support loans",
        page="https://www.gov.uk/government/publications/financial-assistance-under-section-40-of-the-nhs-act-2006",
        files=("bbc-nhs-loans/NHS debt 20*.xlsx",),
        # The report comes with the department's accounts: 18 July 2017, 12 July 2018, 11 July 2019.
        lag_days=123,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="BBC Data Unit",
    ),
)
