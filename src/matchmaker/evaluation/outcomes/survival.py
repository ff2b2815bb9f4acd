"""Survival analysis with censoring: Kaplan-Meier, Cox, and a test by permutation.

Few organisations were ever under such a regime, so all is done for small numbers: one covariate at a time,
intervals from the profile likelihood, and p values from permutation and not from large-sample theory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.records import SurvivalCurve
from matchmaker.typing import Floats

DRAWS = 20_000
SEED = 20_260_822
NORMAL_975 = 1.959963984540054
NORMAL_80 = 0.8416212335729143
CHI2_95 = NORMAL_975**2
ALL_ORDERS_UP_TO = 7
"""Up to so many subjects every order is looked at: 5,040."""
FARTHEST = 12.0
"""A log hazard ratio per standard deviation beyond this is no limit."""

Flags = NDArray[np.bool_]
Loglik = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve: share not yet left at and after each time of an event.

    Attributes:
        times, at_risk, left: (k,) distinct times of events, subjects under observation just before
            each, and events at each.
        staying, low, high: (k,) estimate and pointwise 95% limits.
    """

    times: Floats
    at_risk: Floats
    left: Floats
    staying: Floats
    low: Floats
    high: Floats

    @property
    def median(self) -> float | None:
        """The first time at which half or fewer stay; None if it is not reached."""
        reached = self.times[self.staying <= 0.5]
        return float(reached[0]) if len(reached) else None

    def record(self) -> SurvivalCurve:
        """What is published of it."""
        times, staying = tuple(self.times.tolist()), tuple(self.staying.tolist())
        return SurvivalCurve(times=times, staying=staying, median=self.median)


