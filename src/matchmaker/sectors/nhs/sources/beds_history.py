"""Earlier years of KH03 (average daily overnight beds), from tables compiled by others."""

from __future__ import annotations

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

LSE_COLUMNS = (
    text("year", "YEAR"),
    text("code", "ORG_CODE"),
    number("beds_available", "BEDS"),
    number("share", "BEDS_OCCUPIED_PERCENT"),
)
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


def read_lse(path: Path) -> pl.DataFrame:
    """April to June of 2010 to 2018, all sectors, beds rounded to whole numbers.

    A year holds its first quarter only: each figure of 2014 to 2017 equals that quarter of the
    quarterly returns, and none of the other three.
    """
    frame = _dated(path, trust_table(path, LSE_COLUMNS), "year", r"^(\d{4})$", quarter=1)
    # The file gives the share of beds that were occupied, to two decimals.
    frame = frame.with_columns(beds_occupied=pl.col("beds_available") * pl.col("share"))
    return tabular.long(frame, ("beds_available", "beds_occupied"))


def read_panel(path: Path) -> pl.DataFrame:
    """Every quarter from January 2014 to September 2023; "2014 Q1" is April to June 2014."""
    frame = _dated(path, trust_table(path, PANEL_COLUMNS), "quarter", r"^(\d{4}) Q([1-4])$")
    return tabular.long(frame, ("beds_available", "beds_occupied"))


def read_winter(path: Path) -> pl.DataFrame:
    """October to December 2020: totals, and general and acute beds."""
    frame = trust_table(path, WINTER_COLUMNS)
    issues = IssueList()
    for row, year, month in frame.select("row", "year", "month").iter_rows():
        if (year, month) != ("2020-21", "December"):
            issues.add(Issue(path.name, "2020-21 and December", f"{year} {month}", row=row))
    issues.raise_if_any()
    return tabular.long(frame, [c.name for c in WINTER_COLUMNS[3:]], financial_quarter(2020, 3))


def _dated(
    path: Path, frame: pl.DataFrame, column: str, pattern: str, quarter: int | None = None
) -> pl.DataFrame:
    """Adds the period that `column` names; any other text there is an issue."""
    issues = IssueList()
    for row, label in frame.filter(~pl.col(column).str.contains(pattern)).select("row", column).iter_rows():
        issues.add(Issue(path.name, "a year and quarter", label, row=row, column=column))
    issues.raise_if_any()
    labels = frame[column].unique()
    years = labels.str.extract(pattern, 1).cast(pl.Int32)
    quarters = [quarter] * len(labels) if quarter else labels.str.extract(pattern, 2).cast(pl.Int32).to_list()
    periods = [financial_quarter(year, number) for year, number in zip(years, quarters, strict=True)]
    lookup = pl.DataFrame(
        {
            column: labels,
            "period_start": [start for start, _ in periods],
            "period_end": [end for _, end in periods],
        }
    )
    return frame.join(lookup, on=column, how="left", maintain_order="left")


PUBLICATIONS = (
    Publication(
        id="kh03_beds_first_quarters",
        publisher=PUBLISHER,
        title="Bed availability and occupancy, overnight (KH03), April to June of 2010 to 2018",
        page=PAGE,
        files=("lse-hospital-management/beds.csv",),
        lag_days=LAG_DAYS,
        read=read_lse,
        standing=Standing.COMPILED,
        compiled_by="miqdadasaria/hospital_management (London School of Economics)",
    ),
    Publication(
        id="kh03_beds_panel",
        publisher=PUBLISHER,
        title="Bed availability and occupancy, overnight (KH03), quarterly, 2014 to 2023",
        page=PAGE,
        files=("hf-elective-constraints/FINAL_overnight_beds.csv",),
        lag_days=LAG_DAYS,
        read=read_panel,
        # Unrounded, unlike the first quarters above, so it goes before them.
        standing=Standing.EXTRACTED,
        compiled_by="zeyadissa/elective_constraints (Health Foundation)",
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
