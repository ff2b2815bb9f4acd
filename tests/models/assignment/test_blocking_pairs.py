"""Blocking pairs: all of them, with what each would cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from matchmaker.models.assignment.blocking_pairs import blocking_pairs
from matchmaker.models.assignment.matching import UNASSIGNED, AssignmentProblem, exact, optimal

from .problems import billionths, every, problems


@given(problems(most=3))
def test_these_are_all_blocking_pairs_with_what_they_cost(problem: AssignmentProblem) -> None:
    partners = tuple(optimal(problem).tolist())
    fits, found = exact(problem.fits), {}
    for row, at in np.ndindex(*problem.fits.shape):
        got = -1.0 if partners[row] == UNASSIGNED else fits[row, partners[row]]
        if not fits[row, at] > got:
            continue
        counted = [r for r, has in enumerate(partners) if has == at and not problem.ongoing[r, at]]
        free = problem.ongoing[row, at] or len(counted) < problem.capacity[at]
        if free or any(fits[r, at] < fits[row, at] for r in counted):
            with_it = [one for one in every(problem) if one[row] == at]
            found[row, at] = (
                billionths(problem, partners) - max(billionths(problem, one) for one in with_it)
            ) / 1e9
    told = {
        (one.recipient, one.partner): one.total_loss for one in blocking_pairs(problem, np.array(partners))
    }
    assert told == pytest.approx(found, abs=1e-9)
    assert all(loss >= 0 for loss in told.values())


def test_a_known_case() -> None:
    """Alone, both would want the first partner; making that pair would cost the total 0.65."""
    problem = AssignmentProblem(
        np.array([[0.9, 0.8], [0.85, 0.1]]), np.array([1, 1]), np.zeros((2, 2), dtype=bool)
    )
    (pair,) = blocking_pairs(problem, optimal(problem))
    assert (pair.recipient, pair.partner, pair.displaced) == (0, 0, 1)
    assert pair.total_loss == pytest.approx(0.65)
