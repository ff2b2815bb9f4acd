"""Past practice by a conditional logit: kept directions, exact scores, and the models that ship."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.learned.artefact import shipped_artefact
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.design_matrix import design_matrix
from matchmaker.models.learned.logit_ranker import LogitModel, LogitRanker, fit_logit
from matchmaker.models.learned.pair_features import pair_features
from matchmaker.training.choice_sets import build_choice_sets


def directions(choices: Sequence[ChoiceSituation]) -> np.ndarray:
    return np.array([one.direction for one in pair_features(choices[0].profiles.sector)])


def test_every_coefficient_keeps_to_its_direction(mentors: Sequence[ChoiceSituation]) -> None:
    signs = directions(mentors)
    fitted = fit_logit(mentors)
    coefficients = np.array(fitted.coefficients)
    assert (coefficients[signs != 0] * signs[signs != 0] >= 0).all()
    assert np.count_nonzero(coefficients) >= 3
    assert fitted.family == "mentoring"
    assert fitted.snapshot == mentors[0].profiles.snapshot.hash


def test_a_stronger_penalty_pulls_towards_0(mentors: Sequence[ChoiceSituation]) -> None:
    weak, strong = (np.abs(fit_logit(mentors, alpha).coefficients).sum() for alpha in (1, 100))
    assert strong < weak / 2


def test_a_score_is_the_log_odds_of_the_inputs(mentors: Sequence[ChoiceSituation]) -> None:
    trained = fit_logit(mentors)
    for choice in mentors:
        ranker = LogitRanker(choice.profiles, trained, "past-choices")
        scores = ranker.scores(np.array([choice.row]))
        seen = np.nan_to_num(design_matrix(choice.profiles, choice.row))
        assert scores.score[0] == pytest.approx(seen @ np.array(trained.coefficients), abs=1e-12)
        assert (scores.contributions[np.isnan(scores.values)] == 0).all()
        assert (scores.base_value, ranker.name) == (0, "past-choices")


def test_the_inputs_are_the_components(mentors: Sequence[ChoiceSituation]) -> None:
    trained = fit_logit(mentors)
    ranker = LogitRanker(mentors[0].profiles, trained, "past-choices")
    inputs = pair_features(mentors[0].profiles.sector)
    assert [one.name for one in ranker.components] == [one.name for one in inputs]
    assert tuple(one.weight for one in ranker.components) == trained.weights
    assert ranker.describe(0, 12.0, 0, 1) == "12 km away."
    assert ranker.describe(0, None, 0, 1) == "Not known: distance."


def test_nothing_to_learn_from_is_an_error(buddies: Sequence[ChoiceSituation]) -> None:
    with pytest.raises(InvalidParameter, match="no past choice to learn from"):
        fit_logit([one for one in buddies if one.chosen is None])


def test_the_models_that_ship_are_those_of_the_snapshot_that_ships(engine: Matchmaker) -> None:
    for family in engine.sector.families:
        shipped = shipped_artefact(LogitModel, engine.sector, f"practice-{family.name}")
        assert shipped.snapshot == engine.snapshot.hash, "run 'matchmaker train models'"
        again = fit_logit(build_choice_sets(engine, kinds=family.kinds)[0])
        assert again.family == shipped.family == family.name
        assert again.inputs == shipped.inputs
        assert again.coefficients == pytest.approx(shipped.coefficients, abs=1e-6)
        assert again.weights == pytest.approx(shipped.weights, abs=1e-6)


@pytest.mark.snapshot
@pytest.mark.slow
def test_ranking_needs_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "for name in ('lightgbm', 'sklearn', 'scipy', 'pandas'): sys.modules[name] = None\n"
        "from matchmaker import Matchmaker\n"
        "answer = Matchmaker().shortlist('RPA', method='practice', limit=3, n_draws=0)\n"
        "print([option.organisation.code for option in answer.options])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("'R") == 3
