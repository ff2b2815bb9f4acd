"""Periods as public bodies count them: financial years, quarters, months; and months added up to quarters."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

import polars as pl


def financial_year(start: int) -> tuple[date, date]:
    """1 April of `start` to 31 March of the next year."""
    return date(start, 4, 1), date(start + 1, 3, 31)


def calendar_year(year: int) -> tuple[date, date]:
    """1 January to 31 December."""
    return date(year, 1, 1), date(year, 12, 31)


def month(year: int, number: int) -> tuple[date, date]:
    """The first and last day of a month (1 to 12)."""
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def calendar_quarter(year: int, number: int) -> tuple[date, date]:
    """Quarter 1 is January to March."""
    return month(year, 3 * number - 2)[0], month(year, 3 * number)[1]


def financial_quarter(start: int, number: int) -> tuple[date, date]:
    """Quarter 1 of the year that begins in April of `start` is April to June."""
    return calendar_quarter(start, number + 1) if number < 4 else calendar_quarter(start + 1, 1)


MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}


def quarterly(frame: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    """Sums of whole quarters, so that one odd month does not stand for an organisation.

    A quarter that lacks a month is left out.

    Args:
        frame: `code`, `month` (its first day) and the counts; several rows of one month are added up.
        counts: columns to add up; a row with an unknown count makes its month unknown.
    """
    known = pl.all_horizontal(pl.col(name).is_not_null() & pl.col(name).is_not_nan() for name in counts)
    months = frame.group_by("code", "month", maintain_order=True).agg(
        pl.col(*counts).sum(), known.all().alias("known")
    )
    quarters = (
        months.filter("known")
        .with_columns(period_start=pl.col("month").dt.truncate("1q"))
        .group_by("code", "period_start", maintain_order=True)
        .agg(pl.col(*counts).sum(), pl.len().alias("months"))
    )
    end = pl.col("period_start").dt.offset_by("3mo").dt.offset_by("-1d")
    return quarters.filter(pl.col("months") == 3).with_columns(period_end=end).drop("months")


def share(part: str, whole: str) -> pl.Expr:
    """The part over the whole; unknown where the whole is nothing."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))
