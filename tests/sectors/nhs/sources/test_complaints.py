"""Written complaints, against lines of the sheet of organisations."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import complaints


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return complaints.read(raw_data / "raw/ko41a-2024-25/ko41a_2024_25.zip")


def test_cells(rows: pl.DataFrame) -> None:
    found = dict(rows.filter(code="RJZ").select("measure", "value").iter_rows())
    assert found["complaints"] == 1242
    assert found["complaints_about_emergency"] == pytest.approx(279 / 1242)
    assert found["complaints_about_maternity"] == pytest.approx(81 / 1242)
    assert found["complaints_upheld"] == pytest.approx((944 + 166) / 1201)
    assert rows.filter(code="RX3", measure="complaints_about_mental_health")["value"].item() == 1
    assert rows.select("period_start", "period_end").unique().rows() == [
        (date(2024, 4, 1), date(2025, 3, 31))
    ]


def test_coverage(rows: pl.DataFrame) -> None:
    new = rows.filter(measure="complaints")
    assert (new.height, new["value"].sum()) == (207, 106_703)
    # RDE names 4,818 services in 1,297 complaints: only shares compare.
    about = rows.filter(pl.col("measure").str.starts_with("complaints_about_"))
    assert about.group_by("code").agg(pl.col("value").sum()).select((pl.col("value") <= 1).all()).item()


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ko41a_2024_25.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(complaints.ORGANISATIONS, "Year,Organisation_Code\n2024-25,RJZ\n")
    with pytest.raises(BadFile, match="with its columns"):
        complaints.read(path)
