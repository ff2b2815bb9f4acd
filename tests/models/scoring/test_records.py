"""What is on record on a day: what is assumed of open ends, and that nothing of it comes from later."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from made_up import made_up_snapshot

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.leakage import truncate_snapshot
from matchmaker.models.scoring.records import (
    absorptions,
    active_interventions,
    helping,
    relations,
)
from matchmaker.models.ties import known_pairings

CODES: dict[str, dict[str, float]] = {code: {} for code in ("AAA", "BBB", "CCC")}


def intervention(**row: Any) -> Snapshot:
    return made_up_snapshot(CODES, interventions=[{"code": "AAA", **row}])


def pairing(**row: Any) -> Snapshot:
    return made_up_snapshot(CODES, pairings=[{"recipient": "AAA", "partner": "BBB", **row}])


class TestInterventions:
    """The sector assumes 24 months for an open end and 6 months after the last sight."""

    def test_one_without_a_known_end_counts_for_a_time_after_its_entry(self) -> None:
        found = intervention(entry=date(2015, 3, 1))
        assert not active_interventions(found, date(2015, 2, 28))
        assert set(active_interventions(found, date(2015, 3, 1))) == {"AAA"}
        assert set(active_interventions(found, date(2017, 2, 28))) == {"AAA"}
        assert not active_interventions(found, date(2017, 3, 1))

    def test_and_for_a_time_after_it_was_last_seen(self) -> None:
        found = intervention(entry=date(2015, 3, 1), seen=date(2017, 1, 1))
        assert set(active_interventions(found, date(2017, 6, 30))) == {"AAA"}
        assert not active_interventions(found, date(2017, 7, 1))
        # What was seen later is not known yet.
        assert not active_interventions(
            intervention(entry=date(2015, 3, 1), seen=date(2019, 1, 1)), date(2018, 1, 1)
        )

    def test_one_whose_entry_is_not_known_counts_from_when_it_was_seen(self) -> None:
        found = intervention(entry=None, seen=date(2017, 1, 1))
        assert not active_interventions(found, date(2016, 12, 31))
        assert set(active_interventions(found, date(2017, 1, 1))) == {"AAA"}

    def test_a_known_end_is_the_end(self) -> None:
        found = intervention(entry=date(2015, 3, 1), exit=date(2015, 9, 1))
        assert set(active_interventions(found, date(2015, 8, 31))) == {"AAA"}
        assert not active_interventions(found, date(2015, 9, 1))
        long = intervention(entry=date(2011, 3, 1), exit=date(2019, 9, 1))
        assert set(active_interventions(long, date(2018, 1, 1))) == {"AAA"}

    @pytest.mark.parametrize(
        ("precision", "before", "since"),
        [
            ("month", date(2015, 3, 30), date(2015, 3, 31)),
            ("year", date(2015, 12, 30), date(2015, 12, 31)),
        ],
    )
    def test_a_month_or_year_counts_from_its_last_day(
        self, precision: str, before: date, since: date
    ) -> None:
        start = date(2015, 3, 1) if precision == "month" else date(2015, 1, 1)
        found = intervention(entry=start, entry_precision=precision)
        assert not active_interventions(found, before)
        assert active_interventions(found, since)


class TestHelp:
    def test_help_counts_while_it_lasts(self) -> None:
        found = pairing(start=date(2015, 3, 1), end=date(2016, 3, 1))
        assert helping(found, date(2015, 2, 28)) == {}
        assert helping(found, date(2016, 2, 29)) == {"BBB": ["AAA"]}
        assert helping(found, date(2016, 3, 1)) == {}

    def test_help_without_a_known_end_counts_for_as_long_as_an_intervention(self) -> None:
        found = pairing(start=date(2015, 3, 1))
        assert helping(found, date(2017, 2, 28)) == {"BBB": ["AAA"]}
        assert helping(found, date(2017, 3, 1)) == {}
        assert helping(pairing(start=date(2015, 3, 1), status="ongoing"), date(2020, 3, 1))

    def test_a_takeover_is_no_help_but_an_absorption(self) -> None:
        found = pairing(kind="takeover", start=date(2015, 3, 1), end=date(2016, 3, 1))
        assert helping(found, date(2015, 6, 1)) == {}
        assert absorptions(found, date(2015, 6, 1)) == {"AAA": "BBB"}
        assert absorptions(found, date(2016, 3, 1)) == {}
        assert absorptions(pairing(start=date(2015, 3, 1)), date(2015, 6, 1)) == {}

    def test_one_that_was_abandoned_later_was_under_way_until_then(self) -> None:
        found = pairing(kind="takeover", status="abandoned", start=date(2015, 3, 1), end=date(2016, 3, 1))
        assert absorptions(found, date(2016, 2, 29)) == {"AAA": "BBB"}
        assert known_pairings(found, date(2016, 3, 1)).is_empty()
        without_end = pairing(kind="takeover", status="abandoned", start=date(2015, 3, 1))
        assert known_pairings(without_end, date(2015, 6, 1)).is_empty()

    def test_relations_are_told_in_the_words_of_the_sector(self) -> None:
        found = pairing(start=date(2015, 3, 1), end=date(2016, 3, 1))
        assert relations(found, date(2019, 1, 1)) == {
            frozenset(("AAA", "BBB")): "On record: mentoring from 2015."
        }


DAYS = (date(2012, 6, 30), date(2013, 9, 18), date(2016, 6, 30), date(2020, 12, 31), date(2022, 3, 31))
CALLED_OFF = "ACQ-RLT-RJC-2011"  # bidding began in August 2011 and was given up on 26 March 2014


def test_a_bid_that_was_given_up_in_2014_was_under_way_in_2013(snapshot: Snapshot) -> None:
    during, after = date(2013, 9, 18), date(2014, 3, 27)
    assert CALLED_OFF in set(known_pairings(snapshot, during)["pairing_id"])
    assert absorptions(snapshot, during)["RLT"] in {"RJC", "RKB"}
    assert frozenset(("RLT", "RJC")) in relations(snapshot, during)
    assert CALLED_OFF not in set(known_pairings(snapshot, after)["pairing_id"])
    assert "RLT" not in absorptions(snapshot, after)


def test_one_without_a_known_end_is_left_out_throughout(snapshot: Snapshot) -> None:
    unknown = snapshot.pairings.filter((pl.col("status") == "abandoned") & pl.col("end").is_null())
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
