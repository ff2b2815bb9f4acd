"""Blocking pairs (Gale and Shapley, 1962): passed over although both sides would gain.

The assignment with the most total fit can leave some: each is listed with what making it would cost the
others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchmaker.models.assignment.matching import (
    PRECISION,
    UNASSIGNED,
    AssignmentProblem,
    exact,
    optimal_value,
)
from matchmaker.typing import Rows


class Blocking(NamedTuple):
    """A blocking pair, as rows of the problem."""

    recipient: int
    partner: int
    displaced: int
    """The recipient that would lose its partner; `UNASSIGNED` where the partner has capacity left."""
    total_loss: float
    """Fit that the best assignment with this pair has less in total."""


def blocking_pairs(problem: AssignmentProblem, partners: Rows) -> list[Blocking]:
    """All pairs whose fit is better than what both of its sides got, in the order of their codes.

    A partner prefers the recipient that it fits best, and would give up the one that it fits least.

    Args:
        problem: who may be paired.
        partners: (r,) the partner of each recipient, or `UNASSIGNED`.
    """
    fits = exact(problem.fits)
    every = np.arange(len(partners))
    got = np.full(len(partners), -1.0)
    assigned = partners != UNASSIGNED
    got[assigned] = fits[every[assigned], partners[assigned]]
    total = optimal_value(problem)
    out = []
    for row, at in np.argwhere(fits > got[:, None]).tolist():
        holders = every[(partners == at) & ~problem.ongoing[every, at]]
        displaced = UNASSIGNED
        if not problem.ongoing[row, at] and len(holders) >= problem.capacity[at]:
            displaced = min(holders.tolist(), key=lambda one: (fits[one, at], -one), default=UNASSIGNED)
            if displaced == UNASSIGNED or fits[row, at] <= fits[displaced, at]:
                continue
        with_it = fits[row, at] / PRECISION + optimal_value(problem.after(row, at))
        total_loss = round(total - with_it, 9) + 0.0  # not -0.0
        out.append(Blocking(row, at, displaced, total_loss))
    return out
