"""SHMI: deaths in or within 30 days of a stay, over those expected; 1 is as expected.

Each figure covers twelve months. The tracker's transcribed SHMI is left out: its months are not
stated, and it fits the other copies too loosely (r = 0.90) to be the same year.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import calendar_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PAGE = "https://digital.nhs.uk/data-and-information/publications/statistical/shmi"


def read_by_year(path: Path, code: str, year: str, value: str, first_month: int) -> pl.DataFrame:
    """A table with one row per trust and year, where a year begins in `first_month`."""
    frame = trust_table(path, (text("code", code), number("year", year), number("shmi", value)))
    start = pl.date(pl.col("year").cast(pl.Int32), first_month, 1)
    frame = frame.with_columns(period_start=start, period_end=start.dt.offset_by("12mo").dt.offset_by("-1d"))
    return tabular.long(frame, ("shmi",))


def read_latest(path: Path) -> pl.DataFrame:
    """One column of a compiled profile; its SHMI is the edition of January to December 2025."""
    frame = trust_table(
        path,
        (text("code", "org_code"), number("shmi", "shmi_value_latest"), number("shmi_band", "shmi_banding")),
    )
    # Two trusts that closed in 2023 keep a band of then, without a value.
    frame = frame.filter(pl.col("shmi").is_not_null())
    return tabular.long(frame, ("shmi", "shmi_band"), calendar_year(2025))


PUBLICATIONS = (
    Publication(
        id="shmi_2012_2019",
        publisher="NHS England (then NHS Digital)",
        title="Summary Hospital-level Mortality Indicator, financial years 2012/13 to 2018/19",
        page=PAGE,
        files=("lse-hospital-management/shmi.csv",),
        lag_days=215,
        # As in the rest of this compilation, a year is the financial year that begins in it.
        read=partial(read_by_year, code="ORG_CODE", year="YEAR", value="SHMI", first_month=4),
        standing=Standing.EXTRACTED,
        compiled_by="Asaria, McGuire and Street (miqdadasaria/hospital_management)",
    ),
    Publication(
        id="shmi_calendar_2012_2019",
        publisher="NHS England (then NHS Digital)",
        title="Summary Hospital-level Mortality Indicator, calendar years 2012 to 2019",
        page=PAGE,
        files=("ebmgt-nhs-wellbeing/data.NHS.2012_2019.csv",),
        lag_days=215,
        # r = 0.97 with the financial year of the same name, 0.92 with the one before, 0.82 after.
        read=partial(read_by_year, code="Code", year="Year.Index", value="SHMI.Index", first_month=1),
        standing=Standing.COMPILED,
        compiled_by="R. Badgett (ebmgt/NHS-wellbeing)",
    ),
    Publication(
        id="shmi_2025",
        publisher="NHS England",
        title="Summary Hospital-level Mortality Indicator, January to December 2025",
        page=PAGE,
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=140,
        read=read_latest,
        standing=Standing.COMPILED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
