"""A&E within four hours from copies by others, 2016 to 2026."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import ae_performance, ae_performance_history
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
            raw_data / "raw" / publication.files[0]
        )
        for publication in ae_performance_history.PUBLICATIONS
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
    both = official.join(frames["2021_2025"], on=["code", "period_end"])
    assert both.height == 282
    assert both.select((pl.col("value") - pl.col("value_right")).abs().max()).item() < 1e-9


def test_2026(frames: dict[str, pl.DataFrame]) -> None:
    frame = frames["2026"]
    # trust_profiles.csv, means of January to March 2026. RJ1: 10,214.33 + 6,588 came, 3,957 + 175.33
    # waited longer; RXL: 8,457 + 9,746.67 + 310 + 400 and 3,786.33 + 224.33 + 103.67
    assert value(frame, "RJ1", HOURS, date(2026, 3, 31)) == pytest.approx(1 - 4132.3333 / 16802.3333)
    assert value(frame, "RXL", HOURS, date(2026, 3, 31)) == pytest.approx(1 - 4114.3333 / 18913.6667)
    assert frame.group_by("period_end").len().sort("period_end").rows() == [
        (date(2025, 12, 31), 141),
        (date(2026, 3, 31), 141),
    ]


def test_form(frames: dict[str, pl.DataFrame]) -> None:
    for frame in frames.values():
        assert_form(frame)
        days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
        assert frame.select(days.is_between(90, 92).all()).item()
