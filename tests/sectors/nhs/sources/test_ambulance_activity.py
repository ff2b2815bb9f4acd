"""Ambulance services, against sums made from the sheet's XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import ambulance_activity

KEY = ["code", "measure", "period_start", "period_end"]


@pytest.fixture(scope="module")
def series(raw_data: Path) -> pl.DataFrame:
    return ambulance_activity.read_series(raw_data / "raw/ambulance/AmbSYS-Time-Series-until-20250831.xlsx")


@pytest.fixture(scope="module")
def latest(raw_data: Path) -> pl.DataFrame:
    return ambulance_activity.read_2024(raw_data / "raw/activity-2024-25/ambulance-aqi-2024-25.json")


@pytest.mark.parametrize(
    ("code", "year", "calls", "incidents"),
    [
        ("RX9", 2018, 827_355, 722_699),
        ("RYA", 2018, 952_783, 1_060_948),
        ("R1F", 2018, 17_727, 24_154),
        ("RX9", 2024, 948_214, 830_317),
        ("RYA", 2024, 1_151_119, 1_036_353),
    ],
)
def test_years(series: pl.DataFrame, code: str, year: int, calls: int, incidents: int) -> None:
    found = series.filter(code=code, period_start=date(year, 4, 1), period_end=date(year + 1, 3, 31))
    assert dict(found.select("measure", "value").iter_rows()) == {
        "ambulance_calls": calls,
        "ambulance_incidents": incidents,
    }


def test_coverage(series: pl.DataFrame) -> None:
    """Whole years only: the change of indicators fell in 2017/18, and 2025/26 is not over."""
    years = series.filter(measure="ambulance_calls").group_by("period_start").len()
    assert dict(years.iter_rows()) == {date(year, 4, 1): 11 for year in range(2018, 2025)}


@pytest.mark.parametrize(("year", "calls"), [(2018, 8_736_875), (2024, 9_741_996)])
def test_services_add_up_to_england(series: pl.DataFrame, year: int, calls: int) -> None:
    rows = series.filter(measure="ambulance_calls", period_start=date(year, 4, 1))
    assert rows["value"].sum() == calls


def test_both_editions_agree(series: pl.DataFrame, latest: pl.DataFrame) -> None:
    both = latest.join(series, on=KEY, suffix="_series")
    assert len(both) == len(latest) == 22
    assert (both["value"] == both["value_series"]).all()
