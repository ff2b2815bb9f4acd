"""Oversight framework of ambulance trusts: what reports of the day state, and nothing inferred."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources import oversight_framework_press
from matchmaker.sources.publication import Standing


def test_only_stated_segments_are_taken(raw_data: Path) -> None:
    rows = oversight_framework_press.read(
        raw_data / "raw/ambulance-nof-press/DERIVED_ambulance_nof_facts.csv"
    )
    segments = rows.filter(pl.col("measure") == "oversight_segment").select("code", "value")
    assert dict(segments.iter_rows()) == {"RX7": 1, "RYE": 4, "RYC": 4}
    ranks = rows.filter(pl.col("measure") == "oversight_rank").select("code", "value")
    assert dict(ranks.iter_rows()) == {"RX7": 1, "RX9": 2, "RX8": 3, "RX6": 5, "RYE": 8, "RYC": 10}
    assert rows.filter(code="RX6", measure="oversight_score")["value"].to_list() == [2.32]
    assert rows["known_from"].unique().to_list() == [date(2025, 9, 9)]
    assert rows["period_end"].unique().to_list() == [date(2025, 6, 30)]


def test_it_is_marked_as_what_the_press_printed() -> None:
    (publication,) = oversight_framework_press.PUBLICATIONS
    assert publication.standing is Standing.COMPILED
    assert "press" in publication.publisher
