"""Accounts of acute trusts for 2024/25, against the cells of the file."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import acute_accounts_2425
from matchmaker.sources import publication

HEADINGS = ",op_income_k,op_margin_pct"


@pytest.fixture(scope="module")
def path(raw_data: Path) -> Path:
    return raw_data / "raw/intuita-tracker/feature_table.csv"


@pytest.fixture(scope="module")
def rows(path: Path) -> pl.DataFrame:
    return acute_accounts_2425.read(path)


@pytest.mark.parametrize(
    ("code", "income", "margin"),
    [  # lines 6, 27 and 124 of the file: 2652139.0 and 3.19; 310786.742 and -10.95; 817800.0 and -17.21
        ("R1H", 2_652_139_000, 0.0319),
        ("RCF", 310_786_742, -0.1095),
        ("RXK", 817_800_000, -0.1721),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, income: float, margin: float) -> None:
    trust = dict(rows.filter(code=code).select("measure", "value").iter_rows())
    assert trust == {
        "operating_income": pytest.approx(income),
        "operating_margin": pytest.approx(margin),
    }


def test_every_trust_with_accounts_and_no_other(path: Path, rows: pl.DataFrame) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        known = {row[""] for row in csv.DictReader(lines) if row["op_income_k"]}
    assert len(known) == 131
    for measure in ("operating_income", "operating_margin"):
        assert set(rows.filter(measure=measure)["code"]) == known
    assert not known & {"RJ6", "RQ3", "RRK"}, "these three have no accounts in the file"
    assert rows.filter(measure="operating_income")["value"].sum() == pytest.approx(111.008e9, rel=1e-4)


def test_period_bounds_and_single_rows(rows: pl.DataFrame) -> None:
    assert set(rows.select("period_start", "period_end").iter_rows()) == {
        (date(2024, 4, 1), date(2025, 3, 31))
    }
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    for measure, low, high in (
        rows.group_by("measure").agg(low=pl.col("value").min(), high=pl.col("value").max()).rows()
    ):
        definition = publication.measures(load_sector("nhs"))[measure]
        assert definition.minimum is not None and definition.maximum is not None
        assert definition.minimum <= low <= high <= definition.maximum


def test_a_damaged_cell_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "feature_table.csv"
    file.write_text(f"{HEADINGS}\nR1H,2652139.0,3.19\nRCF,about 310000,-10.95\n")
    with pytest.raises(BadFile, match=r"row 3, column op_income_k: found 'about 310000'"):
        acute_accounts_2425.read(file)


def test_rows_without_a_trust_code_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "feature_table.csv"
    file.write_text(f"{HEADINGS}\nR1H,2652139.0,3.19\nTotal,111008234.2,-0.95\n")
    assert set(acute_accounts_2425.read(file)["code"]) == {"R1H"}
