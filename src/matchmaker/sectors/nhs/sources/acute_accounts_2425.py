"""Accounts of acute trusts for 2024/25: operating income and operating margin."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number

COLUMNS = (
    number("operating_income", "op_income_k", factor=1000),
    # The margin stands in percent and counts impairments as a cost, as the accounts do.
    number("operating_margin", "op_margin_pct", factor=0.01),
)


def coded(path: Path, columns: tuple[tabular.Column, ...]) -> pl.DataFrame:
    """The wanted columns with the trust's code, which stands first and has no heading."""
    frame = tabular.table(path, columns, keep=None)
    raw = tabular.cells(path)
    codes = raw.select(pl.col(raw.columns[0]).str.strip_chars().alias("code")).with_row_index("row", offset=1)
    frame = frame.join(codes, on="row", how="left", maintain_order="left")
    return frame.filter(pl.col("code").str.contains(TRUST_CODE).fill_null(False))


def read(path: Path) -> pl.DataFrame:
    """One table of all acute trusts; three of them have no accounts in it and give no rows."""
    return tabular.long(coded(path, COLUMNS), [column.name for column in COLUMNS], financial_year(2024))


PUBLICATIONS = (
    Publication(
        id="acute_accounts_2425",
        publisher="NHS England",
        title="NHS provider accounts 2024/25 (trust accounts consolidation), acute trusts",
        page="https://www.england.nhs.uk/financial-accounting-and-reporting/nhs-providers-tac-data-publications/",
        files=("intuita-tracker/feature_table.csv",),
        # The consolidated accounts of a year are laid 240 to 300 days after it, this data follows.
        lag_days=330,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="Intuita healthcare tracker",
    ),
)
