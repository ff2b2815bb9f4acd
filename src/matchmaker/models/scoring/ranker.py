"""What every method of ranking is: a base value, and components whose contributions add up to the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matchmaker.typing import Floats, Rows


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a score.

    Attributes:
        weight: as given or learned; for showing only.
        dimension: whose figures lie behind it, if any.
        features: or which features' figures.
        of_focus: or those of the recipient's focus areas.
    """

    name: str
    label: str
    weight: float
    evidence: tuple[str, ...] = ()
    dimension: str | None = None
    features: tuple[str, ...] = ()
    of_focus: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of recipients (r) and candidates (n) in k components; higher is better.

    Attributes:
        base_value: what every candidate begins with.
        values: (k, r, n) what each component saw; NaN is unknown.
        contributions: (k, r, n); exactly 0 where the component is unknown.
        score: (r, n); the base value plus the contributions, added in the order of the components.
        coverage: (r, n); the share of the weight that was known.
    """

    base_value: float
    values: Floats
    contributions: Floats
    score: Floats
    coverage: Floats

    def of(self, at: int) -> Scores:
        """(k, 1, n) and (1, n) those of one of the recipients."""
        one = slice(at, at + 1)
        values, contributions = self.values[:, one], self.contributions[:, one]
        return Scores(self.base_value, values, contributions, self.score[one], self.coverage[one])

    def among(self, candidates: Rows | list[int]) -> Scores:
        """(k, r, m) and (r, m) those of some candidates."""
        values, contributions = self.values[:, :, candidates], self.contributions[:, :, candidates]
        score, coverage = self.score[:, candidates], self.coverage[:, candidates]
        return Scores(self.base_value, values, contributions, score, coverage)


def scores_from_contributions(
    base_value: float, values: Floats, contributions: Floats, weights: Floats
) -> Scores:
    """Scores from contributions, added element by element so that batch equals loop.

    Args:
        base_value: where every candidate begins.
        values: (k, r, n).
        contributions: (k, r, n); those of unknown values are set to 0.
        weights: (k,) not negative; what each component counts for in the coverage.
    """
    known = ~np.isnan(values)
    contributions = np.where(known, contributions, 0.0)
    score = np.full(values.shape[1:], base_value)
    covered = np.zeros(values.shape[1:])
    for at in range(len(values)):
        score += contributions[at]
        covered += np.where(known[at], weights[at], 0.0)
    return Scores(base_value, values, contributions, score, covered / sum(weights.tolist()))


class Ranker(Protocol):
    """One method of ranking, bound to the profiles of a day."""

    @property
    def name(self) -> str:
        """How the method is asked for."""

    @property
    def version(self) -> str:
        """Which edition of it; changes whenever its answers may."""

    @property
    def components(self) -> tuple[Component, ...]:
        """The parts of its score, in the order in which they are added."""

    def scores(self, recipients: Rows) -> Scores:
        """Scores of any recipients with all candidates; batch equals loop bit for bit."""

    def describe(self, component: int, value: float | None, recipient: int, candidate: int) -> str:
        """What a component says of a pair, in plain words."""
