"""Who would rather have whom: pairs that an assignment passes over although both sides would gain.

Such a pair is called a blocking pair (Gale and Shapley, 1962). The most total fit can leave some: they
are told, with what making each would cost the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.models.assignment.matching import STEPS, UNASSIGNED, AssignmentProblem, optimal_value, steps
from matchmaker.typing import Rows


@dataclass(frozen=True, slots=True)
class Rivals:
    """A pair that both sides would rather have.

    Attributes:
        recipient, partner: rows of the market.
        displaced: the recipient that would lose its partner; `NOBODY` where the partner has room.
        lost: fit that the best assignment with this pair has less in total.
    """

    recipient: int
    partner: int
    displaced: int
    lost: float


def rivals(market: AssignmentProblem, partners: Rows) -> list[Rivals]:
    """All pairs whose fit is better than what both of its sides got, in the order of their codes.

    A partner prefers the recipient that it fits best, and would give up the one that it fits least.

    Args:
        market: who may be paired.
        partners: (r,) the partner of each recipient, or `NOBODY`.
    """
    fits = steps(market.fits)
    every = np.arange(len(partners))
    got = np.where(partners == UNASSIGNED, -1.0, fits[every, partners])
    total = optimal_value(market)
    out = []
    for row, at in np.argwhere(fits > got[:, None]).tolist():
        held = every[(partners == at) & ~market.running[every, at]]
        displaced = UNASSIGNED
        if not market.running[row, at] and len(held) >= market.room[at]:
            displaced = min(held.tolist(), key=lambda one: (fits[one, at], -one), default=UNASSIGNED)
            if displaced == UNASSIGNED or fits[row, at] <= fits[displaced, at]:
                continue
        with_it = fits[row, at] / STEPS + optimal_value(market.without(row, at))
        lost = round(total - with_it, 9) + 0.0  # not -0.0
        out.append(Rivals(row, at, displaced, lost))
    return out
