"""Accounts of all trusts for 2010/11 to 2018/19: operating income, operating cost, surplus."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

COLUMNS = (
    text("code", "ORG_CODE"),
    number("year", "YEAR"),
    number("operating_income", "OP_INCOME", factor=1000),
    # Costs stand below zero in the file; the measure is positive.
    number("operating_cost", "OP_COST", factor=-1000),
    number("surplus", "FINANCIAL_POSITION", factor=1000),
)

PART_YEARS = {("R1E", 2011), ("R1K", 2014), ("R0A", 2017)}
"""Trusts that opened within the year: half a year's money must not stand as a year's."""


def read(path: Path) -> pl.DataFrame:
    """One table of trust-years; the year is the one in which the financial year begins."""
    frame = trust_table(path, COLUMNS)
    # Trusts without income had been dissolved: what is left is the winding up (RBB, RD7, RJD).
    frame = frame.filter(pl.col("operating_income") > 0)
    part = pl.DataFrame(sorted(PART_YEARS), schema={"code": pl.String, "year": pl.Float64}, orient="row")
    frame = frame.join(part, on=["code", "year"], how="anti", maintain_order="left")
    year = pl.col("year").cast(pl.Int32)
    frame = frame.with_columns(period_start=pl.date(year, 4, 1), period_end=pl.date(year + 1, 3, 31))
    return tabular.long(frame, [column.name for column in COLUMNS[2:]])


PUBLICATIONS = (
    Publication(
        id="provider_accounts_history",
        publisher="NHS Improvement, Monitor and the Department of Health",
        title="Accounts of NHS trusts and foundation trusts, 2010/11 to 2018/19",
        page="https://www.england.nhs.uk/financial-accounting-and-reporting/nhs-providers-tac-data-publications/",
        files=("lse-hospital-management/financial_positions.csv",),
        # Each trust presents its audited accounts at a public meeting by 30 September.
        lag_days=184,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="London School of Economics (Asaria, McGuire, Street)",
    ),
)
