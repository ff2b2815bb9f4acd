"""Counterfactual explanations: the smallest single change that moves a candidate to a place.

Both kinds of change are given in numbers that a person can type: a weight to two decimals, a standing in
whole hundredths, a distance in whole kilometres. Applied as given, each gives the place; a change that is
smaller by one such step does not. Source of the idea: Wachter, Mittelstadt and Russell (2018), Harvard
Journal of Law & Technology 31:841.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from matchmaker.models.arrangement import Criterion
from matchmaker.models.ranking import MIN_COVERAGE, outranks
from matchmaker.models.scoring.criteria import ON_RECORD
from matchmaker.models.scoring.weighted_sum import BASE_VALUE, weighted_sum
from matchmaker.models.types import Counterfactual
from matchmaker.sector import Sector
from matchmaker.typing import Floats

MAX_WEIGHT_FACTOR = 3.0
"""Weights are searched from 0 to this many times the sum of all weights."""
MIN_DECIMALS = 2
"""Of a weight, where so few are enough."""
EPSILON = 1e-9
"""What it takes to be ahead rather than level, however a score was rounded."""
Describe = Callable[[int, float], str]
"""Puts criterion k with a value into words."""


def weight_counterfactuals(
    values: Floats, weights: Floats, at: int, place: int, criteria: Sequence[Criterion]
) -> list[Counterfactual]:
    """The nearest weight of each single criterion that gives a candidate a place.

    A candidate's place changes only at weights where its fit meets another's or where somebody's coverage
    meets `MIN_COVERAGE`. Between two such weights it is the same, so one
    look at each interval finds all weights that do.

    Args:
        values: (k, n) criteria of the candidates in the order of their codes; NaN is unknown.
        weights: (k,) as given.
        at: the candidate's column.
        place: the last place that is good enough, from 1; the candidate does not have it yet.
        criteria: of the arrangement, in the order of the values.

    Returns:
        One change for each criterion that can do it alone, the smallest first.
    """
    found = []
    for k, criterion in enumerate(criteria):
        now = float(weights[k])
        to = _nearest_weight(
            ParametricScores.by(k, values, weights), at, place, now, MAX_WEIGHT_FACTOR * float(weights.sum())
        )
        if to is not None:
            word = "rose" if to > now else "fell"
            text = f"If the weight of {criterion.label.casefold()} {word} from {now:g} to {to:g}."
            found.append(Counterfactual("weight", criterion.name, criterion.label, now, to, text))
    return sorted(found, key=lambda change: abs(change.to - (change.now or 0.0)))


@dataclass(frozen=True, slots=True)
class ParametricScores:
    """How all candidates (n,) depend on one weight w, the others as given.

    The fit is BASE_VALUE + (a + w b) / (rest + w), the coverage (c + w d) / (rest + w).
    """

    a: Floats
    b: Floats
    c: Floats
    d: Floats
    rest: float

    @classmethod
    def by(cls, k: int, values: Floats, weights: Floats) -> ParametricScores:
        """By the weight of criterion k."""
        known = ~np.isnan(values)
        distance = np.where(known, values - BASE_VALUE, 0.0)
        others = weights.copy()
        others[k] = 0.0
        return cls(
            others @ distance, distance[k], others @ known, known[k].astype(float), float(others.sum())
        )

    def turning_points(self, at: int, most: float) -> Floats:
        """The weights between 0 and `most` at which the candidate's place may change, in order."""
        with np.errstate(invalid="ignore", divide="ignore"):
            meets = (self.a - self.a[at]) / (self.b[at] - self.b)
            covered = (MIN_COVERAGE * self.rest - self.c) / (self.d - MIN_COVERAGE)
        points = np.concatenate([meets, covered])
        return np.unique(points[(points > 0) & (points < most)])

    def places(self, at: int, weights: Floats) -> NDArray[np.intp]:
        """(m,) the candidate's place under each of (m,) weights."""
        w = weights[:, None]
        total = self.rest + w
        score, covered = (self.a + w * self.b) / total, (self.c + w * self.d) / total
        places: NDArray[np.intp] = 1 + outranks(score, covered, at).sum(axis=1)
        return places


