"""Diagnostics: those waiting over six weeks."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import diagnostics
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


OVER = "diagnostics_over_6_weeks"


@pytest.fixture(scope="module")
def frames(raw_data: Path) -> dict[str, pl.DataFrame]:
    return {p.id: p.read(next((raw_data / "raw").glob(p.files[0]))) for p in diagnostics.PUBLICATIONS}


def test_cells(frames: dict[str, pl.DataFrame]) -> None:
    # unified file, fifteen tests added up: R1H 8,380 of 35,241 in September 2024, 5,940 of 31,199 in
    # June 2025; RXL 1,057 of 4,994 in June 2025
    recent = frames["diagnostics_2024_2025"]
    assert value(recent, "R1H", OVER, date(2024, 9, 30)) == pytest.approx(8380 / 35241)
    assert value(recent, "R1H", OVER, date(2025, 6, 30)) == pytest.approx(5940 / 31199)
    assert value(recent, "RXL", OVER, date(2025, 6, 30)) == pytest.approx(1057 / 4994)
    # full extract of March 2026, rows TOTAL added up with the csv module: RXL 1,713 of 8,021; R1H 9,106 of
    # 33,371; RCF 255 of 4,965; R1H MRI 2,008 of 6,456, colonoscopy 582 of 1,694
    latest = frames["diagnostics_extract"]
    assert value(latest, "R1H", f"{OVER}_mri", date(2026, 3, 31)) == pytest.approx(2008 / 6456)
    assert value(latest, "R1H", f"{OVER}_colonoscopy", date(2026, 3, 31)) == pytest.approx(582 / 1694)
    assert value(latest, "R1H", "diagnostics_waiting_list", date(2026, 3, 31)) == 33371
    assert value(latest, "RXL", OVER, date(2026, 3, 31)) == pytest.approx(1713 / 8021)
    assert value(latest, "R1H", OVER, date(2026, 3, 31)) == pytest.approx(9106 / 33371)
    assert value(latest, "RCF", OVER, date(2026, 3, 31)) == pytest.approx(255 / 4965)
    # snapshot of 2022: R0A 8,328 of 28,468; RYY 45 of 538
    early = frames["diagnostics_2022"]
    assert value(early, "R0A", OVER, date(2022, 4, 30)) == pytest.approx(8328 / 28468)
    assert value(early, "RYY", OVER, date(2022, 4, 30)) == pytest.approx(45 / 538)


def test_another_compilation_agrees_on_march_2026(raw_data: Path, frames: dict[str, pl.DataFrame]) -> None:
    other = pl.read_csv(raw_data / "raw/intuita-tracker/feature_table.csv")
    other = other.select(code=other.columns[0], other="Diagnostics proportion waiting over 6 weeks")
    both = frames["diagnostics_extract"].filter(measure=OVER).join(other.drop_nulls(), on="code")
    near = (pl.col("value") - pl.col("other")).abs() < 0.005
    assert both.height >= 125
    # One trust (RYR) stands as 0 there; two were revised between the editions.
    assert sorted(both.filter(~near)["code"]) == ["RBS", "RL1", "RYR"]


def test_coverage_and_form(frames: dict[str, pl.DataFrame]) -> None:
    assert {name: frame["code"].n_unique() for name, frame in frames.items()} == {
        "diagnostics_2022": 158,
        "diagnostics_2024_2025": 144,
        "diagnostics_extract": 153,
    }
    assert frames["diagnostics_2024_2025"]["period_end"].n_unique() == 4
    for frame in frames.values():
        assert_form(frame)
        assert (frame["period_start"] == frame["period_end"].dt.month_start()).all()


def test_every_test_of_the_file_is_counted(raw_data: Path) -> None:
    path = raw_data / "raw/nhs-analytics-unified/unified_monthly_data_enhanced.csv"
    with path.open() as file:
        header = file.readline().strip().split(",")
    found = {
        h.removeprefix("diag_").removesuffix("_total_waiting") for h in header if h.endswith("total_waiting")
    }
    assert found == set(diagnostics.TESTS)


def test_tests_of_the_extract_add_up_to_its_total(raw_data: Path) -> None:
    path = next((raw_data / "raw").glob("dm01-2026-03/DM01-*.zip"))
    headings = {"code": "Provider Org Code", "test": "Diagnostic Tests", "waiting": "Total WL"}
    rows = diagnostics.zipped_csv.columns(path, headings)
    total = pl.col("test") == "TOTAL"
    sums = rows.group_by("code").agg(
        whole=pl.col("waiting").cast(pl.Int64).filter(total).sum(),
        parts=pl.col("waiting").cast(pl.Int64).filter(~total).sum(),
    )
    assert sums["whole"].sum() == 1_924_254
    assert sums.filter(pl.col("whole") != pl.col("parts")).is_empty()


def test_a_test_of_another_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "DM01-full-extract.zip"
    names = ("Period", "Provider Org Code", "Commissioner Org Code", "Diagnostic Tests", "Total WL")
    columns = [*names, *diagnostics.WEEKS]
    row = ["DM01-MARCH-2026", "R1H", "06Q", "TELEPATHY", "14", *["1"] * 14]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("DM01.csv", "\n".join([",".join(columns), ",".join(row)]))
    with pytest.raises(BadFile, match="TELEPATHY"):
        diagnostics.read_extract(path)
