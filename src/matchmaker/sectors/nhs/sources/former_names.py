"""Names that trusts had from 2013 on, as their estates returns (ERIC) give them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.estates_backlog import PAGE, PUBLISHER
from matchmaker.sectors.nhs.sources.estates_sites import TRUSTS
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import text


def read(path: Path) -> pl.DataFrame:
    """The name of each trust in a return."""
    columns = (text("code", "Organisation Code"), text("name", "Organisation Name"))
    return trust_table(path, columns, sheet=TRUSTS)


PUBLICATIONS = (
    Publication(
        id="trust_names_eric",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: names of trusts, 2013/14 to 2016/17",
        page=PAGE,
        files=("eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_*.xls",),
        lag_days=0,
        read=read,
        table="names",
    ),
)
