"""Rank uncertainty: how much of an order survives other reasonable weights and what is not known.

Stochastic multicriteria acceptability analysis (SMAA): weights are drawn around the preset from a Dirichlet
distribution, unknown criteria from the values of the other candidates. The shares of draws are rank
acceptabilities: they say how steady an order is, not how true, and nothing of the next publication, for which
`next_quarter` widens the intervals. Source: Lahdelma and Salminen (2001), Operations Research 49:444.

Draws are even: each weight, and each unknown value, goes through its whole distribution in equal steps, in an
order of its own (Latin hypercube sampling: McKay, Beckman and Conover (1979), Technometrics 21:239). So 5,000
draws tell as much as 10,000 independent ones; see docs/adr/0017-even-draws.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from matchmaker.models.types import N_DRAWS, RankUncertainty
from matchmaker.typing import Floats, Mask

Drawn = NDArray[np.float32]
Orders = NDArray[np.intp]

SEED = 20_260_822
CONCENTRATION = 60.0
"""Of the Dirichlet distribution: with 60, a weight of 0.20 mostly lies between 0.12 and 0.29."""
AT_ONCE = 100_000
"""Scores that are worked out at once, which bounds memory: 20 candidates with 5,000 draws."""
MAX_PRODUCT = 250_000
"""Multiplications in one product of matrices: above some 262,000 OpenBLAS starts threads, which on a busy
machine wait for one another for longer than the product takes."""
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
    """Scores under drawn weights and drawn unknowns, `AT_ONCE` of them at a time.

    Args:
        values: (k, n) criteria in 0 to 1; NaN is unknown.
        weights: (k,) not negative, at least one above 0.
        draws: how many, 1 or more.
        seed: of the order in which distributions are gone through; the same seed gives the same draws.
        last: (n,) which candidates stand behind all others whatever is drawn.

    Returns:
        (m, draws) scores of the next candidates. Products of matrices are added up in double precision and
        kept in single, so that no processor's way of adding shows.
    """
    counted = np.flatnonzero(weights > 0)
    values, shares = values[counted], weights[counted] / weights.sum()
    drawn = _weight_draws(tuple(shares.tolist()), draws, seed)
    unknown = np.isnan(values)
    pools = {
        k: _pool(values[k, ~unknown[k]], _orders(len(values), draws, seed)[k])
        for k in np.flatnonzero(unknown.any(axis=1)).tolist()
    }
    single, part = drawn.astype(np.float32), np.empty(draws, dtype=np.float32)
    n = values.shape[1]
    each, rows = max(1, AT_ONCE // draws), max(1, MAX_PRODUCT // drawn.size)
    for begin in range(0, n, each):
        block = np.arange(begin, min(begin + each, n))
        known = np.where(unknown[:, block], 0.0, values[:, block]).T
        scores = np.empty((len(block), draws), dtype=np.float32)
        for first in range(0, len(block), rows):
            scores[first : first + rows] = known[first : first + rows] @ drawn
        for k, pool in pools.items():
            for at in block[unknown[k, block]].tolist():
                # Each candidate reads the pool from a place of its own, so that no two share a draw.
                start = at * draws // n
                scores[at - begin] += np.multiply(single[k], pool[start : start + draws], out=part)
        if last is not None:
            scores[last[block]] -= 2.0
        yield scores


@lru_cache(maxsize=8)
def _orders(rows: int, draws: int, seed: int) -> Orders:
    """(rows, draws) in each row the numbers from 0 in an order of its own; kept: all questions share it."""
    orders = np.random.default_rng(seed).permuted(np.tile(np.arange(draws), (rows, 1)), axis=1)
    orders.flags.writeable = False
    return orders


@lru_cache(maxsize=8)
def _normal_draws(rows: int, draws: int, seed: int) -> Floats:
    """(rows, draws) the standard normal distribution in equal steps, in each row in an order of its own."""
    quantile = NormalDist().inv_cdf
    steps = np.array([quantile((step + 0.5) / draws) for step in range(draws)])
    drawn: Floats = steps[_orders(rows, draws, seed + 1)]
    drawn.flags.writeable = False
    return drawn


@lru_cache(maxsize=8)
def _weight_draws(shares: tuple[float, ...], draws: int, seed: int) -> Floats:
    """(k, draws) weights around their shares, adding up to 1; kept, since most questions share them.

    A Dirichlet distribution is one of gammas over their sum. Their quantiles are those of Wilson and Hilferty
    (1931, PNAS 17:684): of a weight of 0.03 or more they miss no probability by more than 0.005.
    """
    alphas = CONCENTRATION * np.array(shares)[:, None]
    root = _normal_draws(len(shares), draws, seed) / (3.0 * np.sqrt(alphas))
    root += 1.0 - 1.0 / (9.0 * alphas)
    np.maximum(root, 0.0, out=root)
    drawn = root * root
    drawn *= root
    drawn *= alphas
    drawn /= drawn.sum(axis=0)
    drawn.flags.writeable = False
    return drawn


def _pool(others: Floats, order: Orders) -> Drawn:
    """(2 draws,) what an unknown value may be, twice over: values of others, each as often as the next."""
    draws = len(order)
    # Where nobody's value is known, anything between 0 and 1 may be.
    pool = others[order * len(others) // draws] if others.size else (order + 0.5) / draws
    return np.concatenate([pool, pool], dtype=np.float32, casting="same_kind")


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
    ahead, lowest = np.zeros(shown.shape, dtype=np.int32), shown.min(axis=0)
    for block in blocks:
        near = block[(block > lowest).any(axis=1)]  # the others are never ahead of any of them
        for first in range(0, len(near), MAX_PER_BYTE):
            ahead += _n_ahead(near[first : first + MAX_PER_BYTE], shown)
    draws, out = shown.shape[1], []
    for count in ahead:
        within = np.cumsum(np.bincount(count, minlength=max(TOPS)))
        low, high = np.searchsorted(within, [0.05 * draws, 0.95 * draws])
        top_3, top_5, top_10 = (float(within[top - 1] / draws) for top in TOPS)
        first, last = int(low) + 1, int(high) + 1
        out.append(RankUncertainty(first, last, top_5, top_3, top_10, first, last))
    return out


def _n_ahead(scores: Drawn, shown: Drawn) -> NDArray[np.uint8]:
    """(s, draws) how many of some candidates, at most `MAX_PER_BYTE`, are ahead of each of those shown."""
    count, is_ahead = np.zeros(shown.shape, dtype=np.uint8), np.empty(shown.shape, dtype=np.bool_)
    # One candidate against all shown: these stay in the nearest memory, where a whole block would not.
    for own in scores:
        count += np.greater(own, shown, out=is_ahead).view(np.uint8)
    return count


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
