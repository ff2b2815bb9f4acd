"""How full general and acute beds are: winter reports 2015/16 to 2021/22, then every quarter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.periods import quarterly, share
from matchmaker.sources.publication import Publication, Standing

MEASURE = "general_acute_occupancy"
PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/uec-sitrep/"
REPEATED = (date(2022, 7, 1), date(2022, 8, 1))
"""Two months with the same figures for every trust: one of them is wrong, and no telling which."""


def read_winter(path: Path) -> pl.DataFrame:
    """Daily rows of one winter: the share of all bed days."""
    raw = tabular.r_frame(path, ("Code", "Date", "G&A Beds Open", "G&A beds occ'd"))
    days = raw.select(
        code="Code",
        day=pl.col("Date").cast(pl.Date),
        open=pl.col("G&A Beds Open").cast(pl.Float64),
        occupied=pl.col("G&A beds occ'd").cast(pl.Float64),
    )
    first, last = min(days["day"]), max(days["day"])
    # Further rows of the same day hold other parts of the report and no beds.
    known = pl.col("code").str.contains(TRUST_CODE) & (pl.col("open") > 0) & pl.col("occupied").is_not_null()
    winter = days.filter(known).group_by("code", maintain_order=True).agg(pl.col("open", "occupied").sum())
    return tabular.long(
        winter.with_columns(share("occupied", "open").alias(MEASURE)), (MEASURE,), (first, last)
    )


def read_monthly(path: Path) -> pl.DataFrame:
    """Monthly means of all general and acute beds, by whole quarter."""
    columns = ("nhs_trust22_code", "date", "general_acute_beds_available", "general_acute_beds_occupied")
    months = tabular.r_frame(path, columns).select(
        code="nhs_trust22_code",
        month=("1 " + pl.col("date")).str.to_date("%d %B %Y"),
        open="general_acute_beds_available",
        occupied="general_acute_beds_occupied",
    )
    usable = pl.col("code").str.contains(TRUST_CODE) & ~pl.col("month").is_in(REPEATED) & (pl.col("open") > 0)
    sums = quarterly(months.filter(usable), ("open", "occupied"))
    return tabular.long(sums.with_columns(share("occupied", "open").alias(MEASURE)), (MEASURE,))


PUBLICATIONS = (
    Publication(
        id="bed_occupancy_winter",
        publisher="NHS England",
        title="Winter daily situation reports, general and acute beds",
        page=PAGE,
        files=("winter-sitreps/sitrep*.rda",),
        lag_days=14,
        read=read_winter,
        standing=Standing.EXTRACTED,
        compiled_by="M. Thomas (NHSWinterSitreps)",
    ),
    Publication(
        id="bed_occupancy_quarterly",
        publisher="NHS England",
        title="Critical care and general and acute beds, urgent and emergency care situation reports",
        page=PAGE,
        files=("healthyr/england_critical_general_acute_beds.rda",),
        lag_days=20,
        read=read_monthly,
        standing=Standing.EXTRACTED,
        compiled_by="Humaniverse (healthyr)",
    ),
)
