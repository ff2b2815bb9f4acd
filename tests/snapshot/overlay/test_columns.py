"""Headings of a user's table: by name, by label, as a profile prints them, with units of money."""

from __future__ import annotations

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.features.overlay_template import profile_labels
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.columns import letter
from matchmaker.snapshot.overlay.merge import read


@pytest.mark.parametrize(
    ("heading", "measure", "value"),
    [
        ("Income in the year (£m)", "income", 2_000_000),
        ("income £000", "income", 2_000),
        ("Berths [note 3]", "berths", 2),
        ("Berths", "berths", 2),
    ],
)
def test_a_heading_may_hold_a_unit_of_money_or_a_mark(
    harbour_snapshot: Snapshot, heading: str, measure: str, value: float
) -> None:
    own = read(pl.DataFrame({"port": ["EEL"], heading: ["2"]}), harbour_snapshot)
    assert own.figures.select("measure", "value").rows() == [(measure, value)]


def test_a_label_of_a_profile_is_read_and_one_that_is_worked_out_says_from_what(
    harbour_snapshot: Snapshot,
) -> None:
    labels = profile_labels(harbour_snapshot.sector)
    assert labels.measures["berths"] == "berths"
    with pytest.raises(BadFile) as error:
        read(pl.DataFrame({"port": ["EEL"], "Surplus as a share of income": [0.1]}), harbour_snapshot, labels)
    assert error.value.faults[0].remedy == "It is worked out: give surplus and income."


@pytest.mark.snapshot
def test_the_heading_that_a_profile_prints_is_read(snapshot: Snapshot) -> None:
    frame = pl.DataFrame({"Trust": ["Medway NHS Foundation Trust (RPA)"], "Overnight beds": ["700"]})
    own = read(frame, snapshot, profile_labels(snapshot.sector))
    assert own.figures.select("code", "measure", "value").rows() == [("RPA", "beds_available", 700.0)]


def test_letters_of_columns() -> None:
    assert [letter(at) for at in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]
