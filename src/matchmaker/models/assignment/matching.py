"""The most total fit that recipients, and partners with limited room, can have between them.

An assignment problem (Kuhn, 1955), solved exactly by SciPy's `linear_sum_assignment` (Crouse, 2016): a
partner with room for several stands as several columns, and one further column for each recipient
stands for going without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.typing import Floats, Rows

UNASSIGNED = -1
STEPS = 1e9
"""Fits are added in whole billionths: sums are then exact, and equal totals are equal."""
FORBIDDEN = -1e13
"""What a pair that may not be made is worth: more than all fits together could make up for."""


@dataclass(frozen=True, slots=True)
class AssignmentProblem:
    """Who may be paired with whom, and how well they fit.

    Attributes:
        fits: (r, n) of recipients and partners, not negative; NaN where a pair may not be made. Both
            stand in the order of their codes, which decides between equals.
        room: (n,) how many recipients each partner can take on.
        running: (r, n) pairs already at work, which take up no room.
    """

    fits: Floats
    room: Rows
    running: NDArray[np.bool_]

    def total(self, partners: Rows) -> float:
        """What some pairs add up to.

        Args:
            partners: (r,) the partner of each recipient; `NOBODY` adds nothing.
        """
        return math.fsum(self.fits[row, at] for row, at in enumerate(partners) if at != UNASSIGNED)

    def without(self, recipient: int, partner: int) -> AssignmentProblem:
        """What is left once a pair is made."""
        room = self.room.copy()
        room[partner] -= not self.running[recipient, partner]
        fits = self.fits.copy()
        fits[recipient] = np.nan
        return replace(self, fits=fits, room=room)


def steps(fits: Floats) -> Floats:
    """Fits in whole billionths; NaN stays."""
    return np.rint(fits * STEPS)


def optimal(market: AssignmentProblem) -> Rows:
    """The partner of each recipient in the assignment with the most total fit.

    Among assignments with the same total, the first recipient gets the earliest partner that it can
    have, then the second, and so on; any partner comes before none.

    Returns:
        (r,) partners; `NOBODY` where none adds to the total.
    """
    worth, partner = _table(market)
    taken, total = _solved(worth)
    for row in range(len(worth)):
        while (earlier := partner < partner[taken[row]]).any():
            trial = worth.copy()
            trial[row, ~earlier] = FORBIDDEN
            found, reached = _solved(trial)
            if reached < total:
                break
            taken = found
        worth[row, partner != partner[taken[row]]] = FORBIDDEN
    return _named(market, partner[taken])


def any_optimal(market: AssignmentProblem) -> Rows:
    """An assignment with the most total fit, without settling which of equals: much quicker."""
    worth, partner = _table(market)
    return _named(market, partner[_solved(worth)[0]])


def optimal_value(market: AssignmentProblem) -> float:
    """The total of the best assignment."""
    return _solved(_table(market)[0])[1] / STEPS


def most_pairs(market: AssignmentProblem) -> int:
    """How many recipients could have a partner at once, whatever the fit."""
    return round(optimal_value(replace(market, fits=np.where(np.isnan(market.fits), np.nan, 1.0))))


def greedy(market: AssignmentProblem, order: Rows) -> Rows:
    """Each recipient in turn takes the partner with the best fit that has room.

    Args:
        market: who may be paired.
        order: (r,) recipients, the first to choose first.

    Returns:
        (r,) partners; `NOBODY` where none is left.
    """
    room = market.room.copy()
    partners = np.full(len(market.fits), UNASSIGNED, dtype=np.intp)
    for row in order:
        free = np.where((room > 0) | market.running[row], steps(market.fits[row]), np.nan)
        if not np.isnan(free).all():
            at = int(np.nanargmax(free))
            partners[row] = at
            room[at] -= not market.running[row, at]
    return partners


def _table(market: AssignmentProblem) -> tuple[Floats, Rows]:
    """(r, c) what each place is worth, and (c,) whose place it is, n for going without."""
    recipients, count = market.fits.shape
    worth = np.where(np.isnan(market.fits), FORBIDDEN, steps(market.fits))
    shared = np.repeat(np.arange(count), np.maximum(market.room, 0))
    rows, own = np.nonzero(market.running & ~np.isnan(market.fits))
    kept = np.full((recipients, len(rows)), FORBIDDEN)
    kept[rows, np.arange(len(rows))] = worth[rows, own]
    none = np.zeros((recipients, recipients))
    partner = np.concatenate([shared, own, np.full(recipients, count)])
    return np.hstack([worth[:, shared], kept, none]), partner


def _named(market: AssignmentProblem, partner: Rows) -> Rows:
    return np.where(partner == len(market.room), UNASSIGNED, partner)


def _solved(worth: Floats) -> tuple[Rows, float]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return columns, float(worth[rows, columns].sum())
