"""PFI and LIFT charges of 2022/23, against the lines of the tree."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import pfi_charges
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return pfi_charges.read(raw_data / "raw/budget-galaxy-tac/uk_budget_tree_2023.json")


@pytest.mark.parametrize(
    ("code", "value"),
    [  # lines "PFI / LIFT charges" of Manchester, King's and Barts; Airedale has no such line
        ("R0A", 69_251_000),
        ("RJZ", 70_902_000),
        ("R1H", 28_428_000),
        ("RCF", 0),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, value: float) -> None:
    assert rows.filter(code=code)["value"].to_list() == [value]


def test_totals_coverage_and_period(rows: pl.DataFrame) -> None:
    assert rows.height == rows["code"].n_unique() == 212
    assert (rows["value"] > 0).sum() == 101
    assert rows["value"].sum() == pytest.approx(1_094_522_679)
    assert set(rows.select("measure", "period_start", "period_end").iter_rows()) == {
        ("pfi_charges", date(2022, 4, 1), date(2023, 3, 31))
    }
    definition = publication.measures(load_sector("nhs"))["pfi_charges"]
    assert definition.minimum is not None and definition.maximum is not None
    assert rows["value"].is_between(definition.minimum, definition.maximum).all()


def test_the_tree_leaves_lines_of_nil_out(raw_data: Path) -> None:
    # This is why a missing line is read as nil.
    tree = json.loads((raw_data / "raw/budget-galaxy-tac/uk_budget_tree_2023.json").read_text("utf-8"))
    (sector,) = [node for node in tree["children"] if node["id"] == pfi_charges.SECTOR]
    lines = [
        line["value"]
        for kind in sector["children"]
        for trust in kind["children"]
        for group in trust["children"]
        for line in group.get("children", [])
    ]
    assert len(lines) > 3000
    assert 0 not in lines


def test_a_tree_without_providers_is_told(tmp_path: Path) -> None:
    path = tmp_path / "uk_budget_tree_2023.json"
    path.write_text('{"children": [{"id": "defence"}]}')
    with pytest.raises(BadFile, match="nhs_provider_sector"):
        pfi_charges.read(path)
