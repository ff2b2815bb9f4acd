"""A&E within four hours from copies by others, 2010 to 2025."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import ae_activity, ae_performance, ae_performance_history
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
def frames(raw_data: Path) -> dict[str, pl.DataFrame]:
    return {
        publication.id.removeprefix("ae_performance_"): publication.read(
            next((raw_data / "raw").glob(publication.files[0]))
        )
        for publication in ae_performance_history.PUBLICATIONS
        if publication.id.startswith("ae_performance_")
    }


def test_2016_2019(frames: dict[str, pl.DataFrame]) -> None:
    frame = frames["2016_2019"]
    # ae_attendances.rda, three months and all kinds added up: RF4 68,969 came, 12,522 breaches;
    # R1K (July to September 2018) 84,121 and 7,798
    assert value(frame, "RF4", HOURS, date(2016, 6, 30)) == pytest.approx(1 - 12522 / 68969)
    assert value(frame, "R1K", HOURS, date(2018, 9, 30)) == pytest.approx(1 - 7798 / 84121)
    assert frame["period_end"].n_unique() == 12
    assert frame["code"].n_unique() == 170


def test_2021_2025(frames: dict[str, pl.DataFrame]) -> None:
    frame = frames["2021_2025"]
    # October to December 2023: RK9 13,084 + 12,492 + 12,549 came, 6,006 + 5,923 + 5,842 waited longer
    assert value(frame, "RK9", HOURS, date(2023, 12, 31)) == pytest.approx(1 - 17771 / 38125)
    assert value(frame, "RGT", HOURS, date(2023, 12, 31)) == pytest.approx(1 - 18875 / 49131)
    # RGT took part in the clinical review of standards: its waits were not published before 2023.
    assert frame.filter(pl.col("period_end") < date(2023, 1, 1), pl.col("code") == "RGT").is_empty()
    # February and March 2025 repeat the year before, so that quarter is left out.
    assert frame.filter(period_end=date(2025, 3, 31)).is_empty()
    assert frame["period_end"].n_unique() == 16


def test_2021_2025_agrees_with_the_official_files(raw_data: Path, frames: dict[str, pl.DataFrame]) -> None:
    folder = raw_data / "raw/ae-monthly-2024-25"
    official = pl.concat(
        ae_performance.read(folder / name)
        for name in ("Monthly-AE-September-2024.csv", "Monthly-AE-June-2025-1-1.csv")
    )
    both = official.join(frames["2021_2025"], on=["code", "measure", "period_end"])
    assert both.height == 282
    assert both.select((pl.col("value") - pl.col("value_right")).abs().max()).item() < 1e-9


def test_2010_2021(frames: dict[str, pl.DataFrame]) -> None:
    frame = frames["2010_2021"]
    # RTP, January to March 2015: 6,618, 6,330 and 7,463 came, 671, 391 and 414 waited longer. A yearly table
    # of others gives 0.57 for this year.
    assert value(frame, "RTP", HOURS, date(2015, 3, 31)) == pytest.approx(1 - 1476 / 20411)
    # RPA, April to June 2014, nine months into special measures: 25,306 came, 3,554 waited longer
    assert value(frame, "RPA", HOURS, date(2014, 6, 30)) == pytest.approx(1 - 3554 / 25306)
    assert frame.filter(code="RGT", period_end=date(2019, 9, 30)).is_empty()
    counts = dict(frame.group_by("period_end").len().iter_rows())
    assert counts[date(2011, 3, 31)] == 68
    assert min(counts[date(year, 3, 31)] for year in range(2013, 2017)) == 98


def test_2010_2021_is_what_the_official_counts_of_2016_to_2019_give(frames: dict[str, pl.DataFrame]) -> None:
    both = frames["2010_2021"].join(frames["2016_2019"], on=["code", "period_end"])
    assert both.height == 1428
    assert both.select((pl.col("value") - pl.col("value_right")).abs().max()).item() < 1e-9


def test_publication_follows_the_frequency_of_the_collection(frames: dict[str, pl.DataFrame]) -> None:
    known = frames["2010_2021"].select("period_end", "known_from").unique()
    days = dict(known.iter_rows())
    assert days[date(2015, 3, 31)] == date(2015, 4, 16)  # weekly
    assert days[date(2016, 12, 31)] == date(2017, 2, 14)  # monthly, six weeks later
    assert days[date(2018, 12, 31)] == date(2019, 1, 16)  # a fortnight


def test_attendances_by_month_are_those_of_the_official_files(raw_data: Path) -> None:
    path = raw_data / "raw/howsmynhs-2010-2021/ae_monthly_2010_2021_howsmynhs.csv"
    months = ae_performance_history.read_attendances_2010_2021(path)
    assert value(months, "RPA", "ae_attendances", date(2014, 4, 30)) == 8148
    official = ae_activity.read_2016(raw_data / "raw/nhsrdatasets/ae_attendances.rda")
    both = months.join(official, on=["code", "measure", "period_end"])
    assert both.height > 4000
    assert both.select(((pl.col("value") / pl.col("value_right") - 1).abs() < 0.01).all()).item()


def test_form(frames: dict[str, pl.DataFrame]) -> None:
    for frame in frames.values():
        assert_form(frame)
        days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
        assert frame.select(days.is_between(90, 92).all()).item()
