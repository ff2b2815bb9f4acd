"""A&E of 2025/26 from the provider sheets, against lines of the files and the first releases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import ae_activity, ae_performance, ae_provider_sheets

FOLDER = "raw/ae-monthly-2025-26"


def of(rows: pl.DataFrame, code: str) -> dict[str, float]:
    return dict(rows.filter(code=code).select("measure", "value").iter_rows())


def test_a_month_with_and_without_commas(raw_data: Path) -> None:
    # line RCF of April and of May 2025
    april = ae_provider_sheets.read_month(raw_data / FOLDER / "April-2025-AE.csv")
    assert of(april, "RCF") == {
        "ae_attendances": 6729,
        "ae_attendances_type_1": 6510,
        "emergency_admissions_via_ae": 1577,
        "emergency_admissions_return": 2051,
    }
    may = ae_provider_sheets.read_month(raw_data / FOLDER / "May-2025-AE.csv")
    assert of(may, "RCF")["ae_attendances"] == 6929
    assert april["period_end"].unique().to_list() == [date(2025, 4, 30)]


def test_a_quarter(raw_data: Path) -> None:
    frame = ae_provider_sheets.read_quarter(raw_data / FOLDER / "June-2025-AE.csv")
    # RXL: 20,016 + 20,300 + 19,725 came, 4,417 + 4,413 + 4,390 waited longer, of type 1 4,364 + 4,343 + 4,345
    # of 28,073; 2,721 + 2,825 + 2,800 were admitted, 539 + 367 + 310 after twelve hours
    assert of(frame, "RXL") == pytest.approx(
        {
            "ae_within_4_hours": 1 - 13220 / 60041,
            "ae_type_1_within_4_hours": 1 - 13052 / 28073,
            "ae_admitted_after_12_hours": 1216 / 8346,
        }
    )


def test_april_to_september_are_a_revision(raw_data: Path) -> None:
    official = ae_performance.read(raw_data / "raw/ae-monthly-2024-25/Monthly-AE-June-2025-1-1.csv")
    sheets = ae_provider_sheets.read_quarter(raw_data / FOLDER / "June-2025-AE.csv")
    hours = pl.col("measure") == "ae_within_4_hours"
    both = official.filter(hours).join(sheets.filter(hours), on="code")
    apart = both.filter((pl.col("value") - pl.col("value_right")).abs() > 1e-9)
    assert (both.height, sorted(apart["code"])) == (141, ["RBT", "RLT", "RTD"])
    assert sheets["known_from"].unique().to_list() == [date(2025, 11, 30)]
    later = ae_provider_sheets.read_quarter(raw_data / FOLDER / "March-2026-AE.csv")
    assert later["known_from"].null_count() == later.height


def test_a_month_agrees_with_the_first_release(raw_data: Path) -> None:
    first = ae_activity.read_month(raw_data / "raw/nhse-ae-2025-07/July-2025-CSV-9jfy4.csv")
    sheet = ae_provider_sheets.read_month(raw_data / FOLDER / "July-2025-AE.csv")
    both = first.filter(measure="ae_attendances").join(sheet.filter(measure="ae_attendances"), on="code")
    apart = both.filter(pl.col("value") != pl.col("value_right"))
    assert (both.height, apart.select("code", "value", "value_right").rows()) == (
        150,
        [("RTD", 20803, 21785)],
    )


def test_a_quarter_needs_its_three_months(raw_data: Path, tmp_path: Path) -> None:
    name = "June-2025-AE.csv"
    (tmp_path / name).write_bytes((raw_data / FOLDER / name).read_bytes())
    with pytest.raises(BadFile, match="April-2025-AE"):
        ae_provider_sheets.read_quarter(tmp_path / name)
