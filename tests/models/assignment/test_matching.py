"""The assignment problem: optimal, ties included, and never beyond what is allowed."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models.assignment.matching import (
    UNASSIGNED,
    AssignmentProblem,
    any_optimal,
    greedy,
    max_pairs,
    optimal,
    optimal_value,
)

from .problems import allowed, billionths, every, problems


@given(problems())
def test_the_best_is_that_of_brute_force_ties_included(problem: AssignmentProblem) -> None:
    tried = max(every(problem), key=lambda one: billionths(problem, one))  # the first of the highest
    assert tuple(optimal(problem).tolist()) == tried
    assert optimal_value(problem) == pytest.approx(billionths(problem, tried) / 1e9, abs=1e-12)
    assert billionths(problem, tuple(any_optimal(problem).tolist())) == billionths(problem, tried)
    assert problem.total(optimal(problem)) == pytest.approx(optimal_value(problem), abs=1e-8)


@given(problems())
def test_capacity_and_exclusions_are_honoured(problem: AssignmentProblem) -> None:
    for partners in (optimal(problem), greedy(problem, np.arange(len(problem.fits)))):
        assert allowed(problem, tuple(partners.tolist()))


@given(problems())
def test_max_pairs_is_that_of_brute_force(problem: AssignmentProblem) -> None:
    assert max_pairs(problem) == max(sum(at != UNASSIGNED for at in one) for one in every(problem))


@given(problems(), st.data())
def test_a_better_pair_never_lowers_the_total(problem: AssignmentProblem, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, problem.fits.shape[0] - 1))
    at = data.draw(st.integers(0, problem.fits.shape[1] - 1))
    better = problem.fits.copy()
    before = 0.0 if math.isnan(better[row, at]) else better[row, at]
    better[row, at] = data.draw(st.floats(before, 1))
    assert optimal_value(replace(problem, fits=better)) >= optimal_value(problem)


@given(problems(), st.data())
def test_more_capacity_never_lowers_the_total(problem: AssignmentProblem, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(problem.capacity) - 1))
    capacity = problem.capacity.copy()
    capacity[at] += 1
    assert optimal_value(replace(problem, capacity=capacity)) >= optimal_value(problem)


@given(problems())
def test_taking_turns_is_never_better(problem: AssignmentProblem) -> None:
    total = problem.total(optimal(problem))
    for order in itertools.permutations(range(len(problem.fits))):
        assert problem.total(greedy(problem, np.array(order))) <= total + 1e-8


def test_a_known_case() -> None:
    """Alone, both would want the first partner; together, more is to be had."""
    problem = AssignmentProblem(
        np.array([[0.9, 0.8], [0.85, 0.1]]), np.array([1, 1]), np.zeros((2, 2), dtype=bool)
    )
    assert optimal(problem).tolist() == [1, 0]
    assert greedy(problem, np.array([0, 1])).tolist() == [0, 1]
    assert greedy(problem, np.array([1, 0])).tolist() == [1, 0]


def test_fits_are_told_apart_to_a_billionth() -> None:
    problem = AssignmentProblem(np.array([[0.5, 0.5 + 2e-9]]), np.array([1, 1]), np.zeros((1, 2), dtype=bool))
    assert optimal(problem).tolist() == [1]
    assert optimal(replace(problem, fits=np.array([[0.5, 0.5 + 2e-10]]))).tolist() == [0]


def test_help_that_runs_already_takes_up_no_capacity() -> None:
    ongoing = np.array([[True], [False]])
    problem = AssignmentProblem(np.array([[0.6], [0.9]]), np.array([0]), ongoing)
    assert optimal(problem).tolist() == [0, UNASSIGNED]
    assert optimal(replace(problem, capacity=np.array([1]))).tolist() == [0, 0]


def test_thousands_of_recipients_are_matched_with_partners_that_have_a_load() -> None:
    chance = np.random.default_rng(1)
    fits = np.full((2_500, 2_400), np.nan)
    for row in fits:
        row[chance.choice(2_400, 40, replace=False)] = chance.random(40).round(2)  # with many ties
    problem = AssignmentProblem(fits, np.full(2_400, 2), chance.random(fits.shape) < 0.001)
    found = optimal(problem)
    assert allowed(problem, tuple(found.tolist()))
    assert billionths(problem, tuple(found.tolist())) == billionths(
        problem, tuple(any_optimal(problem).tolist())
    )
    assert problem.total(found) > problem.total(greedy(problem, np.arange(2_500)))
