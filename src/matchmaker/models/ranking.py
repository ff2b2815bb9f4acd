"""The one order of candidates, whatever the method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matchmaker.typing import Floats, Rows

MIN_COVERAGE = 0.5 - 1e-9
"""Candidates with less of the weight known than half (however it was rounded) stand after all others."""

DECIMALS = 12
"""Scores that are the same to so many decimals are equal: what is left is how they were added up."""


def rank_candidates(score: Floats, coverage: Floats, eligible: NDArray[np.bool_]) -> Rows:
    """Eligible candidates: enough coverage first, then the score, then the code.

    Args:
        score, coverage: (n,) of one recipient.
        eligible: (n,).
    """
    at = np.flatnonzero(eligible)
    thin = coverage[at] < MIN_COVERAGE
    return at[np.lexsort((at, -score[at].round(DECIMALS), thin))]  # rows stand in the order of the codes


def outranks(score: Floats, coverage: Floats, at: int) -> NDArray[np.bool_]:
    """Which candidates stand before one of them in that order.

    Args:
        score, coverage: (..., n) of candidates in the order of their codes.
        at: the one.

    Returns:
        (..., n).
    """
    score, thin = score.round(DECIMALS), coverage < MIN_COVERAGE
    own, own_thin = score[..., [at]], thin[..., [at]]
    earlier = np.arange(score.shape[-1]) < at
    by_score = (score > own) | ((score == own) & earlier)
    ahead: NDArray[np.bool_] = (~thin & own_thin) | ((thin == own_thin) & by_score)
    return ahead
