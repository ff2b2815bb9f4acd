"""Facts about who led a trust, against cells of the tables read by hand."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import board
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def tenure(raw_data: Path) -> pl.DataFrame:
    return board.read_tenure(raw_data / "board/board_tenure_facts.csv")


@pytest.fixture(scope="module")
def holders(raw_data: Path) -> pl.DataFrame:
    return board.read_holders(raw_data / "board/holder_counts.csv")


@pytest.fixture(scope="module")
def groups(raw_data: Path) -> pl.DataFrame:
    return board.read_groups(raw_data / "board/group_boards.csv")


@pytest.mark.parametrize(
    ("at", "cells"),
    [
        (
            0,
            {"code": "G6V2S", "role": "chair_joint", "start": date(2023, 12, 4), "start_precision": "day"},
        ),
        (1, {"start": None, "start_precision": None, "end": date(2023, 11, 1), "end_precision": "month"}),
        (2, {"code": "R0A", "start": date(2017, 10, 1), "end": date(2023, 1, 1), "end_precision": "year"}),
        (
            400,
            {
                "code": "RP7",
                "as_of": date(2022, 6, 16),
                "role": "chief_executive_acting",
                "start": date(2020, 10, 1),
                "end": date(2021, 9, 1),
                "confidence": "high",
            },
        ),
        (831, {"code": "TAJ", "as_of": date(2025, 9, 30), "start": date(2024, 12, 1), "end": None}),
    ],
)
def test_tenure_cells_are_those_of_the_table(tenure: pl.DataFrame, at: int, cells: dict[str, Any]) -> None:
    row = tenure.row(at, named=True)
    assert {name: row[name] for name in cells} == cells


def test_tenure_is_whole(tenure: pl.DataFrame) -> None:
    assert tenure.height == 833  # with the end of Newcastle's chief executive, from the list of corrections
    assert tenure["code"].n_unique() == 206
    assert tenure["start"].null_count() == 114
    assert tenure["end"].null_count() == 411
    assert dict(tenure.group_by("start_precision").len().iter_rows()) == {
        "year": 258,
        "month": 334,
        "day": 127,
        None: 114,
    }


def test_no_fact_is_usable_before_the_year_or_month_it_was_published_in_is_over(
    tenure: pl.DataFrame, raw_data: Path
) -> None:
    with (raw_data / "board/board_tenure_facts.csv").open(encoding="utf-8", newline="") as lines:
        published = [row["as_of"] for row in csv.DictReader(lines)] + ["2025-03"]
    for said, usable in zip(published, tenure["as_of"], strict=True):
        tomorrow = usable + timedelta(days=1)
        assert usable.isoformat().startswith(said)
        assert len(said) == 10 or not tomorrow.isoformat().startswith(said), said


def test_holders_are_counts_over_whole_months(holders: pl.DataFrame) -> None:
    assert holders.height == 5
    row = holders.row(0, named=True)
    assert (row["code"], row["window_start"], row["window_end"], row["n_holders"]) == (
        "RVY",
        date(2017, 4, 1),
        date(2022, 4, 30),
        5,
    )
    assert holders.schema["n_holders"] == pl.Int64


def test_groups_name_one_arrangement_in_one_way(groups: pl.DataFrame) -> None:
    assert groups.height == 38
    assert dict(groups.group_by("leadership").len().iter_rows()) == {
        "board_in_common_or_joint_board": 13,
        "shared_chief_executive_and_chair": 17,
        "shared_chief_executive": 6,
        "shared_chair": 2,
    }
    island = groups.filter((pl.col("code") == "R1F") & (pl.col("as_of") == date(2023, 12, 31)))
    assert island.height == 1


def test_each_is_published_as_a_table_of_its_own() -> None:
    found = publication.publications(load_sector("nhs"))
    for name, table in (("board_tenure",) * 2, ("board_holders",) * 2, ("board_groups", "groups")):
        assert found[name].table == table
