"""Elective operations cancelled at the last minute for non-clinical reasons, by quarter."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_quarter, share
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

SHEET = "Provider"
COLUMNS = (
    text("code", "Organisation Code"),
    number("cancelled_operations", "Number of last minute elective operation…"),
    number("late", "Number of patients not treated within 28…"),
)


def read(path: Path) -> pl.DataFrame:
    """One quarterly workbook; the notes above the table name the quarter and the publication day."""
    (start, quarter), published = _notes(path)
    frame = trust_table(path, COLUMNS, sheet=SHEET, adds_up=("England", TRUST_CODE)).with_columns(
        known_from=pl.lit(published),
        cancelled_operations_not_rebooked_share=share("late", "cancelled_operations"),
    )
    return tabular.long(
        frame,
        ("cancelled_operations", "cancelled_operations_not_rebooked_share"),
        financial_quarter(start, quarter),
        sheet=SHEET,
    )


def _notes(path: Path) -> tuple[tuple[int, int], date]:
    notes = {tabular.plain(label): value for label, value in _pairs(tabular.cells(path, SHEET).head(12))}
    period = re.match(r"Quarter ([1-4]), (\d{4})-\d{2}", notes.get("period", ""))
    day = re.match(r"(\d{1,2})\w\w (\w+ \d{4})", notes.get("published", ""))
    if period is None or day is None:
        issue = Issue(path.name, "a quarter and a publication day above the table", sheet=SHEET)
        raise BadFile([issue], "Check that this is the provider file of one quarter.")
    published = datetime.strptime(f"{day[1]} {day[2]}", "%d %B %Y").date()
    return (int(period[2]), int(period[1])), published


def _pairs(rows: pl.DataFrame) -> list[tuple[str, str]]:
    filled = ([cell.strip() for cell in row if cell and cell.strip()] for row in rows.iter_rows())
    return [(cells[0], cells[1]) for cells in filled if len(cells) == 2]


PUBLICATIONS = (
    Publication(
        id="cancelled_operations",
        publisher="NHS England",
        title="Cancelled elective operations (QMCO), provider table",
        page="https://www.england.nhs.uk/statistics/statistical-work-areas/cancelled-elective-operations/",
        files=("nhse-cancelled-operations/*-Cancelled-Operations*.xlsx",),
        lag_days=50,
        read=read,
    ),
)
