"""A&E within four hours, by financial quarter: the official monthly files, all kinds of department."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month, quarterly, share
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import number, text

PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/ae-waiting-times-and-activity/"

_KINDS = ("Type 1", "Type 2", "Other A&E Department")
_BOOKED = ("Booked Appointments Type 1", "Booked Appointments Type 2", "Booked Appointments Other Department")
ATTENDED = [f"A&E attendances {kind}" for kind in (*_KINDS, *_BOOKED)]
# "Other Department" of the waits is "Other A&E Department" of the attendances.
OVER = [f"Attendances over 4hrs {kind.replace('Other A&E', 'Other')}" for kind in (*_KINDS, *_BOOKED)]
COLUMNS = (
    text("period", "Period"),
    text("code", "Org Code"),
    *(number(name, name) for name in (*ATTENDED, *OVER)),
)


def within_four_hours(frame: pl.DataFrame) -> pl.DataFrame:
    """Monthly `attended` and `over` to the share seen within four hours in each whole quarter."""
    sums = quarterly(frame.filter(pl.col("attended") > 0), ("attended", "over"))
    return tabular.long(
        sums.with_columns(ae_within_4_hours=1 - share("over", "attended")), ("ae_within_4_hours",)
    )


def counts(path: Path, columns: Sequence[tabular.Column] = COLUMNS) -> pl.DataFrame:
    """One month: everyone who came, and those who waited longer, booked appointments included."""
    frame = trust_table(path, columns)
    # The period is written as MSitAE-JUNE-2025.
    _, name, year = frame["period"][0].split("-")
    return frame.select(
        "code",
        month=pl.lit(month(int(year), MONTHS[name.casefold()])[0]),
        attended=pl.sum_horizontal(ATTENDED),
        over=pl.sum_horizontal(OVER),
    )


def read(path: Path) -> pl.DataFrame:
    """The quarter that ends with this month; the files of its other months stand beside it."""
    last = counts(path)
    end = last["month"][0]
    months = [last]
    for back in (1, 2):
        year, number_ = (end.year, end.month - back)
        name = next(word for word, at in MONTHS.items() if at == number_).title()
        beside = sorted(path.parent.glob(f"Monthly-AE-{name}-{year}*.csv"))
        if not beside:
            issue = Issue(path.name, f"the file of {name} {year} in the same folder")
            raise BadFile([issue], "Add the missing month or leave the quarter out.")
        months.append(counts(beside[0]))
    return within_four_hours(pl.concat(months))


PUBLICATIONS = (
    Publication(
        id="ae_performance",
        publisher="NHS England",
        title="A&E attendances and emergency admissions, monthly",
        page=PAGE,
        files=tuple(
            f"ae-monthly-2024-25/Monthly-AE-{name}*.csv"
            for name in (
                "September-2024",
                "December-2024",
                "March-2025",
                "June-2025",
            )
        ),
        lag_days=20,
        read=read,
    ),
)