def kaplan_meier(time: Floats, event: Flags) -> Curve:
    """The product-limit estimate, with log-log limits (Kaplan and Meier 1958; Kalbfleisch and Prentice 2002).

    Args:
        time: (n,) until the event, or until last seen without it; 0 or more.
        event: (n,) whether the event was seen.
    """
    times = np.unique(time[event])
    at_risk = (time[None, :] >= times[:, None]).sum(axis=1).astype(np.float64)
    left = ((time == times[:, None]) & event).sum(axis=1).astype(np.float64)
    staying = np.cumprod(1 - left / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(left / (at_risk * (at_risk - left)))
        spread = NORMAL_975 * np.sqrt(greenwood) / np.abs(np.log(staying))
        low, high = staying ** np.exp(spread), staying ** np.exp(-spread)
    none_left = staying == 0
    return Curve(
        times, at_risk, left, staying, np.where(none_left, 0.0, low), np.where(none_left, np.nan, high)
    )


@dataclass(frozen=True, slots=True)
class Hazard:
    """A Cox model with one covariate.

    Attributes:
        ratio: hazard ratio per standard deviation of the covariate: above 1, more of it goes with
            leaving sooner.
        low, high: 95% limits from the profile likelihood; 0 and infinity where it has none.
        p: two-sided, by permutation.
        n, events: subjects, and those seen to leave.
        spread: the standard deviation that the ratio is per.
    """

    ratio: float
    low: float
    high: float
    p: float
    n: int
    events: int
    spread: float


def cox(
    time: Floats, event: Flags, x: Floats, strata: NDArray[np.intp] | None = None, draws: int = DRAWS
) -> Hazard:
    """Cox's proportional hazards for one covariate, ties by Efron's method (Cox 1972; Efron 1977).

    Args:
        time, event: (n,) as for `kaplan_meier`.
        x: (n,) covariate, known for all.
        strata: (n,) groups with a baseline of their own, within which x is permuted; by default one.
        draws: random orders for the p value.

    Raises:
        ValueError: fewer than two subjects, no event, or a covariate that does not vary.
    """
    if len(time) < 2 or not event.any() or np.ptp(x) == 0:
        raise ValueError("nothing to compare: no event, or no difference between the subjects")
    groups = np.zeros(len(time), dtype=np.intp) if strata is None else strata
    spread = float(np.std(x, ddof=1))
    scaled = (x - x.mean()) / spread
    loglik = _likelihood(time, event, scaled, groups)
    beta = _highest(loglik)
    limit = loglik(beta) - CHI2_95 / 2
    return Hazard(
        ratio=math.exp(beta),
        low=_crossing(loglik, limit, beta, -FARTHEST),
        high=_crossing(loglik, limit, beta, FARTHEST),
        p=permutation_test(residuals(time, event, groups), scaled, groups, draws),
        n=len(time),
        events=int(event.sum()),
        spread=spread,
    )


def residuals(time: Floats, event: Flags, strata: NDArray[np.intp]) -> Floats:
    """What each subject had of events beyond what its time at risk would give (martingale residuals).

    The score of a Cox model at no effect is the sum of these times the covariate, so that permuting one
    against the other is the exact log-rank test for a covariate of any form.

    Returns:
        (n,) adding up to 0 within each stratum.
    """
    out = event.astype(np.float64)
    for group in np.unique(strata):
        own = np.flatnonzero(strata == group)
        curve = kaplan_meier(time[own], event[own])
        hazard = curve.left / curve.at_risk
        out[own] -= [hazard[curve.times <= until].sum() for until in time[own]]
    return out


def permutation_test(
    y: Floats, x: Floats, strata: NDArray[np.intp] | None = None, draws: int = DRAWS, seed: int = SEED
) -> float:
    """Two-sided p that x and y go together, by permuting x within strata.

    All orders are looked at where there are few subjects in one stratum, else random ones, with the
    actual one counted among them (Phipson and Smyth 2010). The statistic is the sum of x times y, each
    taken from its stratum's mean.

    Args:
        y, x: (n,).
        strata: (n,) groups within which x may be exchanged.
    """
    groups = np.zeros(len(y), dtype=np.intp) if strata is None else strata
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    y, x = y.astype(np.float64), x.astype(np.float64)
    for own in members:
        y[own] -= y[own].mean()
        x[own] -= x[own].mean()
    observed = abs(float(x @ y)) - 1e-9
    if len(members) == 1 and len(x) <= ALL_ORDERS_UP_TO:
        return float(np.mean([abs(float(np.array(order) @ y)) >= observed for order in permutations(x)]))
    generator = np.random.default_rng(seed)
    total = np.zeros(draws)
    for own in members:
        total += generator.permuted(np.tile(x[own], (draws, 1)), axis=1) @ y[own]
    return float((1 + np.count_nonzero(np.abs(total) >= observed)) / (1 + draws))


def events_needed(ratio: float, spread: float = 1.0, power_at: float = NORMAL_80) -> int:
    """Events needed to detect a hazard ratio per unit of a covariate.

    Methods: Schoenfeld 1983 for two groups; Hsieh and Lavori 2000 for a number. They hold for many events
    and small effects; with few events the power is lower (see `power`).

    Args:
        ratio: hazard ratio per unit.
        spread: standard deviation of the covariate in that unit; 0.5 for two groups of one size.
        power_at: normal quantile of the power; by default 80%. The test is two-sided at 5%.
    """
    return math.ceil(((NORMAL_975 + power_at) / (spread * math.log(ratio))) ** 2)


def power(x: Floats, ratio: float, draws: int = 300, seed: int = SEED) -> float:
    """How often the permutation test finds a hazard ratio, by simulation.

    Times are drawn as exponential and all are seen to the end, so that with subjects not seen to leave
    it would be lower.

    Args:
        x: (n,) covariate as it is, for example of the pairings there were.
        ratio: hazard ratio per standard deviation of x.
        draws: trials, and random orders in each.

    Returns:
        Share of the trials with p of 0.05 or less.
    """
    generator = np.random.default_rng(seed)
    scaled = (x - x.mean()) / x.std(ddof=1)
    every, one = np.ones(len(x), dtype=bool), np.zeros(len(x), dtype=np.intp)
    found = 0
    for trial in range(draws):
        time = generator.exponential(ratio**-scaled)
        y = residuals(time, every, one)
        found += permutation_test(y, scaled, draws=draws, seed=seed + trial) <= 0.05
    return found / draws


def detectable(x: Floats, aim: float = 0.8, draws: int = 300, seed: int = SEED) -> float:
    """The hazard ratio above 1 per standard deviation that is found as often as `aim`; see `power`.

    Returns:
        To the next 0.05; infinity if even a ratio of 20 is found less often.
    """
    low, high = 1, 380  # steps of 0.05 above 1
    if power(x, 1 + high / 20, draws, seed) < aim:
        return math.inf
    while low < high:
        middle = (low + high) // 2
        enough = power(x, 1 + middle / 20, draws, seed) >= aim
        low, high = (low, middle) if enough else (middle + 1, high)
    return 1 + low / 20


def _likelihood(time: Floats, event: Flags, x: Floats, strata: NDArray[np.intp]) -> Loglik:
    """The partial log likelihood, with Efron's correction for ties, as a function of the coefficient."""
    rows, left = [], 0.0
    for group in np.unique(strata):
        own = strata == group
        for at in np.unique(time[event & own]):
            leaving, risk = own & event & (time == at), own & (time >= at)
            many = int(leaving.sum())
            rows += [risk - place / many * leaving for place in range(many)]
            left += float(x[leaving].sum())
    at_risk = np.array(rows, dtype=np.float64)

    def loglik(beta: float) -> float:
        return beta * left - float(np.log(at_risk @ np.exp(beta * x)).sum())

    return loglik


def _highest(loglik: Loglik) -> float:
    """Where a concave function is highest within the limits, by golden section."""
    low, high, ratio = -FARTHEST, FARTHEST, (math.sqrt(5) - 1) / 2
    while high - low > 1e-8:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loglik(left) > loglik(right) else (left, high)
    return (low + high) / 2


def _crossing(loglik: Loglik, level: float, inside: float, outside: float) -> float:
    """The hazard ratio at which the likelihood falls to a level, by bisection; 0 or infinity if never."""
    if loglik(outside) > level:
        return 0.0 if outside < 0 else math.inf
    while abs(outside - inside) > 1e-8:
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if loglik(middle) > level else (inside, middle)
    return math.exp(inside)
