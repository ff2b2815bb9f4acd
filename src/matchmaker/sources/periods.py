"""Periods as the NHS writes them: financial years, quarters, months."""

from __future__ import annotations

import calendar
from datetime import date


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
