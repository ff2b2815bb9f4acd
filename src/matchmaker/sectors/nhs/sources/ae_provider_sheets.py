"""A&E of April 2025 to March 2026: the provider sheets of the official workbooks, saved as CSV.

April to September are the revision of November 2025 (in April to July it differs from the first release for
RTD, RBT and RLT only); October to March are first releases. Columns are found by how their headings begin,
since saving made a nought of the dash in some.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import ae_publication_days
from matchmaker.sectors.nhs.sources.ae_performance import PAGE, by_quarter
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

LAST_REVISED = date(2025, 9, 1)
TYPE_1 = "Type 1 Departments…"
COLUMNS = (
    text("code", "Code"),
    # Under the same heading: attendances, those within four hours, those over.
    number("attended_type_1", TYPE_1),
    number("over_type_1", TYPE_1, occurrence=3),
    number("attended", "Total attendances"),
    number("over", "Total Attendances > 4 hours"),
    number("admitted", "Total Emergency Admissions via A&E"),
    number("emergency_admissions_return", "Total Emergency Admissions"),
    number("over_12", "Number of patients spending >12 hours…"),
)
COUNTS = {
    "attended": "ae_attendances",
    "attended_type_1": "ae_attendances_type_1",
    "admitted": "emergency_admissions_via_ae",
    "emergency_admissions_return": "emergency_admissions_return",
}


def read_month(path: Path) -> pl.DataFrame:
    """Attendances and emergency admissions of one month."""
    first, last = _month(path)
    known = ae_publication_days.revision(first) if first <= LAST_REVISED else None
    frame = trust_table(path, COLUMNS).with_columns(known_from=pl.lit(known, pl.Date))
    return tabular.long(frame, COUNTS, (first, last))


def read_quarter(path: Path) -> pl.DataFrame:
    """Waits of the quarter that ends with this month; the files of its other months stand beside it."""
    last, _ = _month(path)
    months = []
    for back in (2, 1, 0):
        first = date(last.year, last.month - back, 1)
        beside = path.with_name(f"{first:%B-%Y}-AE.csv")
        if not beside.is_file():
            issue = Issue(path.name, f"the file {beside.name} in the same folder")
            raise BadFile([issue], "Add the missing month or leave the quarter out.")
        months.append(trust_table(beside, COLUMNS).with_columns(month=pl.lit(first)))
    known = ae_publication_days.revision(last) if last <= LAST_REVISED else None
    return by_quarter(pl.concat(months)).with_columns(known_from=pl.lit(known, pl.Date))


def _month(path: Path) -> tuple[date, date]:
    found = re.fullmatch(r"([A-Za-z]+)-(20\d\d)-AE", path.stem)
    if found is None or found[1].casefold() not in MONTHS:
        issue = Issue(path.name, "a name that begins with the month, such as March-2026-AE.csv")
        raise BadFile([issue], "Keep the original name.")
    return month(int(found[2]), MONTHS[found[1].casefold()])


_publication = partial(
    Publication,
    publisher="NHS England",
    page=PAGE,
    lag_days=16,
    standing=Standing.EXTRACTED,
    compiled_by="edwardchede/nhs-ae-data-warehouse (sheets saved as CSV)",
)
PUBLICATIONS = (
    _publication(
        id="ae_monthly_2025_26",
        title="A&E attendances and emergency admissions, April 2025 to March 2026",
        files=("ae-monthly-2025-26/*-20??-AE.csv",),
        read=read_month,
    ),
    _publication(
        id="ae_performance_2025_26",
        title="A&E attendances and emergency admissions, April 2025 to March 2026: waits",
        files=tuple(
            f"ae-monthly-2025-26/{name}-AE.csv"
            for name in ("June-2025", "September-2025", "December-2025", "March-2026")
        ),
        read=read_quarter,
    ),
)
