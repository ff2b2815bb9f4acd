"""Outcomes: who counts as helped, from when time runs, and what counts as an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from made_up import made_up_snapshot

from matchmaker import Matchmaker
from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.evaluation.outcomes.spells import exits, help_kinds, quality_spells, ratings
from matchmaker.evaluation.settings import OutcomeStudy, Rating, evaluation_settings

Rows = Iterable[Mapping[str, Any]]
CODES = ("ANK", "BOB", "CAP", "DAN")


@pytest.fixture(scope="module")
def study(harbour_engine: Matchmaker) -> OutcomeStudy:
    found = evaluation_settings(harbour_engine.sector).outcomes
    assert found is not None
    return found


def made_up(interventions: Rows = (), pairings: Rows = (), **tables: Any) -> Matchmaker:
    figures = {code: {"berths": 10 + at} for at, code in enumerate(CODES)}
    km = {code: 5 * at for at, code in enumerate(CODES)}
    return Matchmaker(
        made_up_snapshot(
            figures, km=km, interventions=interventions, pairings=pairings, as_of=date(2024, 1, 1), **tables
        )
    )


def helped(start: date, **changed: Any) -> dict[str, Any]:
    return {"recipient": "ANK", "partner": "BOB", "start": start} | changed


def spell(**changed: Any) -> dict[str, Any]:
    return {"code": "ANK", "entry": date(2020, 3, 1), "exit": date(2021, 9, 1)} | changed


def test_only_regimes_for_quality_with_a_known_entry_count() -> None:
    rows = [spell(), spell(regime="administration"), spell(entry=None, seen=date(2020, 1, 1))]
    assert [one["spell_id"] for one in quality_spells(made_up(rows))] == ["N0"]


def test_a_spell_runs_to_its_end_or_as_far_as_it_was_seen() -> None:
    rows = [
        spell(),
        spell(code="BOB", exit=None, seen=date(2020, 12, 1)),
        spell(code="CAP", exit=None),
        spell(code="DAN", entry=date(2020, 1, 1), entry_precision="year"),
    ]
    found = {one["code"]: one for one in quality_spells(made_up(rows))}
    assert [(one["until"], one["left"]) for one in (found["ANK"], found["BOB"], found["CAP"])] == [
        (date(2021, 9, 1), True),
        (date(2020, 12, 1), False),
        (date(2020, 3, 1), False),
    ]
    assert found["DAN"]["entry"] == date(2020, 6, 30)
    assert list(found) == ["ANK", "BOB", "CAP", "DAN"]


@pytest.mark.parametrize(("closed", "left"), [(date(2021, 10, 2), False), (date(2021, 10, 3), True)])
def test_one_that_was_taken_over_is_not_seen_to_leave(closed: date, left: bool) -> None:
    """A closure within 31 days of the end is how it ended."""
    engine = made_up([spell()], closed={"ANK": closed})
    assert [one["left"] for one in quality_spells(engine)] == [left]


@pytest.mark.parametrize(
    ("start", "begin"),
    [
        (date(2020, 6, 1), date(2020, 6, 1)),  # within the spell
        (date(2019, 3, 2), date(2020, 3, 1)),  # a year before: from the entry
        (date(2019, 3, 1), None),  # 366 days before
        (date(2021, 8, 31), date(2021, 8, 31)),
        (date(2021, 9, 1), None),  # on the last day
    ],
)
def test_time_runs_from_entry_or_help_whichever_is_later(
    start: date, begin: date | None, study: OutcomeStudy
) -> None:
    found = exits(made_up([spell()], [helped(start)]), study, study.kinds)
    assert found["begin"].to_list() == [one for one in (begin,) if one]
    if begin is not None:
        (row,) = found.iter_rows(named=True)
        assert row["months"] * DAYS_PER_MONTH == pytest.approx((date(2021, 9, 1) - begin).days)
        assert (row["pairing_id"], row["partner"], row["left"]) == ("P0", "BOB", True)
        assert row["fit"] is not None


@pytest.mark.parametrize(("entry", "cohort"), [(date(2019, 12, 31), "first"), (date(2020, 1, 1), "later")])
def test_cohorts_are_told_apart_by_entry(entry: date, cohort: str, study: OutcomeStudy) -> None:
    engine = made_up([spell(entry=entry)], [helped(date(2020, 6, 1))])
    assert exits(engine, study, study.kinds)["cohort"].to_list() == [cohort]


def test_the_first_help_of_the_kinds_in_question_counts(study: OutcomeStudy) -> None:
    rows = [
        helped(date(2020, 9, 1), partner="CAP"),
        helped(date(2020, 6, 1)),
        helped(date(2020, 4, 1), partner="DAN", kind="takeover"),
    ]
    engine = made_up([spell()], rows)
    assert exits(engine, study, study.kinds)["partner"].to_list() == ["BOB"]
    assert exits(engine, study, ("takeover",))["partner"].to_list() == ["DAN"]


def test_help_leaves_the_recipient_a_body_of_its_own(harbour_engine: Matchmaker, engine: Matchmaker) -> None:
    assert help_kinds(harbour_engine.sector) == ("mentoring",)
    assert set(help_kinds(engine.sector)) == {"buddying", "management_contract", "shared_leadership"}


def grade(known_from: date, value: float) -> dict[str, Any]:
    own = {"code": "ANK", "measure": "inspection", "value": value, "known_from": known_from}
    return own | {"period_start": known_from, "period_end": known_from}


@pytest.mark.parametrize(
    ("known_from", "counts"),
    [
        (date(2020, 12, 30), False),
        (date(2020, 12, 31), True),  # 12 months, 365 days
        (date(2024, 12, 31), True),  # 60 months
        (date(2025, 1, 1), False),
    ],
)
def test_a_rating_after_is_one_within_the_months_that_the_sector_names(
    known_from: date, counts: bool, study: OutcomeStudy
) -> None:
    assert study.rating is not None
    engine = made_up(pairings=[helped(date(2020, 1, 1))], measures=[grade(known_from, 3)])
    assert ratings(engine, study, study.rating, study.kinds)["after"].to_list() == [3] * counts


def test_the_rating_before_was_known_on_the_day(study: OutcomeStudy) -> None:
    assert study.rating is not None
    grades = [
        grade(date(2018, 1, 1), 1),
        grade(date(2019, 6, 1), 2),
        grade(date(2020, 1, 1), 4),  # on the day of the start: not known the day before
        grade(date(2022, 1, 1), 3),
        grade(date(2023, 1, 1), 4),
    ]
    engine = made_up(pairings=[helped(date(2020, 1, 1))], measures=grades)
    (row,) = ratings(engine, study, study.rating, study.kinds).iter_rows(named=True)
    assert (row["before"], row["after"]) == (2, 3)


def test_nothing_to_study_gives_empty_tables(study: OutcomeStudy) -> None:
    rating = Rating(feature="inspection", label="grade")
    assert exits(made_up(), study, study.kinds).is_empty()
    assert ratings(made_up(), study, rating, study.kinds).is_empty()
    assert {"setting", "fit"} <= set(exits(made_up(), study, study.kinds).columns)


@pytest.mark.slow
def test_what_the_report_says_of_the_trusts_is_so(engine: Matchmaker) -> None:
    """Numbers that stand in the list of what else could explain it."""
    study = evaluation_settings(engine.sector).outcomes
    assert study is not None
    text = " ".join(study.confounders)
    july = [one for one in quality_spells(engine) if (one["entry"].year, one["entry"].month) == (2013, 7)]
    assert len(july) == 11
    assert "eleven trusts of July 2013" in text
    left: pl.DataFrame = exits(engine, study, study.kinds)
    assert sum(n == 2 for n in Counter(left["recipient"]).values()) == 3
    assert "three trusts were helped in two spells each" in text
    assert max(Counter(left["partner"]).values()) > 1
    (heatherwood,) = (one for one in quality_spells(engine) if one["code"] == "RD7")
    assert not heatherwood["left"]  # joined Frimley in October 2014, in special measures
