"""Who supplies a trust's main electronic patient record, on 1 October 2024."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import text

SHEET = "EPR Suppliers 01.10.24"
KNOWN_FROM = date(2024, 12, 31)
NO_SUPPLIER = "^(No EPR|Generic or In House)"
"""Neither is a supplier that two trusts could have in common."""


def read(path: Path) -> pl.DataFrame:
    """One row for each trust with a named supplier."""
    columns = (text("code", "Organisation Code"), text("value", "Supplier (Primary EPR)"))
    frame = trust_table(path, columns, sheet=SHEET).with_columns(
        attribute=pl.lit("epr_supplier"), known_from=pl.lit(KNOWN_FROM), sheet=pl.lit(SHEET)
    )
    return frame.filter(pl.col("value") != "", ~pl.col("value").str.contains(NO_SUPPLIER))


PUBLICATIONS = (
    Publication(
        id="record_systems",
        publisher="NHS England",
        title="Primary electronic patient record suppliers of trusts (freedom of information release)",
        page="https://www.england.nhs.uk/contact-us/foi/",
        files=("nhstech-mrc/secondary_trusts_primary_epr_suppliers_*.xlsx",),
        # The sheet is of 1 October 2024 (the file's name says January); it was released some time later.
        lag_days=91,
        read=read,
        table="attributes",
    ),
)
