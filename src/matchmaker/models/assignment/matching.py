"""The assignment problem: the most total fit that recipients, and partners with capacities, can have.

Solved exactly (Kuhn, 1955) by SciPy's `linear_sum_assignment` (Crouse, 2016): a partner with capacity for
several stands as several columns, and one further column for each recipient stands for no partner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.typing import Floats, Mask, Rows

UNASSIGNED = -1
"""The partner of a recipient that has none."""
PRECISION = 1e9
"""Fits are added in whole billionths: sums are then exact, and equal totals are equal."""
FORBIDDEN = -1e13
"""Value of a pair that may not be made: more than all fits together could make up for."""


@dataclass(frozen=True, slots=True)
class AssignmentProblem:
    """Who may be paired with whom, and how well they fit."""

    fits: Floats
    """(r, n) of recipients and partners, not negative; NaN where a pair may not be made. Both are in the
    order of their codes, which breaks ties."""
    capacity: Rows
    """(n,) how many recipients each partner can take on."""
    ongoing: Mask
    """(r, n) pairs of which the partner helps the recipient already; they take up no capacity."""

    def total(self, partners: Rows) -> float:
        """The sum of the fits of some pairs.

        Args:
            partners: (r,) the partner of each recipient; `UNASSIGNED` adds nothing.
        """
        return math.fsum(self.fits[row, at] for row, at in enumerate(partners) if at != UNASSIGNED)

    def after(self, recipient: int, partner: int) -> AssignmentProblem:
        """The problem that remains once a pair is made."""
        capacity = self.capacity.copy()
        capacity[partner] -= not self.ongoing[recipient, partner]
        fits = self.fits.copy()
        fits[recipient] = np.nan
        return replace(self, fits=fits, capacity=capacity)


def exact(fits: Floats) -> Floats:
    """Fits in whole billionths; NaN stays."""
    return np.rint(fits * PRECISION)


def optimal(problem: AssignmentProblem) -> Rows:
    """The partner of each recipient in the assignment with the most total fit.

    Among assignments with the same total, the first recipient gets the earliest partner that it can
    have, then the second, and so on; any partner comes before none.

    Returns:
        (r,) partners; `UNASSIGNED` where none adds to the total.
    """
    values, partner = _value_matrix(problem)
    taken, total = _solve(values)
    for row in range(len(values)):
        while (earlier := partner < partner[taken[row]]).any():
            trial = values.copy()
            trial[row, ~earlier] = FORBIDDEN
            found, reached = _solve(trial)
            if reached < total:
                break
            taken = found
        values[row, partner != partner[taken[row]]] = FORBIDDEN
    return _partners(problem, partner[taken])


def any_optimal(problem: AssignmentProblem) -> Rows:
    """An assignment with the most total fit, without breaking ties: much quicker."""
    values, partner = _value_matrix(problem)
    return _partners(problem, partner[_solve(values)[0]])


def optimal_value(problem: AssignmentProblem) -> float:
    """The most total fit."""
    return _solve(_value_matrix(problem)[0])[1] / PRECISION


def max_pairs(problem: AssignmentProblem) -> int:
    """How many recipients could have a partner at once, whatever the fit (maximum cardinality matching)."""
    return round(optimal_value(replace(problem, fits=np.where(np.isnan(problem.fits), np.nan, 1.0))))


def greedy(problem: AssignmentProblem, order: Rows) -> Rows:
    """Serial dictatorship: each recipient in turn takes the partner with the best fit that has capacity left.

    Args:
        problem: who may be paired.
        order: (r,) recipients, the first to choose first.

    Returns:
        (r,) partners; `UNASSIGNED` where none is left.
    """
    capacity = problem.capacity.copy()
    partners = np.full(len(problem.fits), UNASSIGNED, dtype=np.intp)
    for row in order:
        free = np.where((capacity > 0) | problem.ongoing[row], exact(problem.fits[row]), np.nan)
        if not np.isnan(free).all():
            at = int(np.nanargmax(free))
            partners[row] = at
            capacity[at] -= not problem.ongoing[row, at]
    return partners


def _value_matrix(problem: AssignmentProblem) -> tuple[Floats, Rows]:
    """(r, c) the value of each column to each recipient; (c,) its partner, n for none."""
    recipients, count = problem.fits.shape
    values = np.where(np.isnan(problem.fits), FORBIDDEN, exact(problem.fits))
    # A partner that nobody can have needs no column; among many thousands nearly all are such.
    wanted = ~np.isnan(problem.fits).all(axis=0)
    shared = np.repeat(np.arange(count), np.where(wanted, np.maximum(problem.capacity, 0), 0))
    rows, own = np.nonzero(problem.ongoing & ~np.isnan(problem.fits))
    reserved = np.full((recipients, len(rows)), FORBIDDEN)
    reserved[rows, np.arange(len(rows))] = values[rows, own]
    none = np.zeros((recipients, recipients))
    partner = np.concatenate([shared, own, np.full(recipients, count)])
    return np.hstack([values[:, shared], reserved, none]), partner


def _partners(problem: AssignmentProblem, partner: Rows) -> Rows:
    return np.where(partner == len(problem.capacity), UNASSIGNED, partner)


def _solve(values: Floats) -> tuple[Rows, float]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(values, maximize=True)
    return columns, float(values[rows, columns].sum())
