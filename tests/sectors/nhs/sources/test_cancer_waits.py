"""Cancer waits: one cut of the extract, whole quarters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import cancer_waits
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


DAYS62, DAYS28 = "cancer_within_62_days", "cancer_faster_diagnosis"


@pytest.fixture(scope="module")
def extract(raw_data: Path) -> pl.DataFrame:
    folder = raw_data / "raw/nhse-cancer-cwt"
    return pl.concat(cancer_waits.read_extract(file) for file in sorted(folder.glob("*.xlsx")))


def test_extract_cells(extract: pl.DataFrame) -> None:
    # Added up from the sheet's XML, April to June 2025, modality ALL MODALITIES (the other cut):
    # R1H 534.5 of 720.5, RCF 195 of 249.5, RXL 293 of 470; FDS R1H 8,721 of 10,895, RXL 3,704 of 5,882
    end = date(2025, 6, 30)
    assert value(extract, "R1H", DAYS62, end) == pytest.approx(534.5 / 720.5)
    assert value(extract, "RCF", DAYS62, end) == pytest.approx(195 / 249.5)
    assert value(extract, "RXL", DAYS62, end) == pytest.approx(293 / 470)
    assert value(extract, "R1H", DAYS28, end) == pytest.approx(8721 / 10895)
    assert value(extract, "RXL", DAYS28, end) == pytest.approx(3704 / 5882)


def test_extract_coverage(extract: pl.DataFrame) -> None:
    ends = sorted(extract["period_end"].unique())
    # July 2025 stands alone and makes no quarter.
    assert ends == [date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30)]
    assert extract.filter(measure=DAYS62)["code"].n_unique() >= 134
    assert extract.filter(measure=DAYS28)["code"].n_unique() >= 131


def test_extract_is_known_from_its_last_month(extract: pl.DataFrame) -> None:
    known = dict(extract.select("period_end", "known_from").unique().iter_rows())
    march, july = date(2025, 5, 15), date(2025, 9, 14)
    assert known == {date(2024, 12, 31): march, date(2025, 3, 31): march, date(2025, 6, 30): july}


def test_extract_is_not_counted_twice(raw_data: Path) -> None:
    path = raw_data / "raw/nhse-cancer-cwt/CWT-CRS-Apr-2025-to-Jul-2025-Data-Extract-Provider.xlsx"
    rows = cancer_waits.patients(path)
    once = (pl.col("standard") == "28-day FDS") | (pl.col("cancer").str.to_lowercase() == "all cancers")
    patients = rows.filter(once).group_by("standard").agg(pl.sum("treated", "within"))
    totals = {name: (treated, within) for name, treated, within in patients.iter_rows()}
    treated, within = totals["62-day Combined"]
    # England, April to July 2025: 114,970 treated, 68.5 percent within 62 days; FDS 76.2 percent.
    # A few providers that are no trusts are left out.
    assert 114_000 < treated <= 114_970
    assert within / treated == pytest.approx(0.685, abs=0.001)
    treated, within = totals["28-day FDS"]
    assert within / treated == pytest.approx(0.762, abs=0.001)


def test_oversight_metrics(raw_data: Path) -> None:
    frame = cancer_waits.read_profiles(raw_data / "raw/trustpulse-2026/trust_profiles.csv")
    end = date(2025, 12, 31)
    # trust_profiles.csv: RXL 62.93 and 69.19; R1H 80.63 and 82.75
    assert value(frame, "RXL", DAYS62, end) == pytest.approx(0.6293)
    assert value(frame, "RXL", DAYS28, end) == pytest.approx(0.6919)
    assert value(frame, "R1H", DAYS62, end) == pytest.approx(0.8063)
    assert frame.height == 236
    assert_form(frame)


def test_2022(raw_data: Path) -> None:
    frame = cancer_waits.read_2022(raw_data / "raw/healthyr-2022/england_nhs_cancer_wait_times.rda")
    # R0A 1,449 of 2,716; RCF 437 of 608
    assert value(frame, "R0A", DAYS28, date(2022, 4, 30)) == pytest.approx(1449 / 2716)
    assert value(frame, "RCF", DAYS28, date(2022, 4, 30)) == pytest.approx(437 / 608)
    assert set(frame["measure"]) == {DAYS28}
    assert frame.height == 132
    assert_form(frame)


def test_form(extract: pl.DataFrame) -> None:
    assert_form(extract)
    starts = extract.select("period_start", "period_end").unique().rows()
    assert (date(2024, 10, 1), date(2024, 12, 31)) in starts


@pytest.fixture(scope="module")
def workbook(raw_data: Path) -> pl.DataFrame:
    return cancer_waits.read_workbook(
        raw_data / "raw/cancer-2026-01/January-2026-Monthly-Combined-Workbook-Provisional.xlsx"
    )


def test_workbook_cells(workbook: pl.DataFrame) -> None:
    # sheet Provider Level Performance, rows of RF4, all routes: FDS 1,575 of 2,293, breast 444 of 452, skin
    # 134 of 393; 62D 125 of 203, urological (prostate and other) 24.5 of 56, lung 11 of 15; 31D 317 of 324
    end = date(2026, 1, 31)
    assert value(workbook, "RF4", DAYS28, end) == pytest.approx(1575 / 2293)
    assert value(workbook, "RF4", f"{DAYS28}_breast", end) == pytest.approx(444 / 452)
    assert value(workbook, "RF4", f"{DAYS28}_skin", end) == pytest.approx(134 / 393)
    assert value(workbook, "RF4", DAYS62, end) == pytest.approx(125 / 203)
    assert value(workbook, "RF4", f"{DAYS62}_urological", end) == pytest.approx(24.5 / 56)
    assert value(workbook, "RF4", f"{DAYS62}_lung", end) == pytest.approx(11 / 15)
    assert value(workbook, "RF4", "cancer_within_31_days", end) == pytest.approx(317 / 324)
    assert workbook["known_from"].unique().to_list() == [date(2026, 3, 12)]
    assert workbook["period_start"].unique().to_list() == [date(2026, 1, 1)]
    assert_form(workbook)


def test_cancers_of_few_patients_have_no_share(workbook: pl.DataFrame, extract: pl.DataFrame) -> None:
    head_and_neck = f"{DAYS62}_head_and_neck"
    assert workbook.filter(measure=head_and_neck).height < workbook.filter(measure=DAYS62).height / 2
    assert set(workbook["measure"]) == set(extract["measure"])
