"""NHS Workforce Statistics: full-time equivalent staff by organisation, since September 2009."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

GROUPS_SHEET = "3. NHSE, Org & SG - FTE"
SERIES_SHEET = "5. All Staff, NHSE & Org - FTE"
GROUPS = (
    number("staff_fte_doctors", "HCHS Doctors"),
    number("staff_fte_consultants", "Consultant"),
    number("staff_fte_nurses", "Nurses & health visitors"),
    number("senior", "Senior managers"),
    number("managers", "Managers"),
)
CODE = "Organisation code"
QUARTER_ENDS = (3, 6, 9, 12)


def read(path: Path) -> pl.DataFrame:
    """The monthly series of all staff (quarter ends and the latest month) and the latest groups."""
    return pl.concat([read_series(path), read_groups(path)])


def read_series(path: Path) -> pl.DataFrame:
    """All staff at the end of March, June, September and December, and of the latest month."""
    months = _months(path)
    wanted = {day: heading for day, heading in months.items() if day.month in QUARTER_ENDS}
    wanted[max(months)] = months[max(months)]
    columns = (text("code", CODE), *(number(str(day), heading) for day, heading in wanted.items()))
    frame = trust_table(path, columns, sheet=SERIES_SHEET)
    parts = [
        # Zero stands for an organisation that did not exist in that month.
        tabular.long(
            frame.filter(pl.col(str(day)) > 0),
            {str(day): "staff_fte"},
            month(day.year, day.month),
            sheet=SERIES_SHEET,
        ).with_columns(column=pl.lit(wanted[day]))
        for day in sorted(wanted)
    ]
    return pl.concat(parts)


def read_groups(path: Path) -> pl.DataFrame:
    """Doctors, consultants, nurses and managers in the month that the sheet names."""
    frame = trust_table(path, (text("code", CODE), *GROUPS), sheet=GROUPS_SHEET)
    # Managers are both grades together, as in the earlier figures of the same measure.
    frame = frame.with_columns(staff_fte_managers=pl.col("senior") + pl.col("managers"))
    names = ("staff_fte_doctors", "staff_fte_consultants", "staff_fte_nurses", "staff_fte_managers")
    return tabular.long(frame, names, _month_of_groups(path), sheet=GROUPS_SHEET)


def _months(path: Path) -> dict[date, str]:
    """The months that are headings of the series, with the heading as the sheet writes it."""
    for row in tabular.cells(path, SERIES_SHEET).head(60).iter_rows():
        if CODE in row:
            found = (heading for heading in row if heading and heading[:2] == "20")
            return {date.fromisoformat(heading[:10]): heading for heading in found}
    issue = Issue(path.name, f"a row with the heading {CODE!r}", sheet=SERIES_SHEET)
    raise BadFile([issue], "Check that this is the right edition of the workbook.")


def _month_of_groups(path: Path) -> tuple[date, date]:
    """The month of the sheet of staff groups, which stands above its headings."""
    for row in tabular.cells(path, GROUPS_SHEET).head(20).iter_rows():
        for cell in row:
            if cell and cell.endswith("monthly data"):
                name, year = cell.split()[:2]
                return month(int(year), MONTHS[name.casefold()])
    issue = Issue(path.name, "a cell such as 'May 2025 monthly data'", sheet=GROUPS_SHEET)
    raise BadFile([issue], "Check that this is the right edition of the workbook.")


PUBLICATIONS = (
    Publication(
        id="nhs_workforce",
        publisher="NHS England",
        title="NHS Workforce Statistics: England and organisation tables",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics",
        files=("nhs-workforce-recent/NHS_Workforce_Statistics_*_England_and_Organisation.xlsx",),
        lag_days=95,
        read=read,
    ),
)