def _nearest_weight(moved: ParametricScores, at: int, place: int, now: float, most: float) -> float | None:
    edges = np.array([0.0, *moved.turning_points(at, most), most])
    middles = (edges[:-1] + edges[1:]) / 2
    good = np.flatnonzero(moved.places(at, middles) <= place)
    choices = [_tidy(float(edges[one]), float(edges[one + 1]), now) for one in good]
    return min((to for to in choices if to is not None), key=lambda to: abs(to - now), default=None)


def _tidy(low: float, high: float, now: float) -> float | None:
    """The number nearest to `now` within an open interval, with as few decimals as it allows."""
    for decimals in range(MIN_DECIMALS, 10):
        step = 10.0**-decimals
        near = np.arange(-1, 3) * step
        tried = np.round(np.concatenate([low + near, high - near]), decimals)
        inside = tried[(tried > low + EPSILON) & (tried < high - EPSILON)]
        if inside.size:
            return float(inside[np.argmin(np.abs(inside - now))])
    return None


def value_counterfactuals(
    values: Floats,
    weights: Floats,
    at: int,
    place: int,
    criteria: Sequence[Criterion],
    describe: Describe,
    sector: Sector,
) -> list[Counterfactual]:
    """The value of each single criterion that would give a candidate a place, all else unchanged.

    Args:
        values, weights, at, place, criteria: as in `weight_changes`.
        describe: puts criterion k with a value into words.
        sector: whose words and distances are used.

    Returns:
        One change for each criterion that can do it alone, the smallest first; an unknown one counts
        from the middle.
    """
    found = []
    for k, criterion in enumerate(criteria):
        now = None if np.isnan(values[k, at]) else float(values[k, at])
        above = _needed(values, weights, at, place, k)
        change = None if above is None else _attainable(criterion, above, partial(describe, k), sector)
        if change is not None:
            to, words = change
            known = "" if now is not None else "known and "
            text = f"If {criterion.label.casefold()} were {known}as good as this: {words}"
            found.append(Counterfactual("value", criterion.name, criterion.label, now, to, text))
    return sorted(found, key=lambda change: change.to - (BASE_VALUE if change.now is None else change.now))


def _needed(values: Floats, weights: Floats, at: int, place: int, k: int) -> float | None:
    """The value of criterion k above which the candidate has the place; None where no value gives it."""
    if weights[k] == 0 or np.isnan(values[k]).all():  # unknown of the recipient, so nobody can have it
        return None
    middling = values.copy()
    middling[k, at] = BASE_VALUE
    fits = weighted_sum(middling[:, None], weights)
    score, thin = fits.score[0], fits.coverage[0] < MIN_COVERAGE
    others = np.arange(len(score)) != at
    always_ahead = int((others & ~thin).sum()) if thin[at] else 0
    rivals = np.sort(score[others & (thin == thin[at])])[::-1]
    may_be_ahead = place - 1 - always_ahead
    if may_be_ahead < 0:
        return None
    if may_be_ahead >= len(rivals):
        return 0.0
    return BASE_VALUE + float(rivals[may_be_ahead] - score[at]) * float(weights.sum() / weights[k])


def _attainable(
    criterion: Criterion, above: float, describe: Callable[[float], str], sector: Sector
) -> tuple[float, str] | None:
    """The least value above a limit that can be given, and its words; None where there is none."""
    above = max(above, 0.0) + EPSILON  # to be level is not enough
    match criterion.form:
        case "proximity":
            km = math.ceil(-criterion.half_km * math.log2(above)) - 1
            words = f"{km} km away, {sector.words.place} to {sector.words.place}."
            return (2.0 ** (-km / criterion.half_km), words) if 0 <= km <= sector.extent.max_km else None
        case "capacity":
            low, high = map(math.log, criterion.ratios)
            ratio = math.floor(100 * math.exp(low + above * (high - low)) + 1) / 100
            value = min(1.0, (math.log(ratio) - low) / (high - low))
            return (value, f"{ratio:g} times the size of the recipient.") if value > above else None
        case "relationship":
            if above < sector.criteria.same_locality:
                return sector.criteria.same_locality, sector.words.in_same_locality
            return (ON_RECORD, "Joint work on record.") if above < ON_RECORD else None
        case _:
            value = (math.floor(100 * above) + 1) / 100
            return (value, describe(value)) if value < 1 else None
