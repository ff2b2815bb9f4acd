"""Numbers and days as people write them in tables."""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker.sources.marks import is_missing
from matchmaker.sources.user_tables.cells import MONEY, Edge, day, day_and_precision, number, scale_of


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("1,234", "beds", 1234),
        ("1 234.5", "beds", 1234.5),
        ("\u2212560", "beds", -560),
        ("560 [r]", "beds", 560),
        ("560 [note 2]", "beds", 560),
        ("(1,234)", MONEY, -1234),
        ("(£519.2m)", MONEY, -519_200_000),
        ("£519.2m", MONEY, 519_200_000),
        ("519.2 million", MONEY, 519_200_000),
        ("£ 12k", MONEY, 12_000),
        ("£1.35bn", MONEY, 1_350_000_000),
        ("29,140,000.00", MONEY, 29_140_000),
        ("-£3m", MONEY, -3_000_000),
        ("74%", "share", 0.74),
        ("(7.4 %)", "share", -0.074),
        ("7 per cent", "share", 0.07),
        ("-0.2", "share", -0.2),
    ],
)
def test_numbers(cell: str, unit: str, value: float) -> None:
    assert number(cell, unit) == value


@pytest.mark.parametrize(
    ("cell", "unit", "says"),
    [
        ("12,34", "beds", "a number of beds"),
        ("1.234,5", "beds", "a number of beds"),
        ("5m", "beds", "a number of beds"),
        ("12%", "beds", "not a percentage"),
        ("=B2*2", "beds", "not a formula"),
        ("=? =B2*2", "beds", "not a formula without its value"),
        ("#REF!", "beds", "not an error of the spreadsheet"),
        ("1e999", "beds", "a smaller number"),
        ("many", "share", "a number of share, such as 74%"),
    ],
)
def test_what_is_no_number_says_what_was_expected(cell: str, unit: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        number(cell, unit)


@pytest.mark.parametrize(
    "cell",
    ["", " ", "-", "\u2013", "\u2014", "*", ":", "..", "[z]", "[u]", "[low]", "[x] [note 3]", "N/A", "<5"],
)
def test_marks_of_no_value(cell: str) -> None:
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["0", "RPA", "[", "-5", "low", "560 [r]", "< 5 beds"])
def test_what_is_a_value(cell: str) -> None:
    assert not is_missing(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-31",
        "31/03/2026",
        "31.3.26",
        "31-Mar-26",
        "31 March 2026",
        "31st March 2026",
        "Tuesday 31 March 2026",
        "March 31, 2026",
        "2026-03-31 00:00:00",
        "46112",
    ],
)
def test_days(cell: str) -> None:
    assert day_and_precision(cell) == (date(2026, 3, 31), "day")


@pytest.mark.parametrize(
    ("cell", "edge", "found", "precision"),
    [
        ("Mar-26", "first", date(2026, 3, 1), "month"),
        ("March 2026", "last", date(2026, 3, 31), "month"),
        ("2026-03", "last", date(2026, 3, 31), "month"),
        ("2025/26", "first", date(2025, 4, 1), "year"),
        ("2025-26", "last", date(2026, 3, 31), "year"),
    ],
)
def test_months_and_financial_years(cell: str, edge: Edge, found: date, precision: str) -> None:
    assert day_and_precision(cell, edge) == (found, precision)


@pytest.mark.parametrize(
    "cell", ["31/13/2026", "03/31/2026", "soon", "2026", "2011-12", "99999", "2026-02-30"]
)
def test_what_is_no_day_or_could_be_two(cell: str) -> None:
    with pytest.raises(ValueError, match="a day, YYYY-MM-DD"):
        day(cell)


@pytest.mark.parametrize(
    ("heading", "plain", "times"),
    [
        ("Operating income (£m)", "Operating income", 1_000_000),
        ("Income £000", "Income", 1_000),
        ("Income, £ million", "Income", 1_000_000),
        ("Platform", "Platform", 1),
        ("operating_income_m", "operating_income_m", 1),
    ],
)
def test_units_behind_headings(heading: str, plain: str, times: int) -> None:
    assert scale_of(heading) == (plain, times)
