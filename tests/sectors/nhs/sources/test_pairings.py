"""Past pairings, against cells of the table read by hand."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import pairings
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return pairings.read(raw_data / "pairings/pairings.csv")


@pytest.mark.parametrize(
    ("pairing", "cells"),
    [
        (
            "BUD-RXW-RRK-2020",
            {
                "recipient": "RXW",
                "partner": "RRK",
                "kind": "buddying",
                "nature": "mandated",
                "start": date(2020, 9, 1),
                "start_precision": "day",
                "end": None,
                "rating_before": "Inadequate",
                "rating_after_basis": "read",
            },
        ),
        (
            "MRG-RJF-RTG-2018",
            {
                "recipient": "RJF",
                "partner": "RTG",
                "kind": "merger",
                "nature": "voluntary",
                "rating_after": "Good",
                "rating_after_basis": "background",
                "code_confidence": "medium",
            },
        ),
        (
            "SHL-RQ8-RDD-2016",
            {
                "kind": "shared_leadership",
                "start": date(2016, 5, 1),
                "end": date(2020, 4, 1),
                "end_precision": "day",
                "status": "completed",
                "regime_context": "success regime",
            },
        ),
    ],
)
def test_cells_are_those_of_the_table(rows: pl.DataFrame, pairing: str, cells: dict[str, Any]) -> None:
    row = rows.row(by_predicate=pl.col("pairing_id") == pairing, named=True)
    assert {name: row[name] for name in cells} == cells


def test_the_table_is_whole(rows: pl.DataFrame, raw_data: Path) -> None:
    with (raw_data / "pairings" / "pairings.csv").open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    assert rows.height == len(records) >= 131
    assert rows["pairing_id"].to_list() == [record["pairing_id"] for record in records]
    assert set(rows["kind"]) == set(pairings.KINDS)
    assert rows["end"].null_count() == sum(not record["end_date"] for record in records)
    assert rows.filter(scope="whole").height == sum(record["scope"] == "whole_trust" for record in records)


def test_columns_have_their_types(rows: pl.DataFrame) -> None:
    assert rows.columns == [*pairings.COLUMNS, "leadership"]
    assert rows.schema["start"] == rows.schema["end"] == pl.Date
    assert rows.filter(pl.col("notes") == "").is_empty()


def test_it_is_published_as_a_table_of_its_own() -> None:
    found = publication.publications(load_sector("nhs"))["pairings"]
    assert found.table == "pairings"
    assert found.standing is publication.Standing.COMPILED
