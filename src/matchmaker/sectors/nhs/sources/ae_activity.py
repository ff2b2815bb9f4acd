"""A&E Attendances and Emergency Admissions: attendances and admissions by month."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import ae_publication_days
from matchmaker.sectors.nhs.sources.nhs_codes import ANY_CODE, TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.sums import total
from matchmaker.sources.tabular import number, text

PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/ae-waiting-times-and-activity/"
TITLE = "A&E Attendances and Emergency Admissions"
TYPES = {"1": "Type 1", "2": "Type 2", "other": "Other A&E department"}
BOOKED = {"1": "Type 1", "2": "Type 2", "other": "Other Department"}
# The official total of attendances counts booked appointments, which stand in columns of their own.
COLUMNS = (
    text("period", "Period"),
    text("code", "Org Code"),
    *(number(f"walk-in {key}", f"A&E attendances {name}") for key, name in TYPES.items()),
    *(number(f"booked {key}", f"A&E attendances Booked Appointments {name}") for key, name in BOOKED.items()),
    *(number(f"admitted {key}", f"Emergency admissions via A&E - {name}") for key, name in TYPES.items()),
    number("admitted directly", "Other emergency admissions"),
)
REPEATED = (date(2025, 2, 1), date(2025, 3, 1))
"""These two months of the compiled series repeat the figures of the year before; left out."""


def read_month(path: Path) -> pl.DataFrame:
    """One monthly provider file: A&E of all types, major A&E, and emergency admissions."""
    frame = trust_table(path, COLUMNS, adds_up=("TOTAL", ANY_CODE))
    sums = {
        "ae_attendances": ("walk-in 1", "walk-in 2", "walk-in other", "booked 1", "booked 2", "booked other"),
        "ae_attendances_type_1": ("walk-in 1", "booked 1"),
        "emergency_admissions_via_ae": ("admitted 1", "admitted 2", "admitted other"),
        "emergency_admissions_return": ("admitted 1", "admitted 2", "admitted other", "admitted directly"),
    }
    frame = frame.with_columns(total(parts).alias(name) for name, parts in sums.items())
    period = _month_named(path, frame)
    known = ae_publication_days.of_file(path, period[0])
    return tabular.long(frame.with_columns(known_from=pl.lit(known, pl.Date)), list(sums), period)


def _month_named(path: Path, frame: pl.DataFrame) -> tuple[date, date]:
    labels = frame["period"].unique().to_list()
    found = re.fullmatch(r"MSitAE-([A-Z]+)-(20\d\d)", labels[0]) if len(labels) == 1 else None
    if found is None or found[1].casefold() not in MONTHS:
        issue = Issue(path.name, "one month such as MSitAE-JUNE-2024", str(labels), column="Period")
        raise BadFile([issue], "Check that this is the monthly provider file.")
    return month(int(found[2]), MONTHS[found[1].casefold()])


def read_2016(path: Path) -> pl.DataFrame:
    """April 2016 to March 2019, one row for each month, organisation and type of A&E."""
    names = ("period", "org_code", "type", "attendances", "admissions")
    frame = _trusts(tabular.r_frame(path, names).to_dict(as_series=False), "org_code")
    whole = frame.group_by("period", "code", maintain_order=True).agg(
        pl.col("row").first(),
        ae_attendances=pl.col("attendances").sum(),
        ae_attendances_type_1=pl.col("attendances").filter(pl.col("type") == "1").sum(),
        emergency_admissions_via_ae=pl.col("admissions").sum(),
    )
    days = {day: day for day in whole["period"].unique()}
    measures = ("ae_attendances", "ae_attendances_type_1", "emergency_admissions_via_ae")
    return _by_month(whole, "period", days, measures)


def read_series(path: Path) -> pl.DataFrame:
    """April 2021 to July 2025; its emergency admissions are those by every route."""
    names = ("nhs_trust22_code", "date", "total_attendances", "total_emergency_admissions")
    frame = _trusts(tabular.r_frame(path, names).to_dict(as_series=False), "nhs_trust22_code")
    labels = frame["date"].unique()
    days = {label: date(int(label[-4:]), MONTHS[label[:-5].casefold()], 1) for label in labels}
    days = {label: day for label, day in days.items() if day not in REPEATED}
    measures = {
        "total_attendances": "ae_attendances",
        "total_emergency_admissions": "emergency_admissions_return",
    }
    return _by_month(frame, "date", days, measures)


def _trusts(columns: dict[str, list[object]], code: str) -> pl.DataFrame:
    frame = pl.DataFrame(columns).rename({code: "code"}).with_row_index("row", offset=1)
    return frame.filter(pl.col("code").str.contains(TRUST_CODE))


def _by_month(
    frame: pl.DataFrame,
    column: str,
    days: dict[str, date] | dict[float, date],
    measures: dict[str, str] | tuple[str, ...],
) -> pl.DataFrame:
    parts = (
        tabular.long(frame.filter(pl.col(column) == label), measures, month(day.year, day.month))
        for label, day in sorted(days.items(), key=lambda item: item[1])
    )
    return pl.concat(parts).with_columns(ae_publication_days.first_release())


_publication = partial(Publication, publisher="NHS England", page=PAGE)
PUBLICATIONS = (
    _publication(
        id="ae_monthly",
        title=f"{TITLE}, monthly provider file",
        files=("ae-monthly-2024-25/Monthly-AE-*.csv", "nhse-ae-2025-07/*.csv", "ae-2026-05/*.csv"),
        lag_days=16,
        read=read_month,
    ),
    _publication(
        id="ae_monthly_2016_2019",
        title=f"{TITLE}, April 2016 to March 2019",
        files=("nhsrdatasets/ae_attendances.rda",),
        lag_days=16,
        read=read_2016,
        standing=Standing.EXTRACTED,
        compiled_by="nhs-r-community/NHSRdatasets",
    ),
    _publication(
        id="ae_monthly_2021_2025",
        title=f"{TITLE}, April 2021 to July 2025",
        files=("healthyr/england_trust_accidents_emergency.rda",),
        lag_days=16,
        read=read_series,
        standing=Standing.COMPILED,
        compiled_by="humaniverse/healthyr",
        edition=date(2025, 9, 10),  # the day before the figures of August 2025 came out
    ),
)
