"""Referral to treatment: those within 18 weeks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import rtt_full_extract, rtt_performance
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
def marches(raw_data: Path) -> pl.DataFrame:
    return rtt_performance.read_marches(raw_data / "raw/lse-hospital-management/RTT.csv")


@pytest.fixture(scope="module")
def recent(raw_data: Path) -> pl.DataFrame:
    return rtt_performance.read_quarter_ends(
        raw_data / "raw/nhs-analytics-unified/unified_monthly_data_enhanced.csv"
    )


def test_cells(marches: pl.DataFrame, recent: pl.DataFrame) -> None:
    # RTT.csv: 31/03/2019,2018,R0A,89819,77555 and 31/03/2018,2017,RJL,29359,19447
    assert value(marches, "R0A", "rtt_within_18_weeks", date(2019, 3, 31)) == pytest.approx(77555 / 89819)
    assert value(marches, "R0A", "rtt_waiting_list", date(2019, 3, 31)) == 89819
    assert value(marches, "RJL", "rtt_within_18_weeks", date(2018, 3, 31)) == pytest.approx(19447 / 29359)
    # A list of nobody (RT2, March 2019) is no figure.
    assert marches.filter(code="RT2", period_end=date(2019, 3, 31)).is_empty()
    # unified file: R1H 55.62 in September 2024 and 57.56 in June 2025, RXL 57.21 in June 2025
    assert value(recent, "R1H", "rtt_within_18_weeks", date(2024, 9, 30)) == pytest.approx(0.5562)
    assert value(recent, "R1H", "rtt_within_18_weeks", date(2025, 6, 30)) == pytest.approx(0.5756)
    assert value(recent, "RXL", "rtt_within_18_weeks", date(2025, 6, 30)) == pytest.approx(0.5721)


def test_national_rates(marches: pl.DataFrame) -> None:
    # England as published: 94.1, 93.5, 93.0, 91.2, 90.0, 86.8 and 86.3 percent (March 2013 to 2019).
    wide = marches.pivot("measure", index=["code", "period_end"], values="value")
    part = (pl.col("rtt_within_18_weeks") * pl.col("rtt_waiting_list")).sum()
    rates = wide.group_by("period_end").agg(part / pl.col("rtt_waiting_list").sum()).sort("period_end")
    published = (0.941, 0.935, 0.930, 0.912, 0.900, 0.868, 0.863)
    assert rates.to_series(1).to_list() == pytest.approx(published, abs=0.003)


def test_coverage_and_form(marches: pl.DataFrame, recent: pl.DataFrame) -> None:
    assert marches["code"].n_unique() == 211
    assert sorted(recent["period_end"].unique()) == [
        date(2024, 9, 30),
        date(2024, 12, 31),
        date(2025, 3, 31),
        date(2025, 6, 30),
    ]
    assert recent["code"].n_unique() == 151
    for frame in (marches, recent):
        assert_form(frame)
        assert (frame["period_start"] == frame["period_end"].dt.month_start()).all()
    whole = "rtt_within_18_weeks"
    assert set(recent["measure"]) == {whole, *(f"{whole}_{name}" for name in rtt_performance.SPECIALTIES)}


def test_specialties_go_with_the_official_ones_of_later(raw_data: Path, recent: pl.DataFrame) -> None:
    later = rtt_full_extract.read(raw_data / "raw/rtt-2026-01/Full-CSV-data-file-Jan26.zip")
    both = recent.filter(period_end=date(2025, 6, 30)).join(later, on=["code", "measure"])
    found = both.group_by("measure").agg(r=pl.corr("value", "value_right"), n=pl.len())
    assert found.filter(pl.col("n") > 50).select((pl.col("r") > 0.65).all()).item()
