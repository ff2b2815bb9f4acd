"""A&E within four hours by year, of the trusts whose scores fit the counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import ae_performance_annual
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


HOURS = "ae_within_4_hours"


@pytest.fixture(scope="module")
def frame(raw_data: Path) -> pl.DataFrame:
    return ae_performance_annual.read(raw_data / "raw/lse-hospital-management/AE.csv")


def test_cells(frame: pl.DataFrame) -> None:
    # AE.csv: 2012,RBD,0.97 and 2013,RBD,0.95 and 2015,RBD,0.94
    assert value(frame, "RBD", HOURS, date(2013, 3, 31)) == 0.97
    assert value(frame, "RBD", HOURS, date(2014, 3, 31)) == 0.95
    assert value(frame, "RBD", HOURS, date(2016, 3, 31)) == 0.94


def test_scores_that_do_not_fit_the_counts_are_left_out(frame: pl.DataFrame) -> None:
    # R1K scores 0.58 in 2018 where the official counts give 0.89; RXL 0.58 where they give 0.85.
    assert frame.filter(pl.col("code").is_in(["R1K", "RXL"])).is_empty()


def test_years_and_trusts(frame: pl.DataFrame) -> None:
    counts = dict(frame.group_by("period_end").len().iter_rows())
    assert counts == {
        date(2013, 3, 31): 82,
        date(2014, 3, 31): 81,
        date(2015, 3, 31): 84,
        date(2016, 3, 31): 86,
    }


def test_form(frame: pl.DataFrame) -> None:
    assert_form(frame)
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    assert frame.select(days.is_between(365, 366).all()).item()
    assert frame.group_by("period_end").agg(pl.median("value"))["value"].is_between(0.9, 0.97).all()
