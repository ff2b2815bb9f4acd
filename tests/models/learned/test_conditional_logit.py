"""McFadden's conditional logit against hand-worked cases, numerical slopes, simulation and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.base import clone

from matchmaker.models.learned.conditional_logit import ConditionalLogit, negative_log_likelihood

Floats = np.ndarray


def simulated(sets: int, size: int, coef: list[float], seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Choices of people who follow the model."""
    random = np.random.default_rng(seed)
    seen = random.normal(size=(sets, size, len(coef)))
    chosen = np.argmax(seen @ np.array(coef) + random.gumbel(size=(sets, size)), axis=1)
    marks = (np.arange(size) == chosen[:, None]).astype(int)
    return seen.reshape(-1, len(coef)), marks.ravel(), np.repeat(np.arange(sets), size)


def test_a_case_worked_by_hand() -> None:
    """Three times the one with 1 is chosen over the one with 0: alpha w = 3 (1 - sigmoid(w)).

    At w = log 2 the chance is 2/3, so that alpha = 1 / log 2.
    """
    seen, marks, sets = np.array([[1.0], [0.0]] * 3), [1, 0] * 3, [0, 0, 1, 1, 2, 2]
    fitted = ConditionalLogit(alpha=1 / np.log(2)).fit(seen, marks, sets)
    assert fitted.coef_ == pytest.approx([np.log(2)], rel=1e-9)
    assert np.exp(fitted.predict_log_proba(seen, sets)) == pytest.approx([2 / 3, 1 / 3] * 3)
    assert fitted.score(seen, marks, sets) == pytest.approx(np.log(2 / 3))


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 1.0, 30.0]))
def test_slope_and_curve_are_those_of_the_cost(seed: int, alpha: float) -> None:
    random = np.random.default_rng(seed)
    seen, marks, sets = simulated(6, 4, [0.0, 0.0, 0.0], seed)
    chosen, coef, step = np.flatnonzero(marks), random.normal(size=3), 1e-5
    cost, slope, curve = negative_log_likelihood(coef, seen, chosen, sets, alpha)
    assert cost > 0
    for at in range(3):
        nudge = step * np.eye(3)[at]
        ways = [negative_log_likelihood(coef + way * nudge, seen, chosen, sets, alpha) for way in (1, -1)]
        assert (ways[0][0] - ways[1][0]) / (2 * step) == pytest.approx(slope[at], rel=1e-5, abs=1e-6)
        assert (ways[0][1] - ways[1][1]) / (2 * step) == pytest.approx(curve[at], rel=1e-5, abs=1e-6)


def test_known_coefficients_are_recovered() -> None:
    truth = [1.5, -0.7, 0.0, 0.3]
    fitted = ConditionalLogit(alpha=1e-6).fit(*simulated(4000, 8, truth))
    assert fitted.coef_ == pytest.approx(truth, abs=0.08)


