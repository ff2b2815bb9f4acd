"""KH03 as a time series: average daily overnight beds by sector, every quarter since April 2010.

The official file of 2024, with figures as revised up to then. Years before 2010 are left out: nothing else is
known of trusts then. Large numbers of some trusts have a comma ("2,079"), unlike the others of their column.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.beds_history import PAGE, PUBLISHER
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

COLUMNS = (
    text("code", "Organisation_Code"),
    text("sector", "Sector"),
    number("beds", "Number_Of_Beds"),
    text("day", "Effective_Snapshot_Date"),
)
SECTORS = {"general & acute": "general_acute", "mental illness": "mental_illness", "maternity": "maternity"}
ALL_SECTORS = (*SECTORS, "learning disabilities")
FIRST_QUARTER_ENDS = date(2010, 6, 30)
SECTORS_SINCE = date(2022, 7, 1)
"""Beds by sector are kept of the last two years of the file."""
EDITION = date(2024, 11, 20)
"""The day before the quarter that the file does not have yet was published."""


def read(path: Path, total: str) -> pl.DataFrame:
    """All sectors of a trust and quarter added up, and the larger sectors.

    Args:
        path: the file of available or of occupied beds.
        total: the measure of all beds, `beds_available` or `beds_occupied`.
    """
    frame = trust_table(path, COLUMNS).with_columns(
        sector=pl.col("sector").str.to_lowercase(),
        period_end=pl.col("day").str.to_date("%d/%m/%Y", strict=False),
    )
    issues = IssueList()
    for row, day in frame.filter(pl.col("period_end").is_null()).select("row", "day").iter_rows():
        issues.add(Issue(path.name, "a day as dd/mm/yyyy", day, row=row, column="Effective_Snapshot_Date"))
    for row, sector in frame.filter(~pl.col("sector").is_in(ALL_SECTORS)).select("row", "sector").iter_rows():
        issues.add(Issue(path.name, "a sector of the return", sector, row=row, column="Sector"))
    issues.raise_if_any()
    frame = frame.filter(pl.col("period_end") >= FIRST_QUARTER_ENDS)
    frame = frame.with_columns(period_start=pl.col("period_end").dt.offset_by("1d").dt.offset_by("-3mo"))
    key = ["code", "period_start", "period_end"]
    whole = frame.group_by(key, maintain_order=True).agg(
        pl.col("row").first(), pl.col("beds").sum().alias(total), known=pl.col("beds").is_not_null().all()
    )
    parts = frame.filter(pl.col("sector").is_in([*SECTORS]), pl.col("period_start") >= SECTORS_SINCE)
    by_sector = parts.with_columns(sector=pl.col("sector").replace(SECTORS)).with_columns(
        measure=pl.format(f"{total}_{{}}", "sector")
    )
    wide = by_sector.pivot(
        "measure", index=key, values="beds", aggregate_function="first", maintain_order=True
    )
    return pl.concat(
        [
            tabular.long(whole.filter("known"), (total,)),
            tabular.long(wide, [name for name in wide.columns if name in MEASURES]),
        ],
        how="diagonal",
    )


MEASURES = (
    *(f"beds_available_{sector}" for sector in SECTORS.values()),
    "beds_occupied_general_acute",
    "beds_occupied_mental_illness",
)
_publication = partial(Publication, publisher=PUBLISHER, page=PAGE, lag_days=60, edition=EDITION)
PUBLICATIONS = (
    _publication(
        id="kh03_series",
        title="Bed availability and occupancy, overnight (KH03), time series: available",
        files=("kh03-official-timeseries/KH03-Available-*.csv",),
        read=partial(read, total="beds_available"),
    ),
    _publication(
        id="kh03_series_occupied",
        title="Bed availability and occupancy, overnight (KH03), time series: occupied",
        files=("kh03-official-timeseries/KH03-Occupied-*.csv",),
        read=partial(read, total="beds_occupied"),
    ),
)
