"""Oversight framework: segments, scores and domains of quarter 3, 2025/26."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import oversight_framework
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


@pytest.fixture(scope="module")
def profiles(raw_data: Path) -> pl.DataFrame:
    return oversight_framework.read_profiles(raw_data / "raw/trustpulse-2026/trust_profiles.csv")


@pytest.fixture(scope="module")
def acute(raw_data: Path) -> pl.DataFrame:
    return oversight_framework.read_acute(raw_data / "raw/intuita-tracker/feature_table.csv")


END = date(2025, 12, 31)


def test_cells(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    # trust_profiles.csv, row RXL: segment 4, average 2.79, access 3.03, finance 2.5, people 3.33
    assert value(profiles, "RXL", "oversight_segment", END) == 4
    assert value(profiles, "RXL", "oversight_score", END) == 2.79
    assert value(profiles, "RXL", "oversight_access", END) == 3.03
    assert value(profiles, "RXL", "oversight_finance", END) == 2.5
    assert value(profiles, "RXL", "oversight_people", END) == 3.33
    # row R1H: patient safety 2.72, effectiveness and experience 1.85
    assert value(profiles, "R1H", "oversight_safety", END) == 2.72
    assert value(profiles, "R1H", "oversight_effectiveness", END) == 1.85
    # feature_table.csv: RGM and REN have no emergency department and stand in segment 1
    assert value(acute, "RGM", "oversight_segment", END) == 1
    assert value(acute, "REN", "oversight_segment", END) == 1
    assert value(acute, "RXL", "oversight_segment", END) == 4


def test_coverage(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    assert profiles.filter(measure="oversight_segment").height == 150
    assert profiles["measure"].n_unique() == 7
    segments = dict(acute["value"].value_counts().iter_rows())
    assert segments == {1: 20, 2: 7, 3: 71, 4: 36}


def test_the_two_compilations_agree(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    both = profiles.join(acute, on=["code", "measure", "period_end"])
    assert both.height == 129
    assert both.filter(pl.col("value") != pl.col("value_right")).is_empty()


def test_form(profiles: pl.DataFrame, acute: pl.DataFrame) -> None:
    for frame in (profiles, acute):
        assert_form(frame)
        assert frame["period_start"].unique().to_list() == [date(2025, 10, 1)]
        assert frame["known_from"].unique().to_list() == [date(2026, 3, 31)]
