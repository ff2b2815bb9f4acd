"""A&E waits by financial quarter, and in the latest month: the official monthly files.

Within four hours in departments of all kinds and in major ones (type 1); and of those admitted as an
emergency through A&E, who waited over twelve hours after the decision to admit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import ae_publication_days
from matchmaker.sectors.nhs.sources.nhs_codes import ANY_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month, quarterly, share
from matchmaker.sources.publication import Publication
from matchmaker.sources.sums import total
from matchmaker.sources.tabular import number, text

PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/ae-waiting-times-and-activity/"

_KINDS = ("Type 1", "Type 2", "Other A&E Department")
_BOOKED = ("Booked Appointments Type 1", "Booked Appointments Type 2", "Booked Appointments Other Department")
ATTENDED = [f"A&E attendances {kind}" for kind in (*_KINDS, *_BOOKED)]
# "Other Department" of the waits is "Other A&E Department" of the attendances.
OVER = [f"Attendances over 4hrs {kind.replace('Other A&E', 'Other')}" for kind in (*_KINDS, *_BOOKED)]
ADMITTED = [f"Emergency admissions via A&E - {kind}" for kind in _KINDS]
OVER_12 = "Patients who have waited 12+ hrs from DTA to admission"
COLUMNS = (
    text("period", "Period"),
    text("code", "Org Code"),
    *(number(name, name) for name in (*ATTENDED, *OVER, *ADMITTED, OVER_12)),
)
TOTALS = ("TOTAL", ANY_CODE)
"""The line of totals, and the codes that add up to it."""
SHARES = {
    "ae_within_4_hours": ("over", "attended"),
    "ae_type_1_within_4_hours": ("over_type_1", "attended_type_1"),
    "ae_admitted_after_12_hours": ("over_12", "admitted"),
}
"""Measure -> those who waited longer, and everyone of whom they are a part."""


def shares(frame: pl.DataFrame) -> pl.DataFrame:
    """Counts of a period to the shares for which both counts are there and anybody came."""
    parts = []
    for measure, (part, whole) in SHARES.items():
        if part in frame.columns:
            longer = share(part, whole)
            value = longer if measure == "ae_admitted_after_12_hours" else 1 - longer
            parts.append(tabular.long(frame.with_columns(value.alias(measure)), (measure,)))
    return pl.concat(parts)


def by_quarter(frame: pl.DataFrame) -> pl.DataFrame:
    """Monthly counts to the shares of each whole quarter."""
    came = frame.filter(pl.col("attended") > 0)
    parts = []
    for part, whole in SHARES.values():
        if part in frame.columns:
            parts.append(shares(quarterly(came, (part, whole))))
    return pl.concat(parts)


def counts(path: Path, columns: Sequence[tabular.Column] = COLUMNS) -> pl.DataFrame:
    """One month: everyone who came, and those who waited longer, booked appointments included."""
    frame = trust_table(path, columns, adds_up=TOTALS)
    # The period is written as MSitAE-JUNE-2025.
    _, name, year = tabular.one_value(path, frame, "period", "Period").split("-")
    first, _ = month(int(year), MONTHS[name.casefold()])
    return frame.select(
        "code",
        month=pl.lit(first),
        attended=total(ATTENDED),
        over=total(OVER),
        attended_type_1=total((ATTENDED[0], ATTENDED[3])),
        over_type_1=total((OVER[0], OVER[3])),
        admitted=total(ADMITTED),
        over_12=pl.col(OVER_12),
    )


def read(path: Path) -> pl.DataFrame:
    """The quarter that ends with this month; the files of its other months stand beside it."""
    last = counts(path)
    end = last["month"][0]
    months = [last]
    revised = [ae_publication_days.of_file(path, end)]
    for back in (1, 2):
        year, number_ = (end.year, end.month - back)
        name = next(word for word, at in MONTHS.items() if at == number_).title()
        beside = sorted(path.parent.glob(f"Monthly-AE-{name}-{year}*.csv"))
        if not beside:
            issue = Issue(path.name, f"the file of {name} {year} in the same folder")
            raise BadFile([issue], "Add the missing month or leave the quarter out.")
        months.append(counts(beside[0]))
        revised.append(ae_publication_days.of_file(beside[0], months[-1]["month"][0]))
    # A quarter is known as it stands here when the last of its months was.
    known = max((day for day in revised if day), default=None)
    return by_quarter(pl.concat(months)).with_columns(known_from=pl.lit(known, pl.Date))


def read_month(path: Path) -> pl.DataFrame:
    """One month alone, the latest."""
    frame = counts(path)
    start = frame["month"][0]
    first, last = month(start.year, start.month)
    return shares(frame.with_columns(period_start=pl.lit(first), period_end=pl.lit(last)))


_publication = partial(
    Publication, publisher="NHS England", title="A&E attendances and emergency admissions, monthly", page=PAGE
)
PUBLICATIONS = (
    _publication(
        id="ae_performance",
        files=tuple(
            f"ae-monthly-2024-25/Monthly-AE-{name}*.csv"
            for name in ("September-2024", "December-2024", "March-2025", "June-2025")
        ),
        lag_days=16,
        read=read,
    ),
    _publication(id="ae_performance_latest", files=("ae-2026-05/*.csv",), lag_days=16, read=read_month),
)
