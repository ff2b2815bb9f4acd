"""Earlier years of KH03 (average daily overnight beds), as others took them from the returns of the day.

The official time series (kh03_series.py) has the same quarters as revised since.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_quarter
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PUBLISHER = "NHS England"
PAGE = (
    "https://www.england.nhs.uk/statistics/statistical-work-areas/"
    "bed-availability-and-occupancy/bed-data-overnight/"
)
LAG_DAYS = 60

QUARTER = r"^\d{4} Q[1-4]$"
PANEL_COLUMNS = (
    text("quarter", "date"),
    text("code", "trust_code"),
    number("beds_occupied", "occupied_beds"),
    number("beds_available", "bed_capacity"),
)
WINTER_COLUMNS = (
    text("year", "Year"),
    text("month", "PeriodEnd"),
    text("code", "OrgCode"),
    number("beds_available", "TotalBedsAvailable"),
    number("beds_available_general_acute", "GeneralAcuteBedsAvailable"),
    number("beds_occupied_general_acute", "GeneralAcuteBedsOccupied"),
)


def read_panel(path: Path) -> pl.DataFrame:
    """Every quarter from January 2014 to September 2023; "2014 Q1" is April to June 2014."""
    frame = trust_table(path, PANEL_COLUMNS)
    issues = IssueList()
    for row, label in (
        frame.filter(~pl.col("quarter").str.contains(QUARTER)).select("row", "quarter").iter_rows()
    ):
        issues.add(Issue(path.name, "a year and quarter", label, row=row, column="quarter"))
    issues.raise_if_any()
    labels = frame["quarter"].unique()
    periods = {label: financial_quarter(int(label[:4]), int(label[-1])) for label in labels}
    dated = frame.with_columns(
        period_start=pl.col("quarter").replace_strict(
            {label: start for label, (start, _) in periods.items()}
        ),
        period_end=pl.col("quarter").replace_strict({label: end for label, (_, end) in periods.items()}),
    )
    return tabular.long(dated, ("beds_available", "beds_occupied"))


def read_winter(path: Path) -> pl.DataFrame:
    """October to December 2020: totals, and general and acute beds."""
    frame = trust_table(path, WINTER_COLUMNS)
    issues = IssueList()
    for row, year, month in frame.select("row", "year", "month").iter_rows():
        if (year, month) != ("2020-21", "December"):
            issues.add(Issue(path.name, "2020-21 and December", f"{year} {month}", row=row))
    issues.raise_if_any()
    return tabular.long(frame, [c.name for c in WINTER_COLUMNS[3:]], financial_quarter(2020, 3))


PUBLICATIONS = (
    Publication(
        id="kh03_beds_panel",
        publisher=PUBLISHER,
        title="Bed availability and occupancy, overnight (KH03), quarterly, 2014 to 2023",
        page=PAGE,
        files=("hf-elective-constraints/FINAL_overnight_beds.csv",),
        lag_days=LAG_DAYS,
        read=read_panel,
        standing=Standing.EXTRACTED,
        compiled_by="zeyadissa/elective_constraints (Health Foundation)",
        edition=date(2024, 2, 21),  # the day before the next quarter came out
    ),
    Publication(
        id="kh03_beds_winter_2020",
        publisher=PUBLISHER,
        title="Bed availability and occupancy, overnight (KH03), October to December 2020",
        page=PAGE,
        files=("kh03-2020-21/GeneralAcuteOccupiedBedsbyTrust_2020-21_Q3.xlsx",),
        lag_days=LAG_DAYS,
        read=read_winter,
        standing=Standing.EXTRACTED,
        compiled_by="BenSCooper/nosocomial_COVID_England",
    ),
)
