"""KH03: average daily overnight beds, available and occupied, by quarter."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources import workbook_notes
from matchmaker.sectors.nhs.sources.nhs_codes import ANY_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, calendar_quarter
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

SHEET = "NHS Trust by Sector"
COLUMNS = (
    text("year", "Year"),
    text("month", "Period End"),
    text("code", "Org Code"),
    number("beds_available", "Total", under="Available"),
    number("beds_available_general_acute", "General & Acute", under="Available"),
    number("beds_available_mental_illness", "Mental Illness", under="Available"),
    number("beds_occupied", "Total", under="Occupied"),
    number("beds_occupied_general_acute", "General & Acute", under="Occupied"),
)


def read(path: Path) -> pl.DataFrame:
    """One quarterly workbook; known from the day of its revision, or else of its publication.

    Both days stand above the table. Four returns of December 2024 are wrong in the file itself, and so are
    some of the first summer of the pandemic: they are quarantined, with all lone outliers.
    """
    frame = trust_table(path, COLUMNS, sheet=SHEET, adds_up=("England", ANY_CODE)).with_columns(
        known_from=pl.lit(workbook_notes.published(path, SHEET), pl.Date)
    )
    return tabular.long(frame, [column.name for column in COLUMNS[3:]], _quarter(path, frame), sheet=SHEET)


def _quarter(path: Path, frame: pl.DataFrame) -> tuple[date, date]:
    """The quarter that ends with the month named beside every trust."""
    said = list(frame.select("row", "year", "month").iter_rows())
    (year, month), _ = Counter((year, month) for _, year, month in said).most_common(1)[0]
    column, issues = "Year and Period End", IssueList()
    for row, *other in said:
        if tuple(other) != (year, month):
            expected = f"{year} {month} as in the other rows"
            issues.add(Issue(path.name, expected, " ".join(map(str, other)), SHEET, row, column))
    if not re.match(r"20\d\d-\d\d$", year or "") or MONTHS.get((month or "").casefold()) not in (3, 6, 9, 12):
        expected = "a financial year and the last month of a quarter, such as 2025-26 June"
        issues.add(Issue(path.name, expected, f"{year} {month}", SHEET, said[0][0], column))
    issues.raise_if_any()
    quarter = MONTHS[month.casefold()] // 3
    return calendar_quarter(int(year[:4]) + (1 if quarter == 1 else 0), quarter)


PUBLICATIONS = (
    Publication(
        id="kh03_beds",
        publisher="NHS England",
        title="Bed availability and occupancy, overnight (KH03)",
        page="https://www.england.nhs.uk/statistics/statistical-work-areas/bed-availability-and-occupancy/bed-data-overnight/",
        files=(
            "kh03-recent/Beds-Open-Overnight*.xlsx",
            "kh03-2020-21/*Beds-Open-Overnight*.xlsx",
        ),
        lag_days=60,
        read=read,
    ),
)
