"""A&E within four hours from the official monthly files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import ae_performance
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


FOLDER = "raw/ae-monthly-2024-25"
HOURS = "ae_within_4_hours"


@pytest.fixture(scope="module")
def quarters(raw_data: Path) -> pl.DataFrame:
    patterns = ae_performance.PUBLICATIONS[0].files
    files = sorted(f for f in (raw_data / FOLDER).iterdir() if any(f.match(p) for p in patterns))
    return pl.concat(ae_performance.read(file) for file in files)


def test_cells(quarters: pl.DataFrame) -> None:
    # Added up from the CSV files of October, November and December 2024, all twelve columns:
    # R1H 133,571 came and 39,772 waited longer; RCF 19,637 and 7,623; RY4 3,093 and 77
    assert value(quarters, "R1H", HOURS, date(2024, 12, 31)) == pytest.approx(1 - 39772 / 133571)
    assert value(quarters, "RCF", HOURS, date(2024, 12, 31)) == pytest.approx(1 - 7623 / 19637)
    assert value(quarters, "RY4", HOURS, date(2024, 12, 31)) == pytest.approx(1 - 77 / 3093)
    # January to March 2025: RGT 49,213 and 14,621
    assert value(quarters, "RGT", HOURS, date(2025, 3, 31)) == pytest.approx(1 - 14621 / 49213)


def test_coverage(quarters: pl.DataFrame) -> None:
    counts = quarters.filter(measure=HOURS).group_by("period_start", "period_end").len()
    counts = counts.sort("period_end").rows()
    assert counts == [
        (date(2024, 7, 1), date(2024, 9, 30), 141),
        (date(2024, 10, 1), date(2024, 12, 31), 141),
        (date(2025, 1, 1), date(2025, 3, 31), 141),
        (date(2025, 4, 1), date(2025, 6, 30), 141),
    ]
    assert_form(quarters)


def test_one_month_agrees_with_its_total_row(raw_data: Path) -> None:
    path = raw_data / FOLDER / "Monthly-AE-April-2025.csv"
    everyone = ae_performance.tabular.table(path, ae_performance.COLUMNS, keep=None)
    everyone = everyone.filter(pl.col("code") != "TOTAL")
    came = everyone.select(pl.sum_horizontal(ae_performance.ATTENDED).sum()).item()
    longer = everyone.select(pl.sum_horizontal(ae_performance.OVER).sum()).item()
    # The row TOTAL, and the 74.8 percent that NHS England gave out for April 2025.
    assert came == 1354645 + 49112 + 804415 + 33654 + 626 + 53368
    assert longer == 544763 + 2227 + 24075 + 7638 + 42 + 516
    assert round(1 - longer / came, 3) == 0.748


def test_a_quarter_needs_its_three_months(raw_data: Path, tmp_path: Path) -> None:
    name = "Monthly-AE-December-2024.csv"
    (tmp_path / name).write_bytes((raw_data / FOLDER / name).read_bytes())
    with pytest.raises(BadFile, match="November 2024"):
        ae_performance.read(tmp_path / name)


def test_major_departments_and_long_waits_for_a_bed(quarters: pl.DataFrame) -> None:
    # RCF in October, November and December 2024: type 1 with booked came 6,449, 6,165 and 6,366, of whom
    # 2,557, 2,577 and 2,489 waited longer; 1,591, 1,587 and 1,661 were admitted, 212, 135 and 150 after 12
    # hours.
    day = date(2024, 12, 31)
    assert value(quarters, "RCF", "ae_type_1_within_4_hours", day) == pytest.approx(1 - 7623 / 18980)
    assert value(quarters, "RCF", "ae_admitted_after_12_hours", day) == pytest.approx(497 / 4839)


def test_a_quarter_with_a_revised_month_is_known_from_its_revision(quarters: pl.DataFrame) -> None:
    known = dict(quarters.filter(measure=HOURS).select("period_end", "known_from").unique().iter_rows())
    # July 2024 was put up again in November 2024; October, November and February in May 2025.
    assert known == {
        date(2024, 9, 30): date(2024, 11, 30),
        date(2024, 12, 31): date(2025, 5, 31),
        date(2025, 3, 31): date(2025, 5, 31),
        date(2025, 6, 30): None,
    }


def test_the_latest_month_alone(raw_data: Path) -> None:
    frame = ae_performance.read_month(raw_data / "raw/ae-2026-05/May-2026-CSV-F4flrg.csv")
    assert frame["period_end"].unique().to_list() == [date(2026, 5, 31)]
    # RNN: 9,204 + 2,231 + 273 + 32 came, 3,956 + 75 + 59 + 2 waited longer; 355 of 2,212 for a bed
    assert value(frame, "RNN", "ae_admitted_after_12_hours", date(2026, 5, 31)) == pytest.approx(355 / 2212)
    assert value(frame, "RNN", HOURS, date(2026, 5, 31)) == pytest.approx(1 - 4092 / 11740)
    assert value(frame, "RNN", "ae_type_1_within_4_hours", date(2026, 5, 31)) == pytest.approx(
        1 - 4015 / 9477
    )
