"""Dates as people read them, and dates of which only the month or the year is known."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


@lru_cache(maxsize=16_384)
def format_date(day: date, precision: str = "day") -> str:
    """A date in words: 3 March 2026, March 2026 or 2026.

    Args:
        day: any day of the month or year where only that is known.
        precision: `day`, `month` or `year`.
    """
    return {"day": f"{day.day} {day:%B %Y}", "month": f"{day:%B %Y}", "year": f"{day:%Y}"}[precision]


@lru_cache(maxsize=16_384)
def format_period(start: date, end: date) -> str:
    """A period in words: 3 March 2026, October to December 2025, or April 2025 to March 2026.

    Args:
        start, end: its first and last day; the same for what is of one day.
    """
    if start == end:
        return format_date(end)
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        if (start.year, start.month) == (end.year, end.month):
            return format_date(end, "month")
        since = f"{start:%B}" if start.year == end.year else format_date(start, "month")
        return f"{since} to {format_date(end, 'month')}"
    return f"{format_date(start)} to {format_date(end)}"


def first_day(day: date, precision: str) -> date:
    """The first day that a date of its precision can mean."""
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[precision]


def middle_day(day: date, precision: str) -> date:
    """The middle of what a date can mean, counted from the day that stands for it."""
    return day + timedelta(days={"day": 0, "month": 14, "year": 181}[precision])


def months_before(day: date, months: int) -> date:
    """The day so many months earlier; the last of its month where there is no such day."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(column: str) -> pl.Expr:
    """The last day that the dates of a column can mean.

    Args:
        column: of dates; their precision stands in the column of that name and `_precision`.
    """
    import polars as pl

    day, precision = pl.col(column), pl.col(f"{column}_precision")
    return (
        pl.when(precision == "year")
        .then(day.dt.offset_by("1y").dt.offset_by("-1d"))
        .when(precision == "month")
        .then(day.dt.month_end())
        .otherwise(day)
    )
