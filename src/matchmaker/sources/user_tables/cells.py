"""Parses the cells of tables that users bring: numbers and days as people write them."""

from __future__ import annotations

import calendar
import math
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from matchmaker.sources.marks import without_marks
from matchmaker.sources.periods import MONTHS
from matchmaker.sources.user_tables.sheets import UNVALUED

MONEY = "GBP"
"""The unit of measures that are money."""
SCALES = {
    **dict.fromkeys(("k", "000", "000s", "thousand", "thousands"), 1_000),
    **dict.fromkeys(("m", "mn", "mln", "million", "millions"), 1_000_000),
    **dict.fromkeys(("bn", "b", "billion", "billions"), 1_000_000_000),
}
"""Words behind a sum of money -> by what it is multiplied."""
_NUMBER = re.compile(r"\d+(\.\d*)?(e[+-]?\d+)?|\d{1,3}(,\d{3})+(\.\d*)?|\.\d+(e[+-]?\d+)?")
_SCALED = re.compile(
    rf"(?P<number>.*?\d[\d.,]*?)(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})"
)
_HEADING_SCALE = re.compile(
    rf"[\s,]*[(\[]?\s*(?:£\s*|gbp\s*|in\s+)?['’]?(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})"
    r"(?:\s+of\s+pounds|\s+pounds)?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_MINUS = re.compile("^[\u2212\u2013\u2014](?=[\\d.£])")
_SPACE_IN_NUMBER = re.compile(r"(?<=\d)[\s\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_MONTH = r"(?P<month>\d{1,2}|[a-z]+)"
_DAYS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[ t]00:00(?::00(?:\.0+)?)?)?"),
    re.compile(rf"(?P<day>\d{{1,2}})[-/.]{_MONTH}[-/.](?P<year>\d{{4}}|\d{{2}})(?: 00:00(?::00)?)?"),
    re.compile(
        r"(?:[a-z]+,? )?(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<month>[a-z]+)\.?,? (?P<year>\d{4}|\d{2})"
    ),
    re.compile(r"(?P<month>[a-z]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})"),
)
_MONTHS_ONLY = (
    re.compile(r"(?P<month>[a-z]+)[ \-/](?P<year>\d{4}|\d{2})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})"),
)
_FINANCIAL_YEAR = re.compile(r"(?:fy ?)?(?P<year>\d{4}) ?[/\-–] ?(?:\d{2})?(?P<next>\d{2})")
_SERIAL = (36_526, 73_050)
"""Days of 2000 to 2099 as Excel counts them."""

Edge = Literal["first", "last"]


def is_formula(cell: str) -> bool:
    """Whether a cell is a formula, which no program but a spreadsheet can read."""
    return cell[:1] in {"=", "@"} or (cell[:1] in {"+", "-"} and cell[1:2].isalpha())


def number(cell: str, unit: str) -> float:
    """The number in a cell: 1,234.5, (1,234) below 0, £519.2m, 74% (0.74 where the unit is a share).

    Raises:
        ValueError: says what was expected.
    """
    if cell.startswith(UNVALUED):
        raise ValueError(
            "a number, not a formula without its value; open the file in Excel and save it, "
            "or paste the values"
        )
    if is_formula(cell):
        raise ValueError("a number, not a formula; copy the column and paste its values")
    if cell.startswith("#"):
        raise ValueError("a number, not an error of the spreadsheet")
    tidy = _SPACE_IN_NUMBER.sub("", without_marks(cell).casefold().replace("pounds", "").strip())
    bracketed = re.fullmatch(r"(£?\s*)\((?P<inner>[^()]+)\)\s*(?P<percent>%?)", tidy)
    if bracketed:
        tidy = bracketed[1] + bracketed["inner"] + bracketed["percent"]
    money = unit == MONEY or "£" in tidy
    tidy = re.sub(r"\s*[£$€]\s*|\s+(?=%)", "", _MINUS.sub("-", tidy)).strip()
    tidy = re.sub(r"\s*(per cent|percent|pct)$", "%", tidy)
    if tidy.endswith("%") and unit != "share":
        raise ValueError(f"a number of {unit}, not a percentage")
    is_percent, times = tidy.endswith("%"), 1
    tidy = tidy.removesuffix("%")
    if money and (scaled := _SCALED.fullmatch(tidy.replace(" ", ""))):
        tidy, times = scaled["number"], SCALES[scaled["scale"]]
    sign, digits = (tidy[:1], tidy[1:]) if tidy[:1] in {"+", "-"} else ("", tidy)
    if not _NUMBER.fullmatch(digits) or (bracketed and sign):
        raise ValueError(f"a number of {unit}, such as {'74%' if unit == 'share' else '1234.5'}")
    # Decimal, so that £519.2m is exactly 519,200,000
    value = float(Decimal(digits.replace(",", "").rstrip(".")) * times / (100 if is_percent else 1))
    if not math.isfinite(value):
        raise ValueError("a smaller number")
    return -value if sign == "-" or bracketed else value


def scale_of(heading: str) -> tuple[str, int]:
    """A heading without the unit behind it, and by what its figures are multiplied: Income (£m)."""
    found = _HEADING_SCALE.search(heading)
    signed = found and re.search(r"[£(\[']|gbp|\bin\b", found[0], re.IGNORECASE)
    if found is None or not signed:
        return heading, 1
    return heading[: found.start()], SCALES[found["scale"].casefold()]


def day(cell: str, edge: Edge = "first") -> date:
    """The day in a cell: 2026-03-31, 31/03/2026 (day first), 31 March 2026, or a month or financial year.

    Args:
        cell: in any of these forms; a number of five digits is a day as Excel counts them.
        edge: which day of a month or of a financial year is meant.

    Raises:
        ValueError: says what was expected.
    """
    found, _ = day_and_precision(cell, edge)
    return found


def day_and_precision(cell: str, edge: Edge = "first") -> tuple[date, str]:
    """The day in a cell, and how exactly it is told: `day`, `month` or `year`.

    Raises:
        ValueError: says what was expected.
    """
    tidy = " ".join(without_marks(cell).casefold().split())
    try:
        for form in _DAYS:
            if found := form.fullmatch(tidy):
                return date(_year(found["year"]), _month(found["month"]), int(found["day"])), "day"
        found = _FINANCIAL_YEAR.fullmatch(tidy)
        if found and (int(found["year"]) + 1) % 100 == int(found["next"]):
            if int(found["next"]) <= 12 and re.fullmatch(r"\d{4}-\d\d", tidy):
                raise ValueError  # 2011-12 may be a month or a year
            year = int(found["year"])
            return (date(year, 4, 1) if edge == "first" else date(year + 1, 3, 31)), "year"
        for form in _MONTHS_ONLY:
            if found := form.fullmatch(tidy):
                year, month = _year(found["year"]), _month(found["month"])
                return date(
                    year, month, 1 if edge == "first" else calendar.monthrange(year, month)[1]
                ), "month"
        if re.fullmatch(r"\d{5}(\.0+)?", tidy) and _SERIAL[0] <= float(tidy) < _SERIAL[1]:
            return date(1899, 12, 30) + timedelta(days=int(float(tidy))), "day"
    except (KeyError, ValueError):
        pass
    raise ValueError("a day, YYYY-MM-DD or DD/MM/YYYY")


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(word: str) -> int:
    return int(word) if word.isdigit() else MONTHS["sep" if word == "sept" else word]
