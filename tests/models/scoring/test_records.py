"""What is on record on a day: nothing of it may come from later."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.leakage import truncate_snapshot
from matchmaker.models.scoring.records import (
    absorptions,
    active_interventions,
    helping,
    known_pairings,
    relations,
)

DAYS = (date(2012, 6, 30), date(2013, 9, 18), date(2016, 6, 30), date(2020, 12, 31), date(2022, 3, 31))
CALLED_OFF = "ACQ-RLT-RJC-2011"  # bidding began in August 2011 and was given up on 26 March 2014


@pytest.fixture(scope="module")
def pairings(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.pairings


def test_a_pairing_that_was_abandoned_later_is_under_way_until_then(snapshot: Snapshot) -> None:
    """Nobody knew in 2013 that it would come to nothing."""
    during, after = date(2013, 9, 18), date(2014, 3, 27)
    assert CALLED_OFF in set(known_pairings(snapshot, during)["pairing_id"])
    assert absorptions(snapshot, during)["RLT"] in {"RJC", "RKB"}
    assert frozenset(("RLT", "RJC")) in relations(snapshot, during)
    assert CALLED_OFF not in set(known_pairings(snapshot, after)["pairing_id"])
    assert "RLT" not in absorptions(snapshot, after)


def test_one_without_a_known_end_is_left_out_throughout(pairings: pl.DataFrame, snapshot: Snapshot) -> None:
    unknown = pairings.filter((pl.col("status") == "abandoned") & pl.col("end").is_null())
    assert unknown.height > 0
    for day in DAYS:
        assert set(known_pairings(snapshot, day)["pairing_id"]).isdisjoint(unknown["pairing_id"])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_record_is_the_same_in_a_world_that_ends_on_the_day(engine: Matchmaker, day: date) -> None:
    ended = truncate_snapshot(engine.snapshot, day)
    for what in (absorptions, helping, relations):
        assert what(ended, day) == what(engine.snapshot, day), what.__name__
    assert active_interventions(ended, day).keys() == active_interventions(engine.snapshot, day).keys()
    assert known_pairings(ended, day)["pairing_id"].equals(known_pairings(engine.snapshot, day)["pairing_id"])
