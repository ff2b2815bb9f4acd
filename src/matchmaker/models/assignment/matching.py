"""The assignment problem: the most total fit that recipients, and partners with capacities, can have.

Solved exactly by SciPy's `min_weight_full_bipartite_matching` (Jonker and Volgenant 1987) on the pairs that
may be made: a partner with capacity for several stands as several columns, and one further column for each
recipient stands for no partner. `earliest` then breaks ties.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.models.assignment.earliest import earliest
from matchmaker.typing import Floats, Mask, Rows

UNASSIGNED = -1
"""The partner of a recipient that has none."""
PRECISION = 1e9
"""Fits are added in whole billionths: sums are then exact, and equal totals are equal."""


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
    partners, _ = _solve(problem)
    return _or_none(problem, earliest(exact(problem.fits), problem.capacity, problem.ongoing, partners))


def any_optimal(problem: AssignmentProblem) -> Rows:
    """An assignment with the most total fit, without breaking ties: much quicker."""
    partners, _ = _solve(problem)
    return _or_none(problem, partners)


def optimal_value(problem: AssignmentProblem) -> float:
    """The most total fit."""
    return _solve(problem)[1] / PRECISION


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


def _or_none(problem: AssignmentProblem, partners: Rows) -> Rows:
    return np.where(partners == len(problem.capacity), UNASSIGNED, partners)


def _columns(problem: AssignmentProblem) -> tuple[Rows, Rows, Floats, Rows]:
    """Row, column and value of every pair that may be made, and (c,) the partner of each column, n for none.

    A partner stands as a column for each that it can take on, one for each that it helps already, and each
    recipient has a column for no partner.
    """
    recipients, count = problem.fits.shape
    rows, partners = np.nonzero(~np.isnan(problem.fits))
    values = exact(problem.fits[rows, partners])
    helped = problem.ongoing[rows, partners]
    capacity = np.maximum(problem.capacity, 0)
    first = np.concatenate([[0], np.cumsum(capacity)])
    own = np.flatnonzero(helped)
    shared = np.flatnonzero(~helped)
    times = capacity[partners[shared]]
    each = np.repeat(shared, times)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(times) - times, times)
    none = first[-1] + len(own) + np.arange(recipients)
    return (
        np.concatenate([rows[each], rows[own], np.arange(recipients)]),
        np.concatenate([first[partners[each]] + nth, first[-1] + np.arange(len(own)), none]),
        np.concatenate([values[each], values[own], np.zeros(recipients)]),
        np.concatenate([np.repeat(np.arange(count), capacity), partners[own], np.full(recipients, count)]),
    )


def _solve(problem: AssignmentProblem) -> tuple[Rows, float]:
    """(r,) partners of an assignment with the most total fit, n for none, and the total in billionths."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    recipients, count = problem.fits.shape
    if not recipients:
        return np.zeros(0, dtype=np.intp), 0.0
    rows, columns, values, partner = _columns(problem)
    # Every recipient has one column, so that 1 more for each changes nothing; a stored 0 would be no pair.
    graph = csr_array((values + 1.0, (rows, columns)), shape=(recipients, len(partner)))
    at, taken = min_weight_full_bipartite_matching(graph, maximize=True)
    partners = np.full(recipients, count)
    partners[at] = partner[taken]
    made = np.flatnonzero(partners < count)
    return partners, float(exact(problem.fits[made, partners[made]]).sum())
