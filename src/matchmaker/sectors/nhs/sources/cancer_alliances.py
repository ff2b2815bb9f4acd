"""The Cancer Alliance in which a trust works: a clinical network that its members know well."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

KNOWN_FROM = date(2025, 12, 31)


def read(path: Path) -> pl.DataFrame:
    """One row for each trust in an alliance; mental health and ambulance trusts mostly are in none."""
    frame = trust_table(path, (text("code", "ods_code"), text("value", "cancer_alliance_name")))
    return frame.filter(pl.col("value") != "").with_columns(
        attribute=pl.lit("cancer_alliance"), known_from=pl.lit(KNOWN_FROM)
    )


PUBLICATIONS = (
    Publication(
        id="cancer_alliances",
        publisher="NHS England",
        title="Cancer Alliances and their trusts",
        page="https://www.england.nhs.uk/cancer/cancer-alliances-improving-care-locally/",
        files=("cancer-alliance/ods_ca_mapping.csv",),
        # The list is of 2025 (it has no trust that closed before April); its day is not stated.
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table="attributes",
        compiled_by="Bennett Institute (openprescribing-hospitals)",
    ),
)
