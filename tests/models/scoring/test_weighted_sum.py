"""The weighted sum: parts that add up, and an order that only changes for a reason."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker.models.ranking import MIN_COVERAGE, rank_candidates
from matchmaker.models.scoring.weighted_sum import BASE_VALUE, weighted_sum, weighted_sums

UNKNOWN = float("nan")


def test_by_hand() -> None:
    """Of the first, both are known: (0.3 * 0.9 + 0.1 * 0.5) / 0.4; of the second, the unknown one counts as
    the middle: (0.3 * 0.2 + 0.1 * 0.5) / 0.4."""
    found = weighted_sum(np.array([[[0.9, 0.2]], [[0.5, UNKNOWN]]]), np.array([0.3, 0.1]))
    assert found.score[0] == pytest.approx([0.5 + 0.75 * 0.4, 0.275])
    assert found.coverage[0] == pytest.approx([1.0, 0.75])
    assert found.contributions[:, 0, 1] == pytest.approx([-0.225, 0.0])
    assert found.base_value == 0.5


def test_of_whom_nothing_is_known_stands_in_the_middle() -> None:
    found = weighted_sum(np.array([[[UNKNOWN]]]), np.array([1.0]))
    assert (found.score[0, 0], found.coverage[0, 0]) == (0.5, 0.0)


def test_half_is_enough_however_it_was_rounded() -> None:
    weights = np.array([0.26, 0.18, 0.06, 0.34, 0.16])
    values = np.array([[0.6], [0.6], [0.6], [UNKNOWN], [UNKNOWN]])[:, None]
    assert weighted_sum(values, weights).coverage[0, 0] >= MIN_COVERAGE


values_of_four = arrays(float, (4, 1, 6), elements=st.one_of(st.floats(0, 1), st.just(UNKNOWN)))
four_weights = arrays(float, 4, elements=st.floats(0.01, 1))
in_steps = st.integers(0, 20).map(lambda step: step / 20)
coarse_values = arrays(float, (4, 1, 6), elements=st.one_of(in_steps, st.just(UNKNOWN)))


def order_of(values: np.ndarray, weights: np.ndarray) -> list[int]:
    fit = weighted_sum(values, weights)
    return rank_candidates(fit.score[0], fit.coverage[0], np.ones(values.shape[2], dtype=bool)).tolist()


@given(values_of_four, four_weights)
def test_parts_always_add_up(values: np.ndarray, weights: np.ndarray) -> None:
    fit = weighted_sum(values, weights)
    for candidate in range(6):
        added = math.fsum([BASE_VALUE, *fit.contributions[:, 0, candidate]])
        assert abs(added - fit.score[0, candidate]) < 1e-12
    assert ((fit.coverage >= 0) & (fit.coverage <= 1 + 1e-12)).all()
    assert (fit.contributions[np.isnan(values)] == 0).all()


@given(values_of_four, four_weights, st.integers(0, 3), st.floats(0, 1))
def test_a_better_criterion_never_lowers_the_fit(
    values: np.ndarray, weights: np.ndarray, which: int, better: float
) -> None:
    if np.isnan(values[which, 0, 0]):
        return
    improved = values.copy()
    improved[which, 0, 0] = max(values[which, 0, 0], better)
    before, after = (weighted_sum(given, weights).score[0, 0] for given in (values, improved))
    assert after >= before - 1e-12


@given(coarse_values, four_weights, st.integers(0, 3), in_steps)
def test_a_better_criterion_never_costs_a_place_and_moves_nobody_else(
    values: np.ndarray, weights: np.ndarray, which: int, better: float
) -> None:
    if np.isnan(values[which, 0, 0]) or better <= values[which, 0, 0]:
        return
    improved = values.copy()
    improved[which, 0, 0] = better
    before, after = order_of(values, weights), order_of(improved, weights)
    assert after.index(0) <= before.index(0)
    assert [one for one in after if one] == [one for one in before if one]


@given(coarse_values, four_weights, st.integers(0, 5))
def test_removing_a_candidate_changes_no_other_place(
    values: np.ndarray, weights: np.ndarray, gone: int
) -> None:
    left = [one for one in range(6) if one != gone]
    after = [left[at] for at in order_of(values[:, :, left], weights)]
    assert after == [one for one in order_of(values, weights) if one != gone]


@given(coarse_values, four_weights, st.integers(0, 5), st.integers(0, 3))
def test_a_worse_double_stands_behind_and_changes_no_other_place(
    values: np.ndarray, weights: np.ndarray, whose: int, which: int
) -> None:
    double = values[:, :, [whose]].copy()
    double[which] = np.where(np.isnan(double[which]), UNKNOWN, 0.0)
    with_it = order_of(np.concatenate([values, double], axis=2), weights)
    assert with_it.index(6) > with_it.index(whose)
    assert [one for one in with_it if one != 6] == order_of(values, weights)


@given(coarse_values, four_weights, st.sampled_from([2.0, 8.0, 0.25]))
def test_only_the_proportions_of_weights_matter(
    values: np.ndarray, weights: np.ndarray, factor: float
) -> None:
    one, other = weighted_sum(values, weights), weighted_sum(values, weights * factor)
    assert one.score.tobytes() == other.score.tobytes()
    assert order_of(values, weights) == order_of(values, weights * factor)


@given(values_of_four, four_weights, arrays(float, 4, elements=st.floats(-1e-6, 1e-6)))
def test_a_tiny_change_of_weights_changes_a_fit_by_little(
    values: np.ndarray, weights: np.ndarray, change: np.ndarray
) -> None:
    one, other = weighted_sum(values, weights), weighted_sum(values, weights + change)
    # A fit is a weighted mean, so it moves by at most twice the change beside the weight that is known.
    assert np.abs(one.score - other.score).max() <= 2 * np.abs(change).sum() / (weights.min() - 1e-6)


@given(values_of_four, four_weights)
def test_a_weight_of_nothing_is_as_good_as_no_criterion(values: np.ndarray, weights: np.ndarray) -> None:
    without = weighted_sum(values[:3], weights[:3])
    weights[3] = 0.0
    zeroed = weighted_sum(values, weights)
    assert zeroed.score.tobytes() == without.score.tobytes()
    assert zeroed.coverage.tobytes() == without.coverage.tobytes()


@given(values_of_four, st.lists(four_weights, min_size=1, max_size=4))
def test_many_weights_at_once_give_what_each_gives(values: np.ndarray, weights: list[np.ndarray]) -> None:
    score, coverage = weighted_sums(values[:, 0], np.array(weights))
    for at, own in enumerate(weights):
        alone = weighted_sum(values, own)
        assert score[at] == pytest.approx(alone.score[0], abs=1e-12)
        assert coverage[at] == pytest.approx(alone.coverage[0], abs=1e-12)
