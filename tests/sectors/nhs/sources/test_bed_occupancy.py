"""General and acute occupancy: winters and quarters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import bed_occupancy
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


FULL = "general_acute_occupancy"
WINTERS = "raw/winter-sitreps"


@pytest.fixture(scope="module")
def winter(raw_data: Path) -> pl.DataFrame:
    return bed_occupancy.read_winter(raw_data / WINTERS / "sitrep1819.rda")


@pytest.fixture(scope="module")
def quarters(raw_data: Path) -> pl.DataFrame:
    return bed_occupancy.read_monthly(raw_data / "raw/healthyr/england_critical_general_acute_beds.rda")


def test_winter(winter: pl.DataFrame) -> None:
    # sitrep1819.rda, 91 days added up: RJC 40,201 of 42,242 bed days; RCU 9,751 of 13,303
    end = date(2019, 3, 3)
    assert value(winter, "RJC", FULL, end) == pytest.approx(40201 / 42242)
    assert value(winter, "RCU", FULL, end) == pytest.approx(9751 / 13303)
    assert winter["period_start"].unique().to_list() == [date(2018, 12, 3)]
    assert winter.height == 134
    # England stands as 93.5 percent in the file.
    assert winter["value"].mean() == pytest.approx(0.935, abs=0.01)


def test_quarters(quarters: pl.DataFrame) -> None:
    # April to June 2025: R0A 2,037 + 2,021 + 2,016 of 2,201 + 2,194 + 2,201; RCF 1,012 of 1,086
    end = date(2025, 6, 30)
    assert value(quarters, "R0A", FULL, end) == pytest.approx(6074 / 6596)
    assert value(quarters, "RCF", FULL, end) == pytest.approx(1012 / 1086)
    assert quarters.filter(period_end=end).height >= 133
    # July and August 2022 hold the same figures: that quarter is left out, as is July to August 2025.
    assert quarters.filter(period_end=date(2022, 9, 30)).is_empty()
    assert quarters["period_end"].n_unique() == 12
    assert max(quarters["period_end"]) == end


def test_no_other_months_repeat(raw_data: Path) -> None:
    raw = bed_occupancy.tabular.r_data(raw_data / "raw/healthyr/england_critical_general_acute_beds.rda")
    beds = pl.DataFrame(
        {"month": raw["date"].to_list(), "beds": raw["general_acute_beds_occupied"].to_numpy()}
    )
    sums = beds.group_by("month").agg(pl.sum("beds"))
    assert sorted(sums.filter(pl.col("beds").is_duplicated())["month"]) == ["August 2022", "July 2022"]


def test_form(winter: pl.DataFrame, quarters: pl.DataFrame) -> None:
    assert_form(winter)
    assert_form(quarters)
