"""Who was in a programme of support in 2025/26: sightings and entries that the file of spells lacks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import special_measures, support_programme


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return support_programme.read(raw_data / "raw/rsp-npip/DERIVED_rsp_npip_facts.csv")


def test_the_latest_sighting_counts_and_is_known_from_the_edition_that_says_so(rows: pl.DataFrame) -> None:
    seen = rows.filter(pl.col("regime") == "RSP").select("code", "seen", "reported", "entry", "exit_known")
    assert seen.rows() == [
        ("RHA", date(2025, 9, 30), date(2026, 6, 21), None, False),
        ("RW1", date(2025, 9, 30), date(2026, 6, 21), None, False),
    ]


def test_an_entry_known_to_the_year_only_says_so(rows: pl.DataFrame) -> None:
    entered = rows.filter(pl.col("regime") == "PIP").select("code", "entry", "entry_precision", "seen")
    assert entered.rows() == [("RCX", date(2025, 1, 1), "year", None)]


def test_what_is_left_out_stands_among_the_spells(raw_data: Path) -> None:
    spells = special_measures.read(raw_data / "pairings/special_measures.csv")
    known = set(spells.filter(pl.col("regime") == "RSP")["code"])
    assert set(support_programme.IN_SPELLS) <= known


def test_another_programme_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(
        "trust_code,programme,status,as_at,confidence,source\nRHA,Some Other Programme,in,2025,high,a page\n"
    )
    with pytest.raises(BadFile, match="Some Other Programme"):
        support_programme.read(path)
