"""Does a more suitable partner go with a better outcome? Effects with intervals, tests and their reach."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from matchmaker.evaluation.inference import LEVEL, ROUNDING, SEED, Clusters, bootstrap_counts, clustered, holm
from matchmaker.evaluation.outcomes.exposures import EXPOSURES, PRIMARY, Exposure
from matchmaker.evaluation.outcomes.survival import (
    Curve,
    Hazard,
    cox,
    detectable,
    events_needed,
    kaplan_meier,
    permutation_test,
    power,
)
from matchmaker.typing import Floats

FEWEST = 8
"""With fewer trusts than this no effect is estimated."""
DRAWS = 4_000
SUPPOSED = (1.25, 1.5, 2.0)
"""Hazard ratios per standard deviation that E1 may mean: it gives no number."""


@dataclass(frozen=True, slots=True)
class Association:
    """An exposure held against an outcome.

    Attributes:
        effect, low, high: a hazard ratio per standard deviation, or a rank correlation; 95% limits.
        p: by permutation.
        p_holm: raised for the number of further exposures tested; NaN for the primary.
        n, events: trusts' spells or pairings; exits, or n again.
        within, within_p: the effect within cohorts (exits) and the p value within cohorts or within
            ratings before (ratings), so that a difference between these does not count.
        least, most: the effect with each trust left out in turn.
    """

    exposure: Exposure
    effect: float
    low: float
    high: float
    p: float
    p_holm: float
    n: int
    events: int
    within: float | None
    within_p: float
    least: float
    most: float


@dataclass(frozen=True)
class PowerAnalysis:
    """What so few trusts can show about the primary exposure.

    Attributes:
        detectable: the hazard ratio per standard deviation found in 4 of 5 trials (simulated).
        power: hazard ratio -> how often it would be found with the trusts there were.
        needed: hazard ratio -> exits needed to find it in 4 of 5 trials (Schoenfeld's formula).
    """

    n: int
    detectable: float
    power: dict[float, float]
    needed: dict[float, int]


def with_exits(rows: pl.DataFrame) -> list[Association]:
    """Each exposure against leaving special measures.

    Args:
        rows: of `outcomes.exits`.
    """
    found = []
    for exposure in EXPOSURES:
        own = rows.drop_nulls(exposure.name)
        if own.height < FEWEST or own[exposure.name].n_unique() < 2:
            continue
        whole, strata = _hazard(own, exposure), own.with_columns(cohort=pl.col("cohort") == "later")
        within = _hazard(strata, exposure, "cohort")
        others = [
            _hazard(own.filter(pl.col("recipient") != one), exposure, draws=1).ratio
            for one in own["recipient"].unique(maintain_order=True)
        ]
        found.append(
            Association(
                exposure=exposure,
                effect=whole.ratio,
                low=whole.low,
                high=whole.high,
                p=whole.p,
                p_holm=float("nan"),
                n=whole.n,
                events=whole.events,
                within=within.ratio,
                within_p=within.p,
                least=min(others),
                most=max(others),
            )
        )
    return _raised(found)


def with_ratings(rows: pl.DataFrame) -> list[Association]:
    """Each exposure against the rating 24 months or more later, by Spearman's rank correlation.

    Args:
        rows: of `outcomes.ratings`.
    """
    found = []
    for exposure in EXPOSURES:
        own = rows.drop_nulls(exposure.name)
        if own.height < FEWEST or own[exposure.name].n_unique() < 2 or own["after"].n_unique() < 2:
            continue
        x, y = _ranks(own, exposure.name), _ranks(own, "after")
        before = clustered([str(value) for value in own["before"]])
        trusts = clustered(own["recipient"].to_list())
        low, high = _correlation_limits(x, y, trusts)
        others = [_correlation(x[trusts != one], y[trusts != one]) for one in np.unique(trusts)]
        found.append(
            Association(
                exposure=exposure,
                effect=_correlation(x, y),
                low=low,
                high=high,
                p=permutation_test(y, x),
                p_holm=float("nan"),
                n=own.height,
                events=own.height,
                within=None,
                within_p=permutation_test(y, x, before),
                least=min(others),
                most=max(others),
            )
        )
    return _raised(found)


def curves(rows: pl.DataFrame, exposure: str = PRIMARY) -> dict[str, Curve]:
    """Kaplan-Meier curves of those with the more similar half of partners, and of the others."""
    own = rows.drop_nulls(exposure)
    closer = (own[exposure] > own[exposure].median()).to_numpy()
    time, left = own["months"].to_numpy(), own["left"].to_numpy()
    return {
        "More similar half": kaplan_meier(time[closer], left[closer]),
        "Less similar half": kaplan_meier(time[~closer], left[~closer]),
    }


def power_analysis(rows: pl.DataFrame, exposure: str = PRIMARY) -> PowerAnalysis:
    """What the trusts there were could show, and how many would be needed."""
    x = rows.drop_nulls(exposure)[exposure].to_numpy()
    return PowerAnalysis(
        n=len(x),
        detectable=detectable(x),
        power={ratio: power(x, ratio) for ratio in SUPPOSED},
        needed={ratio: events_needed(ratio) for ratio in SUPPOSED},
    )


def _hazard(own: pl.DataFrame, exposure: Exposure, strata: str | None = None, draws: int = DRAWS) -> Hazard:
    groups = None if strata is None else own[strata].to_numpy().astype(np.intp)
    time, left = own["months"].to_numpy(), own["left"].to_numpy()
    return cox(time, left, own[exposure.name].to_numpy(), groups, draws)


def _ranks(own: pl.DataFrame, name: str) -> Floats:
    return own[name].rank("average").to_numpy().astype(np.float64)


def _correlation(x: Floats, y: Floats) -> float:
    """0 where one of them does not vary: it then goes with nothing."""
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else 0.0


def _correlation_limits(x: Floats, y: Floats, trusts: Clusters) -> tuple[float, float]:
    """A percentile interval from drawing trusts whole; draws in which nothing varies are passed over."""
    times = bootstrap_counts(int(trusts.max()) + 1, DRAWS, SEED)[:, trusts]
    times = times / times.sum(axis=1, keepdims=True)

    def mean(values: Floats) -> Floats:
        return np.asarray(times @ values)

    spread = (mean(x * x) - mean(x) ** 2) * (mean(y * y) - mean(y) ** 2)
    varies = spread > ROUNDING
    found = (mean(x * y) - mean(x) * mean(y))[varies] / np.sqrt(spread[varies])
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _raised(found: list[Association]) -> list[Association]:
    """Holm's p of all but the primary exposure, which is the one question asked."""
    further = np.array([math.nan if one.exposure.name == PRIMARY else one.p for one in found])
    return [replace(one, p_holm=float(p)) for one, p in zip(found, holm(further), strict=True)]
