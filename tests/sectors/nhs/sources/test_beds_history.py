"""Beds of earlier years: cells, quarters, and agreement between the tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import beds_history, kh03_beds

KEY = ["code", "measure", "period_start", "period_end"]


@pytest.fixture(scope="module")
def panel(raw_data: Path) -> pl.DataFrame:
    return beds_history.read_panel(raw_data / "raw/hf-elective-constraints/FINAL_overnight_beds.csv")


@pytest.fixture(scope="module")
def winter(raw_data: Path) -> pl.DataFrame:
    return beds_history.read_winter(
        raw_data / "raw/kh03-2020-21/GeneralAcuteOccupiedBedsbyTrust_2020-21_Q3.xlsx"
    )


def one(rows: pl.DataFrame, code: str, measure: str, start: date) -> float:
    return float(rows.filter(code=code, measure=measure, period_start=start)["value"].item())


def test_panel_cells(panel: pl.DataFrame) -> None:
    # lines numbered 61, 2112, 5975 and 6135 by the file itself
    assert one(panel, "RCF", "beds_available", date(2014, 4, 1)) == pytest.approx(406.98901)
    assert one(panel, "RCF", "beds_occupied", date(2014, 1, 1)) == pytest.approx(336.34444)
    assert one(panel, "R1H", "beds_available", date(2023, 7, 1)) == pytest.approx(1949.65217)
    assert one(panel, "RCF", "beds_occupied", date(2023, 7, 1)) == pytest.approx(323.70652)


def test_panel_coverage(panel: pl.DataFrame) -> None:
    beds = panel.filter(measure="beds_available")
    quarters = beds.group_by("period_start", "period_end").len().sort("period_start")
    assert len(quarters) == 39
    assert quarters.row(0) == (date(2014, 1, 1), date(2014, 3, 31), 227)
    assert quarters.row(-1) == (date(2023, 7, 1), date(2023, 9, 30), 187)


def test_panel_agrees_with_the_workbooks(raw_data: Path, panel: pl.DataFrame) -> None:
    for name in (
        "2021-Q1-Beds-Open-Overnight-Web_File-Final-DE5WC.xlsx",
        "Beds-Open-Overnight-Web_File-Final-DE5WC_2020-21_Q2.xlsx",
    ):
        official = kh03_beds.read(raw_data / "raw/kh03-2020-21" / name)
        both = official.join(panel, on=KEY, suffix="_panel").filter(measure="beds_available")
        apart = both.filter((pl.col("value") - pl.col("value_panel")).abs() > 0.001)
        assert len(both) == 195
        assert apart["code"].to_list() == ["RPG"]  # 398 in the workbook, 361 in the panel


def test_winter_cells(winter: pl.DataFrame) -> None:
    day = date(2020, 10, 1)
    assert one(winter, "R1H", "beds_available", day) == 1779
    assert one(winter, "RCF", "beds_available_general_acute", day) == pytest.approx(339.63043)
    assert one(winter, "RCF", "beds_occupied_general_acute", day) == pytest.approx(230.89130)
    assert one(winter, "TAD", "beds_occupied_general_acute", day) == 0
    assert winter["code"].n_unique() == 194
    assert winter["period_end"].unique().to_list() == [date(2020, 12, 31)]


def test_a_quarter_that_is_none_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "beds.csv"
    path.write_text("date,trust_code,occupied_beds,bed_capacity\n2014 Q5,RCF,1,2\n2014 Q1,R1H,1,2\n")
    with pytest.raises(BadFile, match="2014 Q5"):
        beds_history.read_panel(path)
