"""What the tests of the evaluation share: past choices and one whole evaluation, each made once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from matchmaker import Matchmaker
    from matchmaker.evaluation.evaluate import Evaluation
    from matchmaker.evaluation.records import PublishedEvaluation
    from matchmaker.evaluation.replay import EvaluatedMethod
    from matchmaker.models.learned.choice_set import ChoiceSituation


@pytest.fixture(scope="session")
def past(harbour_engine: Matchmaker) -> list[ChoiceSituation]:
    """Every past pairing of the harbours as a choice."""
    from matchmaker.training.choice_sets import build_choice_sets

    return build_choice_sets(harbour_engine)[0]


@pytest.fixture(scope="session")
def mentors(past: list[ChoiceSituation]) -> list[ChoiceSituation]:
    """The past mentoring among them."""
    return [choice for choice in past if choice.kind == "mentoring"]


@pytest.fixture(scope="session")
def excluded(mentors: list[ChoiceSituation]) -> ChoiceSituation:
    """A choice whose partner a rule kept out."""
    eligible = mentors[0].eligible.copy()
    eligible[mentors[0].partner_row] = False
    return replace(mentors[0], pairing_id="OUT", eligible=eligible, why_not="It is a lighthouse.")


@pytest.fixture(scope="session")
def by_name(harbour_engine: Matchmaker) -> dict[str, EvaluatedMethod]:
    """Every method of the harbours that is not learned, as it takes part."""
    from matchmaker.evaluation.replay import evaluated_method
    from matchmaker.models.registry import methods

    known = methods(harbour_engine.sector)
    return {name: evaluated_method(one) for name, one in known.items() if one.role != "practice"}


@pytest.fixture(scope="session")
def harbour_evaluation(harbour_engine: Matchmaker) -> Evaluation:
    """The whole evaluation of the harbours."""
    from matchmaker.evaluation.evaluate import evaluate

    return evaluate(harbour_engine)


@pytest.fixture(scope="session")
def published(harbour_evaluation: Evaluation) -> PublishedEvaluation:
    """The same as figures."""
    from matchmaker.evaluation.published import publish

    return publish(harbour_evaluation)


@pytest.fixture(scope="session")
def real_past(evaluation: Evaluation) -> list[ChoiceSituation]:
    """Every past pairing of the bundled snapshot as a choice."""
    return evaluation.choices
