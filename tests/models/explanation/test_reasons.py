"""Reasons in figures: both sides, period and publisher, and what is weak in part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matchmaker import cache
from matchmaker.models.engine import Matchmaker
from matchmaker.models.explanation.reasons import TOLD, WEAK_WHERE_NEEDED, nothing_against
from matchmaker.models.reason import Reason, ReasonFigure
from matchmaker.models.types import Shortlist

FIGURE = ReasonFigure(
    "mortality", "SHMI", 1.13, 1.3, "1.13", "1.30", "March 2026", "March 2026", date(2026, 3, 31), "s", "X"
)


def told(*figures: ReasonFigure) -> str:
    """The text of a reason with some figures."""
    return Reason("for", "context", "Closer.", figures).text


@pytest.fixture(scope="module")
def engine() -> Matchmaker:
    return Matchmaker(sector="nhs")


@pytest.fixture(scope="module")
def answer(engine: Matchmaker) -> Shortlist:
    return engine.shortlist("RPA", n_draws=0, limit=73)


def test_both_sides_stand_with_their_period_and_publisher() -> None:
    assert told(FIGURE) == "Closer: SHMI 1.13, yours 1.30 (March 2026, X)."


def test_a_period_that_figures_share_is_told_once() -> None:
    other = replace(FIGURE, label="B", candidate_text="2", recipient_text="3")
    assert told(FIGURE, other) == "Closer: SHMI 1.13, yours 1.30; B 2, yours 3 (March 2026, X)."


def test_a_recipients_figure_of_another_period_says_so() -> None:
    assert replace(FIGURE, recipient_period="May 2021").text == "SHMI 1.13, yours 1.30 (May 2021)"


def test_what_speaks_against_a_reason_follows_it() -> None:
    unlike = replace(FIGURE, label="B", opposes=True, period="", recipient_period="", publisher=None)
    assert told(FIGURE, unlike) == "Closer: SHMI 1.13, yours 1.30 (March 2026, X); but B 1.13, yours 1.30."


def test_every_comparison_of_figures_names_both_sides_as_published(
    engine: Matchmaker, answer: Shortlist
) -> None:
    on_day = engine.profiles()
    own = on_day.position["RPA"]
    for option in answer.options:
        at = on_day.position[option.organisation.code]
        for reason in option.reasons:
            assert len(reason.figures) <= TOLD
            for figure in reason.figures:
                column = on_day.column[figure.feature]
                assert figure.candidate == on_day.shown[at, column]
                assert figure.recipient is None or figure.recipient == on_day.shown[own, column]
                assert figure.period
                assert figure.source


def test_the_text_of_a_reason_is_the_structured_one(answer: Shortlist) -> None:
    for option in answer.options:
        texts = {
            side: tuple(one.text for one in option.reasons if one.side == side) for side in ("for", "against")
        }
        assert (texts["for"], texts["against"]) == (option.reasons_for, option.reasons_against)


def test_strength_in_a_focus_area_is_never_claimed_in_silence_of_a_weakness(engine: Matchmaker) -> None:
    """Strength is looked for in mortality: who is worse than 60 in 100 of it has that against it."""
    on_day = engine.profiles()
    column = on_day.column["mortality"]
    answer = engine.shortlist("RPA", n_draws=0, limit=73, focus=["mortality", "cancer_62_days"])
    weak = 0
    for option in answer.options:
        standing = on_day.standings[on_day.position[option.organisation.code], column]
        against = {
            figure.feature for one in option.reasons if one.side == "against" for figure in one.figures
        }
        if standing <= WEAK_WHERE_NEEDED:
            weak += 1
            assert "mortality" in against
    assert weak > 5


def test_no_figure_is_told_twice_against_an_option(answer: Shortlist) -> None:
    for option in answer.options:
        told = [
            figure.feature
            for one in option.reasons
            if one.side == "against"
            for figure in one.figures
            if not figure.opposes
        ]
        assert len(told) == len(set(told))


def test_what_is_kept_of_a_pair_is_what_would_be_made_anew(engine: Matchmaker) -> None:
    asked: list[dict[str, Any]] = [
        {},
        {"weights": {"complementary_strength": 0.0}},
        {"weights": {"context_similarity": 0.9, "finance_strength": 0.0}},
        {"focus": ["operating_margin", "agency_share"]},
        {"arrangement": "service", "service": "accident_and_emergency"},
    ]
    kept = [engine.shortlist("RPA", n_draws=0, **one) for one in (*asked, *asked)]
    for one, first, again in zip(asked, kept, kept[len(asked) :], strict=False):
        cache.clear()
        assert first == again == engine.shortlist("RPA", n_draws=0, **one)


def test_one_led_by_the_same_people_has_that_first_against_it(answer: Shortlist) -> None:
    (dartford,) = (option for option in answer.options if option.organisation.code == "RN7")
    assert dartford.reasons_against[0].startswith("Already one with the recipient in all but name")
    assert "One chief executive leads both since 1 April 2025" in dartford.reasons_against[0]


def test_nothing_against_is_only_said_of_who_has_nothing_against_it(answer: Shortlist) -> None:
    for option in answer.options:
        assert (option.nothing_against is None) == bool(option.reasons_against)


def test_nothing_against_names_what_could_not_be_looked_at() -> None:
    assert "all of it is known" in nothing_against((), (), ())
    missing = nothing_against(("Board",), ("Rated well",), ("Board", "Beds"))
    assert "could not be checked: \u201cBoard\u201d, \u201cRated well\u201d and \u201cBeds\u201d" in missing
