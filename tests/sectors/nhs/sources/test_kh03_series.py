"""Beds by quarter from the official time series, against lines of the file and the quarterly workbooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import beds_history, kh03_beds, kh03_series

FOLDER = "raw/kh03-official-timeseries"
KEY = ["code", "measure", "period_start", "period_end"]


@pytest.fixture(scope="module")
def available(raw_data: Path) -> pl.DataFrame:
    return kh03_series.read(raw_data / FOLDER / "KH03-Available-Overnight-only.csv", "beds_available")


@pytest.fixture(scope="module")
def occupied(raw_data: Path) -> pl.DataFrame:
    return kh03_series.read(raw_data / FOLDER / "KH03-Occupied-Overnight-only.csv", "beds_occupied")


def one(rows: pl.DataFrame, code: str, measure: str, end: date) -> float:
    return float(rows.filter(code=code, measure=measure, period_end=end)["value"].item())


def test_cells(available: pl.DataFrame, occupied: pl.DataFrame) -> None:
    # RRK, 30/09/2020, General & Acute "2,079", Maternity 96.706522: the comma belongs to the number
    assert one(available, "RRK", "beds_available", date(2020, 9, 30)) == pytest.approx(2175.7, abs=0.1)
    assert one(occupied, "RA7", "beds_occupied", date(2020, 6, 30)) == pytest.approx(664.187, abs=0.001)
    assert one(available, "RY3", "beds_available", date(2015, 3, 31)) == pytest.approx(78.867, abs=0.001)


def test_quarters(available: pl.DataFrame) -> None:
    quarters = available.filter(measure="beds_available").group_by("period_start", "period_end").len()
    quarters = quarters.sort("period_end")
    assert (quarters.height, quarters.row(0)[:2]) == (57, (date(2010, 4, 1), date(2010, 6, 30)))
    assert quarters.row(-1) == (date(2024, 4, 1), date(2024, 6, 30), 187)
    sectors = available.filter(measure="beds_available_general_acute")
    assert sectors["period_end"].n_unique() == 8


def test_england_adds_up_to_the_line_of_the_workbook(available: pl.DataFrame) -> None:
    # KH03 2020-21 quarters 1 and 2, the line England: 118,510.4 and 120,828.4; RPG was revised since.
    for end, england in ((date(2020, 6, 30), 118_510.4), (date(2020, 9, 30), 120_828.4)):
        total = available.filter(measure="beds_available", period_end=end)["value"].sum()
        assert total == pytest.approx(england - 37, abs=1)


def test_agreement_with_the_workbooks(
    raw_data: Path, available: pl.DataFrame, occupied: pl.DataFrame
) -> None:
    names = (
        "2021-Q1-Beds-Open-Overnight-Web_File-Final-DE5WC",
        "Beds-Open-Overnight-Web_File-Final-DE5WC_2020-21_Q2",
    )
    official = pl.concat(kh03_beds.read(raw_data / f"raw/kh03-2020-21/{name}.xlsx") for name in names)
    both = official.join(pl.concat([available, occupied]), on=KEY)
    apart = both.filter((pl.col("value") - pl.col("value_right")).abs() > 1)
    assert both.height == 2 * 2 * 195
    # Revised since the first release: Oxleas' beds in both quarters, Bristol's occupied ones in the first.
    assert apart.select("code", "measure").unique().sort("code").rows() == [
        ("RA7", "beds_occupied"),
        ("RPG", "beds_available"),
    ]


def test_agreement_with_the_returns_of_the_day(raw_data: Path, available: pl.DataFrame) -> None:
    panel = beds_history.read_panel(raw_data / "raw/hf-elective-constraints/FINAL_overnight_beds.csv")
    both = panel.filter(measure="beds_available").join(available, on=KEY)
    apart = both.filter((pl.col("value") - pl.col("value_right")).abs() > 0.01 * pl.col("value"))
    assert both.height == 8006
    revised = {code: (end.year, end.month) for code, end in apart.select("code", "period_end").iter_rows()}
    assert revised == {**dict.fromkeys(("RJC", "RL4", "RLQ", "RWP", "RY3"), (2015, 3)), "RWH": (2023, 9)}


def test_a_sector_of_another_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "beds.csv"
    path.write_text(
        "Organisation_Code,Sector,Number_Of_Beds,Effective_Snapshot_Date\nRA7,Ghosts,3,30/06/2020\n", "utf-8"
    )
    with pytest.raises(BadFile, match="ghosts"):
        kh03_series.read(path, "beds_available")
