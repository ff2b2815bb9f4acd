"""Staff stability, against cells of the file and the closures of its year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import staff_stability
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return staff_stability.read(raw_data / "raw/lse-hospital-management/stability.csv")


@pytest.mark.parametrize(
    ("code", "percent"),
    [("RY8", 85.54), ("RXM", 88.64), ("R1H", 81.61), ("RRK", 86.82), ("RY1", 61.38)],
)
def test_values_are_those_of_the_file(rows: pl.DataFrame, code: str, percent: float) -> None:
    assert rows.filter(pl.col("code") == code)["value"].item() == pytest.approx(percent / 100)


def test_trusts_that_closed_within_the_year_have_no_value(rows: pl.DataFrame) -> None:
    assert not {"RM2", "RW3", "RR1"} & set(rows["code"])


def test_trusts_that_were_there_until_a_later_month_have_one(rows: pl.DataFrame) -> None:
    # Liverpool Community was gone in April 2018, Burton and Ipswich in July 2018.
    assert {"RY1", "RJF", "RGQ"} <= set(rows["code"])


def test_coverage_and_period(rows: pl.DataFrame) -> None:
    assert rows.height == rows["code"].n_unique() == 228
    assert set(rows["period_start"]) == {date(2017, 4, 1)}
    assert set(rows["period_end"]) == {date(2018, 3, 31)}


def test_values_are_shares_within_bounds(rows: pl.DataFrame) -> None:
    measure = publication.measures(load_sector("nhs"))["staff_stability"]
    assert rows["value"].is_between(measure.minimum, measure.maximum).all()
    assert rows["value"].median() == pytest.approx(0.854, abs=0.01)
