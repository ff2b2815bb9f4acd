"""The one order: enough coverage first, then the score, then the code."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker.models.ranking import outranks, rank_candidates

EVERY = np.ones(4, dtype=bool)
in_steps = arrays(float, 6, elements=st.integers(0, 4).map(lambda step: step / 4))


def order(score: list[float], coverage: list[float], eligible: np.ndarray = EVERY) -> list[int]:
    return rank_candidates(np.array(score), np.array(coverage), eligible).tolist()


def test_the_higher_score_first_and_equals_by_code() -> None:
    assert order([0.2, 0.7, 0.7, 0.9], [1, 1, 1, 1]) == [3, 1, 2, 0]


def test_less_than_half_known_comes_last() -> None:
    assert order([0.2, 0.7, 0.8, 0.9], [1, 0.5, 0.5 - 1e-12, 0.499]) == [2, 1, 0, 3]


def test_scores_that_differ_from_the_thirteenth_decimal_on_are_equal() -> None:
    assert order([0.5, 0.5 + 4e-13, 0.5, 0.5 + 2e-12], [1, 1, 1, 1]) == [3, 0, 1, 2]


def test_only_the_eligible_are_ranked() -> None:
    assert order([0.2, 0.7, 0.8, 0.9], [1, 1, 1, 1], np.array([True, False, True, False])) == [2, 0]
    assert order([0.2, 0.7, 0.8, 0.9], [1, 1, 1, 1], ~EVERY) == []


@given(in_steps, in_steps, st.integers(0, 5))
def test_those_ahead_of_one_are_those_before_it_in_order(
    score: np.ndarray, coverage: np.ndarray, at: int
) -> None:
    ranked = rank_candidates(score, coverage, np.ones(6, dtype=bool)).tolist()
    assert np.flatnonzero(outranks(score, coverage, at)).tolist() == sorted(ranked[: ranked.index(at)])
