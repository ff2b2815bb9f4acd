"""Intervals and tests for means over queries that are not independent.

Queries about one organisation belong together (one that was helped twice, or merged under several
codes), so organisations are drawn, or swapped, whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.typing import Floats

DRAWS = 10_000
SEED = 20_260_822
LEVEL = 0.95
EXACT_UP_TO = 14
"""Up to so many clusters with a difference, every one of the 2^n swaps is looked at."""
ROUNDING = 1e-12
"""Sums that differ by less are the same: additions in another order."""

Clusters = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval; `n` queries of `clusters` organisations."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


def clustered(labels: list[str]) -> Clusters:
    """Labels as numbers from 0, in the order in which they first appear.

    Returns:
        (n_queries,).
    """
    numbers = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    return np.array([numbers[label] for label in labels], dtype=np.intp)


def bootstrap_mean(values: Floats, clusters: Clusters, draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """The mean of values in 0 to 1 with a percentile interval from a cluster bootstrap.

    Where every query gives the same (no hit at all), drawing again shows no uncertainty although there is
    some. Then the other end is the exact (Clopper-Pearson) limit for as many independent queries as clusters.

    Args:
        values: (n_queries,) in 0 to 1.
        clusters: (n_queries,) numbers from 0.
        draws, seed: of the bootstrap.
    """
    found = bootstrap_difference(values, clusters, draws, seed)
    if found.low == found.high and found.value in (0.0, 1.0):
        reach = ((1 - LEVEL) / 2) ** (1 / found.clusters)
        low, high = (0.0, 1 - reach) if found.value == 0 else (reach, 1.0)
        return Estimate(found.value, low, high, found.n, found.clusters)
    return found


def bootstrap_difference(
    values: Floats, clusters: Clusters, draws: int = DRAWS, seed: int = SEED
) -> Estimate:
    """The mean of paired differences with a percentile interval from a cluster bootstrap.

    Method: Efron and Tibshirani 1993, chapter 13, with whole clusters drawn (Davison and Hinkley 1997,
    section 3.8). With fewer than about ten clusters such intervals are too short.

    Raises:
        ValueError: there are no queries.
    """
    sums, counts = _by_cluster(values, clusters)
    times = bootstrap_counts(len(sums), draws, seed)
    means = (times @ sums) / (times @ counts)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(np.mean(values)), float(low), float(high), len(values), len(sums))


def randomisation_test(
    differences: Floats, clusters: Clusters, draws: int = DRAWS, seed: int = SEED
) -> float:
    """Two-sided p that two methods are exchangeable: within a cluster, their results are swapped or not.

    All swaps are looked at where few clusters differ, else random ones, the actual result counted among
    them so that p is never 0 (Phipson and Smyth 2010).

    Args:
        differences: (n_queries,) one method's metric minus the other's.
        clusters: (n_queries,) numbers from 0.

    Raises:
        ValueError: there are no queries.
    """
    sums, _ = _by_cluster(differences, clusters)
    sums = sums[np.abs(sums) > ROUNDING]
    observed = abs(float(sums.sum())) - ROUNDING
    if len(sums) <= EXACT_UP_TO:
        every = 1 - 2 * ((np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))) & 1)
        return float(np.mean(np.abs(every @ sums) >= observed))
    swaps = _swaps(len(sums), draws, seed)
    return float((1 + np.count_nonzero(np.abs(swaps @ sums) >= observed)) / (1 + draws))


def holm(p_values: Floats) -> Floats:
    """P values raised for the number of tests made (Holm 1979).

    Args:
        p_values: (n,) in any order.

    Returns:
        (n,) in the same order; NaN stays NaN and counts as no test.
    """
    out = np.full(len(p_values), np.nan)
    order = [at for at in np.argsort(p_values, kind="stable") if not np.isnan(p_values[at])]
    highest = 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * float(p_values[at])))
        out[at] = highest
    return out


def exact_limits(hits: float, n: int) -> tuple[float, float]:
    """Limits of a share that hold at least as often as they say, however few there are.

    Method: Clopper and Pearson 1934, by quantiles of the beta distribution. Where hits are shared among tied
    candidates they need not be whole; the quantiles take that.

    Args:
        hits: of n independent queries.
        n: at least 1.
    """
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def sign_test(wins: int, losses: int) -> float:
    """Two-sided p that a win is as likely as a loss; ties say nothing, and with nothing else it is 1."""
    from scipy.stats import binomtest

    return float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0


@lru_cache(maxsize=16)
def bootstrap_counts(clusters: int, draws: int, seed: int) -> Floats:
    """(draws, clusters) how often each cluster is drawn in a bootstrap, with replacement."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws).astype(np.float64)


@lru_cache(maxsize=16)
def _swaps(clusters: int, draws: int, seed: int) -> Floats:
    """(draws, clusters) of 1 and -1 at random."""
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, clusters))


def _by_cluster(values: Floats, clusters: Clusters) -> tuple[Floats, Floats]:
    if not len(values):
        raise ValueError("there are no queries")
    sums = np.bincount(clusters, weights=values).astype(np.float64)
    return sums, np.bincount(clusters).astype(np.float64)
