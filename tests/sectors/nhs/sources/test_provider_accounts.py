"""Accounts of 2022/23 and 2023/24, against the entries of the files and the sums for England."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import provider_accounts
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def folder(raw_data: Path) -> Path:
    return raw_data / "raw/budget-galaxy-tac"


@pytest.fixture(scope="module")
def rows(folder: Path) -> pl.DataFrame:
    parts = []
    for year in (2023, 2024):
        parts.append(provider_accounts.read_cost(folder / f"nhs_trust_breakdown_{year}.json"))
        parts.append(provider_accounts.read_staff(folder / f"nhs_staff_breakdown_{year}.json"))
    return pl.concat(parts)


@pytest.mark.parametrize(
    ("code", "end", "measure", "value"),
    [  # entries "Barts Health NHS Trust", "Airedale ..." and "King's College Hospital ..."
        ("R1H", 2024, "operating_cost", 2_372_157_000),
        ("R1H", 2024, "staff_cost", 1_454_224_000),
        ("R1H", 2024, "agency_spend", 56_835_000),
        ("R1H", 2024, "staff_wte_average", 21_485),
        ("R1H", 2023, "operating_cost", 2_138_424_800),
        ("RCF", 2024, "agency_spend", 11_746_000),
        ("RCF", 2024, "staff_wte_average", 3_572),
        ("RCF", 2023, "operating_cost", 276_542_000),
        ("RJZ", 2023, "operating_cost", 1_742_220_000),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, end: int, measure: str, value: float) -> None:
    found = rows.filter(code=code, measure=measure, period_end=date(end, 3, 31))
    assert found["value"].to_list() == [value]
    assert found["period_start"].to_list() == [date(end - 1, 4, 1)]


@pytest.mark.parametrize(
    ("measure", "end", "total"),
    [  # sums for England (GBP bn, WTE); Southport and Ormskirk's three months are not in 2023/24
        ("operating_cost", 2023, 124.215e9),
        ("operating_cost", 2024, 130.841e9 - 67.805e6),
        ("agency_spend", 2023, 5.142e9),
        ("agency_spend", 2024, 4.671e9 - 7.32e6),
        ("staff_wte_average", 2023, 1_390_760),
    ],
)
def test_sums(rows: pl.DataFrame, measure: str, end: int, total: float) -> None:
    found = rows.filter(measure=measure, period_end=date(end, 3, 31))["value"].sum()
    assert found == pytest.approx(total, rel=1e-5 if measure == "operating_cost" else 1e-4)


def test_coverage_bounds_and_single_rows(rows: pl.DataFrame) -> None:
    counts = rows.group_by("measure", "period_end").agg(pl.col("code").n_unique())
    assert {(end.year, count) for _, end, count in counts.iter_rows()} == {(2023, 212), (2024, 205)}
    assert set(counts["measure"]) == {"operating_cost", "staff_cost", "agency_spend", "staff_wte_average"}
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    for measure, low, high in (
        rows.group_by("measure").agg(low=pl.col("value").min(), high=pl.col("value").max()).rows()
    ):
        definition = publication.measures(load_sector("nhs"))[measure]
        assert definition.minimum is not None and definition.maximum is not None
        assert definition.minimum <= low <= high <= definition.maximum


def test_parts_stay_below_the_whole(rows: pl.DataFrame) -> None:
    wide = rows.pivot("measure", index=["code", "period_end"], values="value")
    assert (wide["agency_spend"] < 0.25 * wide["staff_cost"]).all()
    assert (wide["staff_cost"] < wide["operating_cost"]).all()
    pay = wide["staff_cost"] / wide["staff_wte_average"]
    assert pay.is_between(38_000, 85_000).all(), "pounds per person"


def test_faults_are_told_together(tmp_path: Path) -> None:
    codes = {"A Trust": {"nhs_code": "R1H"}, "B Trust": {"nhs_code": "Total"}}
    (tmp_path / "nhs_trust_breakdown_2024.json").write_text(json.dumps(codes))
    with pytest.raises(BadFile) as caught:
        provider_accounts.read_cost(tmp_path / "nhs_trust_breakdown_2024.json")
    assert len(caught.value.faults) == 5, "one code and four figures"


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_damaged_files_are_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "nhs_trust_breakdown_2024.json"
    path.write_text(content)
    with pytest.raises(BadFile):
        provider_accounts.read_cost(path)


def test_a_file_without_a_year_is_told(tmp_path: Path) -> None:
    path = tmp_path / "breakdown.json"
    path.write_text('{"A Trust": {"nhs_code": "R1H", "total": 1, "staff_costs": 1}}')
    with pytest.raises(BadFile, match="ends in the year"):
        provider_accounts.read_cost(path)
