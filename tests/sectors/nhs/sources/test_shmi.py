"""SHMI: right trust, right twelve months."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import shmi
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


BY_ID = {publication.id: publication for publication in shmi.PUBLICATIONS}


@pytest.fixture(scope="module")
def financial(raw_data: Path) -> pl.DataFrame:
    return BY_ID["shmi_2012_2019"].read(raw_data / "raw/lse-hospital-management/shmi.csv")


@pytest.fixture(scope="module")
def calendar(raw_data: Path) -> pl.DataFrame:
    return BY_ID["shmi_calendar_2012_2019"].read(raw_data / "raw/ebmgt-nhs-wellbeing/data.NHS.2012_2019.csv")


@pytest.fixture(scope="module")
def latest(raw_data: Path) -> pl.DataFrame:
    return BY_ID["shmi_2025"].read(raw_data / "raw/trustpulse-2026/trust_profiles.csv")


def test_cells(financial: pl.DataFrame, calendar: pl.DataFrame, latest: pl.DataFrame) -> None:
    # shmi.csv: 2013,RXL,1.197 and 2013,RKE,0.539 and 2018,R1H,0.9058
    assert value(financial, "RXL", "shmi", date(2014, 3, 31)) == 1.197
    assert value(financial, "RKE", "shmi", date(2014, 3, 31)) == 0.539
    assert value(financial, "R1H", "shmi", date(2019, 3, 31)) == 0.9058
    # data.NHS.2012_2019.csv: RXL 2012 has SHMI.Index 1.1919 (SHMI.before 1.2473 is the year before)
    assert value(calendar, "RXL", "shmi", date(2012, 12, 31)) == 1.1919
    assert value(calendar, "R1H", "shmi", date(2019, 12, 31)) == 0.9319
    assert value(calendar, "RKE", "shmi", date(2019, 12, 31)) == 0.8874
    # trust_profiles.csv, shmi_value_latest
    assert value(latest, "RXL", "shmi", date(2025, 12, 31)) == 1.3229
    assert value(latest, "R1H", "shmi", date(2025, 12, 31)) == 1.0579
    assert value(latest, "RCF", "shmi", date(2025, 12, 31)) == 0.934


def test_years_and_trusts(financial: pl.DataFrame, calendar: pl.DataFrame, latest: pl.DataFrame) -> None:
    counts = financial.group_by("period_end").len().sort("period_end").rows()
    assert counts == [(date(2013 + at, 3, 31), n) for at, n in enumerate((142, 141, 137, 136, 135, 131, 130))]
    assert calendar.group_by("period_end").len().height == 8
    assert calendar.filter(period_end=date(2019, 12, 31)).height == 128
    assert latest.group_by("measure").len().sort("measure").rows() == [("shmi", 118), ("shmi_band", 118)]


def test_bands_part_the_trusts_by_their_shmi(latest: pl.DataFrame) -> None:
    # trust_profiles.csv, shmi_banding_label: 9 higher than expected (1), 101 as expected.
    wide = latest.pivot("measure", index="code", values="value")
    spans = wide.group_by("shmi_band").agg(pl.len(), pl.min("shmi"), pl.max("shmi").alias("most"))
    assert spans.sort("shmi_band").rows() == [
        (1.0, 9, 1.1949, 1.3308),
        (2.0, 101, 0.8477, 1.1746),
        (3.0, 8, 0.7118, 0.834),
    ]


def test_periods_are_twelve_months(
    financial: pl.DataFrame, calendar: pl.DataFrame, latest: pl.DataFrame
) -> None:
    for frame in (financial, calendar, latest):
        days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
        assert frame.select(days.is_between(365, 366).all()).item()
        assert_form(frame)


def test_england_is_one(financial: pl.DataFrame, calendar: pl.DataFrame, latest: pl.DataFrame) -> None:
    # SHMI is centred on 1 in every edition.
    for frame in (financial, calendar, latest):
        means = frame.filter(measure="shmi").group_by("period_end").agg(pl.mean("value"))["value"]
        assert means.is_between(0.985, 1.02).all()


def test_the_two_series_tell_of_the_same_years(financial: pl.DataFrame, calendar: pl.DataFrame) -> None:
    def likeness(shift: int) -> float:
        keyed = calendar.select("code", "value", year=pl.col("period_start").dt.year() + shift)
        both = financial.with_columns(year=pl.col("period_start").dt.year()).join(keyed, on=["code", "year"])
        return float(both.select(pl.corr("value", "value_right")).item())

    # A calendar year shares nine months with the financial year of its name, three with the one
    # before it and none with the one after it.
    assert likeness(0) > 0.95
    assert likeness(0) > likeness(-1) > likeness(1)