@pytest.mark.parametrize("signs", [None, [0, 1, 1], [-1, 1, 0], [1, 1, 1], [-1, -1, -1]])
@pytest.mark.parametrize("alpha", [0.1, 1.0, 10.0])
def test_agrees_with_scipy(signs: list[int] | None, alpha: float) -> None:
    seen, marks, sets = simulated(25, 6, [0.8, -0.5, 0.1], seed=3)
    fitted = ConditionalLogit(alpha, signs).fit(seen, marks, sets)
    bounds = [(0 if sign > 0 else None, 0 if sign < 0 else None) for sign in signs or [0, 0, 0]]
    found = minimize(
        lambda coef: negative_log_likelihood(coef, seen, np.flatnonzero(marks), sets, alpha)[:2],
        np.zeros(3),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    assert fitted.coef_ == pytest.approx(found.x, abs=1e-5)


def test_a_sign_that_the_choices_contradict_is_held_at_0() -> None:
    choices = simulated(200, 5, [1.0, -1.0])
    free, held = ConditionalLogit().fit(*choices), ConditionalLogit(signs=[0, 1]).fit(*choices)
    assert free.coef_[1] < -0.5
    assert held.coef_[1] == 0
    assert held.coef_[0] > 0.5


def test_what_is_equal_within_a_set_changes_nothing() -> None:
    seen, marks, sets = simulated(30, 5, [1.0, -0.5])
    shift = np.random.default_rng(1).normal(0, 10, size=(30, 2))[sets]
    plain, moved = (ConditionalLogit().fit(one, marks, sets) for one in (seen, seen + shift))
    assert moved.coef_ == pytest.approx(plain.coef_, abs=1e-8)
    chances = (one.predict_log_proba(at, sets) for one, at in ((plain, seen), (moved, seen + shift)))
    assert next(chances) == pytest.approx(next(chances), abs=1e-7)


def test_the_unknown_contributes_nothing() -> None:
    seen, marks, sets = simulated(30, 5, [1.0, -0.5])
    gaps = np.random.default_rng(2).random(seen.shape) < 0.3
    unknown, zero = np.where(gaps, np.nan, seen), np.where(gaps, 0.0, seen)
    one, other = (ConditionalLogit().fit(given, marks, sets) for given in (unknown, zero))
    assert one.coef_.tolist() == other.coef_.tolist()
    assert one.decision_function(unknown).tolist() == other.decision_function(zero).tolist()


def test_chances_of_a_set_add_up_to_1_however_far_apart() -> None:
    seen, marks, sets = simulated(20, 7, [1.0, 1.0])
    fitted = ConditionalLogit().fit(seen, marks, sets)
    chance = np.exp(fitted.predict_log_proba(1000 * seen, sets))
    assert np.bincount(sets, chance) == pytest.approx(np.ones(20))


def test_the_order_of_rows_and_the_names_of_sets_do_not_matter() -> None:
    seen, marks, sets = simulated(20, 4, [1.0, -1.0])
    mixed = np.random.default_rng(5).permutation(len(seen))
    names = np.array([f"set {9 - one}" for one in range(20)])[sets]
    plain = ConditionalLogit().fit(seen, marks, sets)
    other = ConditionalLogit().fit(seen[mixed], marks[mixed], names[mixed])
    assert other.coef_ == pytest.approx(plain.coef_, abs=1e-8)


def test_a_heavier_penalty_holds_coefficients_nearer_to_0() -> None:
    choices = simulated(50, 5, [1.0, -1.0])
    sizes = [np.linalg.norm(ConditionalLogit(alpha).fit(*choices).coef_) for alpha in (0.1, 1, 10, 100)]
    assert sizes == sorted(sizes, reverse=True)


def test_keeps_to_the_conventions_of_scikit_learn() -> None:
    model = ConditionalLogit(alpha=2.0, signs=[1, 0])
    copy = clone(model)
    assert (
        copy.get_params()
        == model.get_params()
        == {
            "alpha": 2.0,
            "signs": [1, 0],
            "max_iter": 200,
            "tol": 1e-8,
        }
    )
    assert not hasattr(copy, "coef_")
    assert copy.fit(*simulated(5, 3, [1.0, 0.0])) is copy
    assert copy.n_features_in_ == 2


@pytest.mark.parametrize(
    ("marks", "sets", "model", "says"),
    [
        ([1, 1, 0, 0], [0, 0, 1, 1], {}, "exactly one chosen"),
        ([1, 0, 0, 0], [0, 0, 1, 1], {}, "exactly one chosen"),
        ([2, 0, 1, 0], [0, 0, 1, 1], {}, "1 or a 0"),
        ([1, 0, 1, 0], [0, 0, 1], {}, "3 groups for 4 rows"),
        ([1, 0, 1, 0], [0, 0, 1, 1], {"alpha": 0.0}, "above 0"),
        ([1, 0, 1, 0], [0, 0, 1, 1], {"signs": [1]}, "1 signs for 2 inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(
    marks: list[int], sets: list[int], model: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        ConditionalLogit(**model).fit(np.zeros((4, 2)), marks, sets)  # type: ignore[arg-type]


def test_too_few_steps_are_told() -> None:
    with pytest.raises(RuntimeError, match="No solution in 1 steps"):
        ConditionalLogit(alpha=1e-3, max_iter=1).fit(*simulated(50, 5, [3.0, -3.0]))
