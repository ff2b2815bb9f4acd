"""KH03: average daily overnight beds, available and occupied, by quarter."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sources import reading
from matchmaker.sources.periods import MONTHS, calendar_quarter
from matchmaker.sources.publication import Publication
from matchmaker.sources.reading import number, text

SHEET = "NHS Trust by Sector"
COLUMNS = (
    text("year", "Year"),
    text("month", "Period End"),
    text("ods", "Org Code"),
    number("beds_available", "Total", occurrence=1),
    number("beds_available_general_acute", "General & Acute", occurrence=1),
    number("beds_available_mental_illness", "Mental Illness", occurrence=1),
    number("beds_occupied", "Total", occurrence=2),
    number("beds_occupied_general_acute", "General & Acute", occurrence=2),
)


def read(path: Path) -> pl.DataFrame:
    """One quarterly workbook (header row found below a block of notes)."""
    frame = reading.table(path, COLUMNS, sheet=SHEET)
    quarter = MONTHS[frame["month"][0].casefold()] // 3
    start = int(frame["year"][0][:4]) + (1 if quarter == 1 else 0)
    return reading.long(
        frame,
        [column.name for column in COLUMNS[3:]],
        calendar_quarter(start, quarter),
        sheet=SHEET,
    )


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
