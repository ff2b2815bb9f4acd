"""What is on record on a day: what is assumed of open ends, and that nothing of it comes from later."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import HARBOURS, made_up_snapshot

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.leakage import truncate_snapshot
from matchmaker.models.scoring.records import (
    absorptions,
    active_interventions,
    describe_intervention,
    helping,
    interventions_on,
    relations,
)
from matchmaker.models.ties import known_pairings
from matchmaker.sector import Sector, read_sector

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


CONTRADICTED = """
[interventions.contradicted_by]
measure = "watch_level"
at_most = 3
label = "its watch level in the year"
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Sector:
    """The harbours, with a judgement that puts a spell in doubt and a regime that another replaced."""
    folder = Path(shutil.copytree(HARBOURS, tmp_path_factory.mktemp("judged") / "harbours"))
    text = (folder / "sector.toml").read_text("utf-8")
    text = text.replace("[pairing_kinds.mentoring]", f"{CONTRADICTED}\n[pairing_kinds.mentoring]")
    text = text.replace("for_quality = true", "for_quality = true\nreplaced = 2021-07-01")
    (folder / "sector.toml").write_text(text, "utf-8")
    return read_sector(folder)


class TestDoubt:
    """A later judgement speaks against a spell of unknown end; the sector says which."""

    ENTRY = date(2019, 3, 1)

    def found(self, sector: Sector, day: date, level: float, **row: Any) -> dict[str, str]:
        """Code -> state."""
        figures = {"AAA": {"watch_level": level}, "BBB": {}}
        spell = {"code": "AAA", "entry": self.ENTRY, **row}
        snapshot = made_up_snapshot(figures, sector=sector, interventions=[spell])
        return {code: one.state for code, one in interventions_on(snapshot, day).items()}

    def test_a_later_low_level_puts_it_in_doubt_from_the_day_it_came_out(self, judged: Sector) -> None:
        assert self.found(judged, date(2019, 12, 30), 3) == {"AAA": "active"}
        assert self.found(judged, date(2019, 12, 31), 3) == {"AAA": "doubted"}
        assert self.found(judged, date(2019, 12, 31), 3.1) == {"AAA": "active"}

    def test_a_level_of_before_it_was_last_seen_does_not(self, judged: Sector) -> None:
        assert self.found(judged, date(2020, 3, 1), 3, seen=date(2020, 1, 1)) == {"AAA": "active"}

    def test_nor_a_level_beside_a_known_end(self, judged: Sector) -> None:
        assert self.found(judged, date(2020, 3, 1), 3, exit=date(2020, 9, 1)) == {"AAA": "active"}

    def test_what_speaks_against_it_is_told(self, judged: Sector) -> None:
        spell = {"code": "AAA", "entry": self.ENTRY, "source": "https://www.example.org/news/1"}
        snapshot = made_up_snapshot({"AAA": {"watch_level": 2}}, sector=judged, interventions=[spell])
        found = interventions_on(snapshot, date(2020, 3, 1))["AAA"]
        assert describe_intervention(found, judged) == (
            "It was reported to be in a safety notice since 1 March 2019 (example.org; its end, if it "
            "has ended, "
            "is not known). Its watch level in the year to 31 December 2019 is 2, which speaks against "
            "its still "
            "being so."
        )

    def test_a_spell_of_a_regime_that_was_replaced_is_over_and_not_forgotten(self, judged: Sector) -> None:
        assert self.found(judged, date(2021, 6, 30), 5) == {"AAA": "lapsed"}
        assert self.found(judged, date(2021, 7, 1), 5) == {}

    def test_one_that_came_out_later_is_known_from_then(self, judged: Sector) -> None:
        reported = date(2020, 2, 1)
        assert self.found(judged, date(2020, 1, 31), 5, reported=reported) == {}
        assert self.found(judged, date(2020, 2, 1), 5, reported=reported) == {"AAA": "active"}


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
