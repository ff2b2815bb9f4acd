"""Spells in special measures, against cells of the table read by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import special_measures
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return special_measures.read(raw_data / "pairings/special_measures.csv")


@pytest.mark.parametrize(
    ("spell", "cells"),
    [
        (
            "SM-RCX-quality-2013",
            {
                "code": "RCX",
                "entry": date(2013, 10, 25),
                "exit": date(2015, 7, 30),
                "exit_known": True,
                "rating_at_entry": "not rated (pre-ratings)",
                "rating_at_exit": "Requires improvement",
            },
        ),
        (
            "SM-RCX-quality-2018",
            {"entry": date(2018, 9, 13), "exit": date(2022, 4, 25), "rating_at_entry": "Inadequate"},
        ),
        (
            "SM-RDD-quality-2013",
            {"entry": date(2013, 7, 16), "exit": date(2014, 6, 1), "exit_precision": "month"},
        ),
        ("SM-RVV-RSP-2024obs", {"regime": "RSP", "entry": None, "exit": None, "exit_known": False}),
        # Ended because the trust was dissolved: a known end, and no rating at it.
        ("SM-RD7-quality-2014", {"exit": date(2014, 10, 1), "exit_known": True, "rating_at_exit": None}),
    ],
)
def test_cells_are_those_of_the_table(rows: pl.DataFrame, spell: str, cells: dict[str, Any]) -> None:
    row = rows.row(by_predicate=pl.col("spell_id") == spell, named=True)
    assert {name: row[name] for name in cells} == cells


def test_the_table_is_whole(rows: pl.DataFrame) -> None:
    assert rows.height == 73
    assert rows["code"].n_unique() == 55
    assert dict(rows.group_by("regime").len().iter_rows()) == {
        "quality": 41,
        "RSP": 16,
        "finance": 15,
        "both": 1,
    }
    assert rows["exit_known"].sum() == 56  # with the exit of St George's, from the list of corrections
    assert rows["entry"].null_count() == 2


def test_the_eleven_of_july_2013_are_there(rows: pl.DataFrame) -> None:
    first = rows.filter(pl.col("entry") == date(2013, 7, 16))
    assert first.height == 11


def test_it_is_published_as_a_table_of_its_own() -> None:
    assert publication.publications(load_sector("nhs"))["special_measures"].table == "interventions"
