"""Rank uncertainty: how much of an order survives other reasonable weights and what is not known.

Stochastic multicriteria acceptability analysis (SMAA): weights are drawn around the preset from a Dirichlet
distribution, unknown criteria from the values of the other candidates. The shares of draws are rank
acceptabilities: they say how steady an order is, not how true, and nothing of the next publication, for which
`next_quarter` widens the intervals. Source: Lahdelma and Salminen (2001), Operations Research 49:444.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.models.types import RankUncertainty
from matchmaker.typing import Floats, Rows

Drawn = NDArray[np.float32]

N_DRAWS = 10_000
SEED = 20_260_822
CONCENTRATION = 60.0
"""Of the Dirichlet distribution: with 60, a weight of 0.20 mostly lies between 0.12 and 0.29."""
MAX_PRODUCT, MIN_AT_ONCE = 250_000, 64
"""Multiplications in one product of matrices: above some 262,000 OpenBLAS starts threads, which on a busy
machine wait for one another for longer than the product takes; with fewer draws at once that does not pay."""
TOPS = (3, 5, 10)
MAX_PER_BYTE = 255
MIN_WIN_SHARE = 0.8
"""Two candidates are told apart where one is ahead in at least this share of the draws."""


def rank_draws(values: Floats, weights: Floats, draws: int = N_DRAWS, seed: int = SEED) -> Drawn:
    """Scores of all candidates under drawn weights and drawn unknowns.

    Args:
        values: (k, n) criteria in 0 to 1; NaN is unknown.
        weights: (k,) not negative, at least one above 0.
        draws: how many.
        seed: of the generator; the same seed gives the same draws.

    Returns:
        (draws, n) scores; added up in double precision and kept in single, so that no processor's way
        of adding shows.
    """
    counted = np.flatnonzero(weights > 0)
    values, shares = values[counted], weights[counted] / weights.sum()
    drawn = _weight_draws(tuple(shares.tolist()), draws, seed)
    unknown = np.isnan(values)
    known, scores = np.where(unknown, 0.0, values).T, np.empty((values.shape[1], draws))
    at_once = MAX_PRODUCT // max(1, values.size)
    at_once = at_once if at_once >= MIN_AT_ONCE else max(1, draws)
    for first in range(0, draws, at_once):
        part = slice(first, first + at_once)
        np.matmul(known, drawn[:, part], out=scores[:, part])
    generator = np.random.default_rng(seed)
    for k in np.flatnonzero(unknown.any(axis=1)):
        others = values[k, ~unknown[k]]
        # Where nobody's value is known, anything between 0 and 1 may be.
        pool = generator.choice(others, draws) if others.size else generator.random(draws)
        # Each candidate reads the pool from a place of its own, so that no two share a draw.
        pool = np.concatenate([pool, pool])
        for at in np.flatnonzero(unknown[k]):
            start = at * draws // values.shape[1]
            scores[at] += drawn[k] * pool[start : start + draws]
    return scores.astype(np.float32).T


@lru_cache(maxsize=8)
def _weight_draws(shares: tuple[float, ...], draws: int, seed: int) -> Floats:
    """(k, draws) weights around their shares, adding up to 1; kept, since most questions share them."""
    alphas = CONCENTRATION * np.array(shares)
    drawn = np.random.default_rng([seed, 1]).standard_gamma(alphas[:, None], (len(shares), draws))
    drawn /= drawn.sum(axis=0)
    drawn.flags.writeable = False
    return drawn


def rank_intervals(scores: Drawn, shown: Rows) -> list[RankUncertainty]:
    """Rank intervals and chances of the first places.

    Args:
        scores: (draws, n) of the eligible candidates.
        shown: columns of the candidates asked about.
    """
    out = []
    for at in shown:
        within = np.cumsum(np.bincount(_ahead(scores.T, at), minlength=max(TOPS)))
        low, high = np.searchsorted(within, [0.05 * len(scores), 0.95 * len(scores)])
        top_3, top_5, top_10 = (float(within[top - 1] / len(scores)) for top in TOPS)
        first, last = int(low) + 1, int(high) + 1
        out.append(RankUncertainty(first, last, top_5, top_3, top_10, first, last))
    return out


def _ahead(scores: Drawn, at: int) -> NDArray[np.intp]:
    """(draws,) how many candidates are ahead of one.

    Args:
        scores: (n, draws).
        at: the candidate's row.
    """
    ahead = np.zeros(scores.shape[1], dtype=np.intp)
    for first in range(0, len(scores), MAX_PER_BYTE):
        block = scores[first : first + MAX_PER_BYTE] > scores[at]
        ahead += np.add.reduce(block.view(np.uint8), axis=0, dtype=np.uint8)
    return ahead


def n_tied_with_first(scores: Drawn, order: Rows) -> int:
    """How many of the first candidates can't be told apart from the first one.

    Args:
        scores: (draws, n).
        order: columns from the first place on.

    Returns:
        1 where the first place stands out.
    """
    first = scores[:, order[0]]
    count = 1
    for at in order[1:]:
        if np.mean(first > scores[:, at]) >= MIN_WIN_SHARE:
            break
        count += 1
    return count


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def describe_ties(same: int, listed: int) -> str:
    """The number of leaders that can't be told apart, in one sentence."""
    if same == 1:
        return "The first option stays ahead under most reasonable weights."
    if same >= listed:
        return "None of the options shown can be told apart from the first: read them as a group."
    word = NUMBERS[same] if same < len(NUMBERS) else str(same)
    return f"The first {word} can't be told apart: read them as a group."
