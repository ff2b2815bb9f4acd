"""The answer on outcomes follows from its interval, and what was not studied is left out."""

from __future__ import annotations

import pytest

from matchmaker.evaluation.records import (
    Association,
    ExitOutcomes,
    OutcomeRecord,
    PowerRecord,
    PowerRow,
    SurvivalCurve,
)
from matchmaker.evaluation.report.document import Text
from matchmaker.evaluation.report.outcomes import answer, outcome_sections
from matchmaker.sector import Sector

PRIMARY = Association(
    exposure="setting",
    label="Similar setting",
    effect=1.2,
    low=0.8,
    high=2.0,
    p=0.4,
    p_holm=None,
    n=17,
    events=12,
    within=1.1,
    within_p=0.5,
    least=1.0,
    most=1.4,
)


def outcomes(power: PowerRecord | None = None, **changed: float | None) -> OutcomeRecord:
    primary = PRIMARY.model_copy(update=changed)
    return OutcomeRecord(
        exits=ExitOutcomes(
            spells=20,
            median_months=None,
            with_partner=17,
            halves={},
            associations=(primary,),
            associations_any=(),
            power=power,
        ),
        ratings=None,
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "neither show E1 nor speak against it"),
        ({"effect": 2.0, "low": 1.2, "high": 4.0}, "sooner (hazard ratio 2.00"),
        ({"effect": 2.0, "low": 1.2, "high": 4.0}, "excludes no effect"),
        ({"effect": 0.5, "low": 0.3, "high": 0.8}, "later (hazard ratio 0.50"),
        ({"effect": 0.5, "low": 0.3, "high": 0.8}, "excludes no effect"),
        ({"high": None}, "0.80 to no limit"),
    ],
)
def test_the_answer_follows_from_the_interval(
    changed: dict[str, float | None], said: str, harbours: Sector
) -> None:
    text = answer(outcomes(None, **changed), harbours)
    assert text is not None
    assert said in text
    assert "of 17 spells whose setting is known, those with a more similar mentor" in text


def test_too_few_give_no_answer(harbours: Sector) -> None:
    found = outcomes()
    assert found.exits is not None
    none = found.model_copy(update={"exits": found.exits.model_copy(update={"associations": ()})})
    assert answer(none, harbours) == "There are too few spells to say anything."
    assert answer(None, harbours) is None
    assert answer(OutcomeRecord(exits=None, ratings=None), harbours) is None


def test_what_was_not_studied_has_no_section(harbours: Sector) -> None:
    titles = [section.title for section in outcome_sections(outcomes(), harbours)]
    assert titles == [
        "Question 2: do better-suited partners go with better outcomes?",
        "Leaving a safety notice",
        "What else could explain it",
    ]


@pytest.mark.parametrize(
    ("detectable", "said", "below"),
    [
        (2.5, "a hazard ratio of 2.50 per standard deviation", True),
        (1.1, "a hazard ratio of 1.10 per standard deviation", False),
        (None, "no ratio up to 20 per standard deviation", True),
    ],
)
def test_power_says_what_could_be_found(
    detectable: float | None, said: str, below: bool, harbours: Sector
) -> None:
    power = PowerRecord(n=17, detectable=detectable, sizes=(PowerRow(ratio=2.0, power=0.63, needed=17),))
    section = outcome_sections(outcomes(power), harbours)[2]
    assert section.title == "What so few harbours can show"
    text, table = section.blocks
    assert isinstance(text, Text)
    assert said in text.words
    assert ("The ratio seen, 1.20, is below that." in text.words) == below
    assert table.rows == (("2.00", "63%", "17"),)  # type: ignore[union-attr]


def test_a_curve_goes_down_at_its_times() -> None:
    curve = SurvivalCurve(times=(12, 24), staying=(0.6, 0.4), median=24)
    assert [curve.after(month) for month in (11, 12, 23, 24, 60)] == [1, 0.6, 0.6, 0.4, 0.4]
