"""How near the top of a ranking the partner stands that was chosen in fact.

A query has one right answer. Candidates with equal scores have no order, so each metric is its mean
over every order of the tied (the expectation under random tie-breaking). A ranker that gives all
candidates one score therefore scores exactly like chance, and no code or name can help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.models.ranking import DECIMALS, MIN_COVERAGE
from matchmaker.typing import Floats


@dataclass(frozen=True, slots=True)
class TiedRank:
    """Where the right answer stands.

    Attributes:
        better: how many candidates stand before it whatever the order of the tied.
        tied: how many have its score, itself included; 1 is no tie.
        among: how many candidates there are.
    """

    better: int
    tied: int
    among: int

    def __post_init__(self) -> None:
        if not (self.better >= 0 and self.tied >= 1 and self.better + self.tied <= self.among):
            raise ValueError(f"{self} is no place in a ranking")

    @property
    def ranks(self) -> NDArray[np.int64]:
        """The ranks it may have, from 1, each as likely as the other."""
        return np.arange(self.better + 1, self.better + self.tied + 1)

    @property
    def mean_rank(self) -> float:
        """The middle of its ranks."""
        return self.better + (self.tied + 1) / 2


def tied_rank(score: Floats, coverage: Floats, eligible: NDArray[np.bool_], chosen: int) -> TiedRank:
    """Where a candidate stands among the eligible: in the order of `order.in_order`, but for ties.

    Args:
        score, coverage: (n,) of one recipient.
        eligible: (n,).
        chosen: row of the right answer.

    Raises:
        ValueError: the right answer is not eligible.
    """
    if not eligible[chosen]:
        raise ValueError("the right answer is not eligible, so it has no place")
    enough = coverage >= MIN_COVERAGE
    score = score.round(DECIMALS)
    same_group = enough == enough[chosen]
    better = (enough & ~enough[chosen]) | (same_group & (score > score[chosen]))
    tied = same_group & (score == score[chosen])
    return TiedRank(int((better & eligible).sum()), int((tied & eligible).sum()), int(eligible.sum()))


def hit(at: TiedRank, k: int) -> float:
    """The chance that it is among the first k."""
    return min(max((k - at.better) / at.tied, 0.0), 1.0)


def reciprocal_rank(at: TiedRank) -> float:
    """One divided by the rank: 1 for the first place, 0.1 for the tenth."""
    return float(np.mean(1.0 / at.ranks))


def ndcg(at: TiedRank, k: int) -> float:
    """Normalised discounted cumulative gain: 1 / log2(1 + rank) within the first k, else 0.

    With one right answer the ideal gain is 1 (Järvelin and Kekäläinen 2002).
    """
    ranks = at.ranks
    return float(np.mean(np.where(ranks <= k, 1.0 / np.log2(1.0 + ranks), 0.0)))


def percentile(at: TiedRank) -> float:
    """The share of the other candidates that stand before it: 0 is first, 1 last, 0.5 chance.

    A query with one candidate says nothing and counts as 0.5.
    """
    return (at.mean_rank - 1) / (at.among - 1) if at.among > 1 else 0.5


METRICS: dict[str, Callable[[TiedRank], float]] = {
    "hit@1": lambda at: hit(at, 1),
    "hit@3": lambda at: hit(at, 3),
    "hit@5": lambda at: hit(at, 5),
    "hit@10": lambda at: hit(at, 10),
    "mrr": reciprocal_rank,
    "ndcg@10": lambda at: ndcg(at, 10),
    "percentile": percentile,
}
"""Every metric by name; all are in 0 to 1."""

LOWER_IS_BETTER = frozenset({"percentile"})

MISSED: dict[str, float] = {name: float(name in LOWER_IS_BETTER) for name in METRICS}
"""What a query counts as whose right answer is not eligible, where such queries count as missed."""


def chance(among: int) -> TiedRank:
    """The rank that a ranker gives which can't tell any two candidates apart."""
    return TiedRank(0, among, among)
