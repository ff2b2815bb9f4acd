"""When A&E figures came out: weekly to June 2015, six weeks after the month to mid-2017, then a fortnight.

Revised files come out in May (October to March) and November (April to September): their addresses on the
publisher's site name these months, so a revised figure counts from the last day of that month.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

LAST_WEEKLY, LAST_SIX_WEEKS_LATER = date(2015, 5, 31), date(2017, 6, 30)
WEEKLY_DAYS, SIX_WEEKS, FORTNIGHT = 16, 45, 16
REVISED = "revised"
"""What the names of revised files hold."""


def first_release() -> pl.Expr:
    """The day by which the figure of the period that ends on `period_end` was out."""
    end = pl.col("period_end")
    days = (
        pl.when(end <= LAST_WEEKLY)
        .then(WEEKLY_DAYS)
        .when(end <= LAST_SIX_WEEKS_LATER)
        .then(SIX_WEEKS)
        .otherwise(FORTNIGHT)
    )
    return (end + pl.duration(days=days)).alias("known_from")


def revision(month: date) -> date:
    """The day by which the revised figures of a month were out."""
    if 4 <= month.month <= 9:
        return date(month.year, 11, 30)
    return date(month.year + (month.month > 9), 5, 31)


def of_file(path: Path, month: date) -> date | None:
    """The day of a monthly file if its name says that it was revised; None for a first release."""
    return revision(month) if REVISED in path.name.casefold() else None
