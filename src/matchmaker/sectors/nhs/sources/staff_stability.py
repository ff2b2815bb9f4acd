"""Staff stability: the share of staff in post in March 2017 who were still there a year later."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

COLUMNS = (
    text("code", "ORG_CODE"),
    number("staff_stability", "STABILITY", factor=0.01),
)


def read(path: Path) -> pl.DataFrame:
    """One year, 31 March 2017 to 31 March 2018.

    The file says 2017 only. It gives nought for the trusts and groups that were gone from the
    monthly workforce figures by the end of March 2018, and no nought for those gone a month later.
    """
    frame = trust_table(path, COLUMNS)
    # Nought is a trust that closed within the year, not one that lost all its staff.
    return tabular.long(
        frame.filter(pl.col("staff_stability") > 0), ["staff_stability"], financial_year(2017)
    )


PUBLICATIONS = (
    Publication(
        id="staff_stability_2017",
        publisher="NHS England",
        title="NHS workforce statistics: stability index by organisation, 2017/18",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics",
        files=("lse-hospital-management/stability.csv",),
        lag_days=92,
        read=read,
        standing=Standing.EXTRACTED,
        compiled_by="miqdadasaria/hospital_management",
    ),
)
