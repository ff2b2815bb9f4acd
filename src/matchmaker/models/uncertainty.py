"""Rank uncertainty: how much of an order survives other reasonable weights and what is not known.

Stochastic multicriteria acceptability analysis (SMAA): weights are drawn around the preset from a Dirichlet
distribution, unknown criteria from the values of the other candidates. The shares of draws are rank
acceptabilities: they say how steady an order is, not how true, and nothing of the next publication, for which
`next_quarter` widens the intervals. Source: Lahdelma and Salminen (2001), Operations Research 49:444.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from matchmaker.models.types import RankUncertainty
from matchmaker.typing import Floats, Mask

Drawn = NDArray[np.float32]

N_DRAWS = 10_000
SEED = 20_260_822
CONCENTRATION = 60.0
"""Of the Dirichlet distribution: with 60, a weight of 0.20 mostly lies between 0.12 and 0.29."""
AT_ONCE = 1024
"""Candidates whose draws are worked out at once: 0.2 GB for 10,000 draws."""
MAX_PRODUCT, MIN_AT_ONCE = 250_000, 64
"""Multiplications in one product of matrices: above some 262,000 OpenBLAS starts threads, which on a busy
machine wait for one another for longer than the product takes; with fewer draws at once that does not pay."""
TOPS = (3, 5, 10)
MAX_PER_BYTE = 255
MIN_WIN_SHARE = 0.8
"""Two candidates are told apart where one is ahead in at least this share of the draws."""


def rank_draws(values: Floats, weights: Floats, draws: int = N_DRAWS, seed: int = SEED) -> Drawn:
    """Scores of all candidates under drawn weights and drawn unknowns: (draws, n); see `score_blocks`."""
    return np.concatenate(list(score_blocks(values, weights, draws, seed))).T


def score_blocks(
    values: Floats, weights: Floats, draws: int = N_DRAWS, seed: int = SEED, last: Mask | None = None
) -> Iterator[Drawn]:
    """Scores under drawn weights and drawn unknowns, `AT_ONCE` candidates at a time.

    Args:
        values: (k, n) criteria in 0 to 1; NaN is unknown.
        weights: (k,) not negative, at least one above 0.
        draws: how many.
        seed: of the generator; the same seed gives the same draws.
        last: (n,) which candidates stand behind all others whatever is drawn.

    Returns:
        (m, draws) scores of the next candidates; added up in double precision and kept in single, so that no
        processor's way of adding shows.
    """
    counted = np.flatnonzero(weights > 0)
    values, shares = values[counted], weights[counted] / weights.sum()
    drawn = _weight_draws(tuple(shares.tolist()), draws, seed)
    unknown = np.isnan(values)
    generator = np.random.default_rng(seed)
    pools = {}
    for k in np.flatnonzero(unknown.any(axis=1)).tolist():
        others = values[k, ~unknown[k]]
        # Where nobody's value is known, anything between 0 and 1 may be.
        pool = generator.choice(others, draws) if others.size else generator.random(draws)
        pools[k] = np.concatenate([pool, pool])
    n = values.shape[1]
    for begin in range(0, n, AT_ONCE):
        block = np.arange(begin, min(begin + AT_ONCE, n))
        known = np.where(unknown[:, block], 0.0, values[:, block]).T
        scores = np.empty((len(block), draws))
        at_once = MAX_PRODUCT // max(1, known.size)
        at_once = at_once if at_once >= MIN_AT_ONCE else max(1, draws)
        for first in range(0, draws, at_once):
            part = slice(first, first + at_once)
            np.matmul(known, drawn[:, part], out=scores[:, part])
        for k, pool in pools.items():
            for at in block[unknown[k, block]]:
                # Each candidate reads the pool from a place of its own, so that no two share a draw.
                start = at * draws // n
                scores[at - begin] += drawn[k] * pool[start : start + draws]
        kept = scores.astype(np.float32)
        if last is not None:
            kept[last[block]] -= 2.0
        yield kept


@lru_cache(maxsize=8)
def _weight_draws(shares: tuple[float, ...], draws: int, seed: int) -> Floats:
    """(k, draws) weights around their shares, adding up to 1; kept, since most questions share them."""
    alphas = CONCENTRATION * np.array(shares)
    drawn = np.random.default_rng([seed, 1]).standard_gamma(alphas[:, None], (len(shares), draws))
    drawn /= drawn.sum(axis=0)
    drawn.flags.writeable = False
    return drawn


def of_first(blocks: Iterable[Drawn], n_shown: int) -> tuple[list[RankUncertainty], int]:
    """How sure the places of the first candidates are.

    Args:
        blocks: the scores of all eligible candidates in the order of their places; see `score_blocks`.
        n_shown: of how many it is asked.

    Returns:
        Their rank intervals and chances of the first places; how many of them can't be told apart from the
        first one.
    """
    rest = iter(blocks)
    held: list[Drawn] = []
    while sum(len(block) for block in held) < n_shown:
        held.append(next(rest))
    shown = np.concatenate([block[:n_shown] for block in held])[:n_shown]
    return rank_intervals(chain(held, rest), shown), n_tied_with_first(shown)


def rank_intervals(blocks: Iterable[Drawn], shown: Drawn) -> list[RankUncertainty]:
    """Rank intervals and chances of the first places.

    Args:
        blocks: (m, draws) scores each, of all eligible candidates together.
        shown: (s, draws) scores of those asked about.
    """
    ahead = np.zeros(shown.shape, dtype=np.intp)
    for block in blocks:
        ahead += _ahead(block, shown)
    draws, out = shown.shape[1], []
    for count in ahead:
        within = np.cumsum(np.bincount(count, minlength=max(TOPS)))
        low, high = np.searchsorted(within, [0.05 * draws, 0.95 * draws])
        top_3, top_5, top_10 = (float(within[top - 1] / draws) for top in TOPS)
        first, last = int(low) + 1, int(high) + 1
        out.append(RankUncertainty(first, last, top_5, top_3, top_10, first, last))
    return out


def _ahead(scores: Drawn, shown: Drawn) -> NDArray[np.intp]:
    """(s, draws) how many of some candidates, (m, draws), are ahead of each of those shown, (s, draws)."""
    ahead = np.zeros(shown.shape, dtype=np.intp)
    is_ahead = np.empty(shown.shape, dtype=np.bool_)
    for first in range(0, len(scores), MAX_PER_BYTE):
        count = np.zeros(shown.shape, dtype=np.uint8)
        # One candidate against all shown: these stay in the nearest memory, where a whole block would not.
        for own in scores[first : first + MAX_PER_BYTE]:
            count += np.greater(own, shown, out=is_ahead).view(np.uint8)
        ahead += count
    return ahead


def n_tied_with_first(shown: Drawn) -> int:
    """How many of the first candidates can't be told apart from the first one.

    Args:
        shown: (s, draws) scores, from the first place on.

    Returns:
        1 where the first place stands out.
    """
    count = 1
    for own in shown[1:]:
        if np.mean(shown[0] > own) >= MIN_WIN_SHARE:
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
