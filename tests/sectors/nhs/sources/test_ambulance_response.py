"""Ambulance response times by quarter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import ambulance_response
from matchmaker.sources.publication import measures


def assert_form(frame: pl.DataFrame) -> None:
    assert not frame.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    for measure, low, high in (
        frame.group_by("measure").agg(pl.min("value").alias("low"), pl.max("value").alias("high")).iter_rows()
    ):
        limits = measures(load_sector("nhs"))[measure]
        assert limits.minimum is not None
        assert limits.maximum is not None
        assert limits.minimum <= low <= high <= limits.maximum


def value(frame: pl.DataFrame, code: str, measure: str, end: date) -> float:
    ((found,),) = frame.filter(code=code, measure=measure, period_end=end).select("value").iter_rows()
    return float(found)


FILE = "raw/ambulance/AmbSYS-Time-Series-until-20250831.xlsx"
C1, C2 = "ambulance_category_1_minutes", "ambulance_category_2_minutes"


@pytest.fixture(scope="module")
def frame(raw_data: Path) -> pl.DataFrame:
    return ambulance_response.read(raw_data / FILE)


def test_cells(frame: pl.DataFrame) -> None:
    # Sheet Raw (cells of the XML), April to June 2022, RX8: A8 7,454 + 7,620 + 7,753 responses in
    # A24 4,289,323 + 3,915,091 + 4,419,120 seconds
    seconds, responses = 4289323 + 3915091 + 4419120, 7454 + 7620 + 7753
    assert value(frame, "RX8", C1, date(2022, 6, 30)) == pytest.approx(seconds / responses / 60)
    # RYF, October to December 2022: A10 36,445 + 36,639 + 34,817, A30 158.8m + 122.1m + 332.6m
    seconds, responses = 158761458 + 122050103 + 332614945, 36445 + 36639 + 34817
    assert value(frame, "RYF", C2, date(2022, 12, 31)) == pytest.approx(seconds / responses / 60)
    # RX8, April to June 2025
    seconds, responses = 54717094 + 57016108 + 60289461, 36384 + 37511 + 37844
    assert value(frame, "RX8", C2, date(2025, 6, 30)) == pytest.approx(seconds / responses / 60)


def test_coverage(frame: pl.DataFrame) -> None:
    assert sorted(frame["code"].unique()) == sorted(
        ["R1F", "RRU", "RX6", "RX7", "RX8", "RX9", "RYA", "RYC", "RYD", "RYE", "RYF"]
    )
    # July and August 2025 make no quarter; West Midlands (two names) is one trust throughout.
    assert max(frame["period_end"]) == date(2025, 6, 30)
    assert frame.filter(code="RYA", measure=C2).height == 31


def test_form(frame: pl.DataFrame) -> None:
    assert_form(frame)
    assert frame.select(pl.col("period_start").dt.month() % 3 == 1).to_series().all()
    assert frame.filter(measure=C1)["value"].median() < frame.filter(measure=C2)["value"].median()  # type: ignore[operator]
