"""Does a more suitable partner go with a better outcome? Effects with intervals, tests and their reach."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from matchmaker.evaluation.inference import LEVEL, ROUNDING, SEED, Clusters, bootstrap_counts, clustered, holm
from matchmaker.evaluation.outcomes.spells import LATER
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
from matchmaker.evaluation.records import Association, PowerRecord, PowerRow, SubsetEffect
from matchmaker.evaluation.settings import Exposure
from matchmaker.typing import Floats

MIN_ROWS = 8
"""With fewer spells or pairings than this no effect is estimated."""
DRAWS = 4_000
SUPPOSED = (1.25, 1.5, 2.0)
"""Hazard ratios per standard deviation: a little, a moderate and a strong effect."""


def with_exits(rows: pl.DataFrame, exposures: Sequence[Exposure]) -> tuple[Association, ...]:
    """Each exposure against leaving the regime: hazard ratios by Cox's model.

    Args:
        rows: of `spells.exits`.
        exposures: the primary one first.
    """
    out = []
    for exposure in exposures:
        own = rows.drop_nulls(exposure.name)
        if own.height < MIN_ROWS or not _can_be_compared(own, exposure):
            continue
        whole, strata = _hazard(own, exposure), own.with_columns(cohort=pl.col("cohort") == LATER)
        within = _hazard(strata, exposure, "cohort")
        parts = (
            own.filter(pl.col("recipient") != one) for one in own["recipient"].unique(maintain_order=True)
        )
        others = [
            _hazard(part, exposure, draws=1).ratio for part in parts if _can_be_compared(part, exposure)
        ]
        out.append(
            Association(
                exposure=exposure.name,
                label=exposure.label,
                effect=whole.ratio,
                low=whole.low,
                high=_finite(whole.high),
                p=whole.p,
                p_holm=None,
                n=whole.n,
                events=whole.events,
                within=within.ratio,
                within_p=within.p,
                least=min(others, default=whole.ratio),
                most=max(others, default=whole.ratio),
                organisations=own["recipient"].n_unique(),
                **_robust_limits(whole.ratio, others),
                first=_hazard_of(own.sort("entry").unique("recipient", keep="first"), exposure),
                last=_hazard_of(own.sort("entry").unique("recipient", keep="last"), exposure),
            )
        )
    return _with_holm(out, exposures)


def with_ratings(rows: pl.DataFrame, exposures: Sequence[Exposure]) -> tuple[Association, ...]:
    """Each exposure against the rating after the help, by Spearman's rank correlation.

    Args:
        rows: of `spells.ratings`.
        exposures: the primary one first.
    """
    out = []
    for exposure in exposures:
        own = rows.drop_nulls(exposure.name)
        if own.height < MIN_ROWS or own[exposure.name].n_unique() < 2 or own["after"].n_unique() < 2:
            continue
        x, y = _ranks(own, exposure.name), _ranks(own, "after")
        before = clustered([str(value) for value in own["before"]])
        recipients = clustered(own["recipient"].to_list())
        low, high = _correlation_limits(x, y, recipients)
        others = [_correlation(x[recipients != one], y[recipients != one]) for one in np.unique(recipients)]
        out.append(
            Association(
                exposure=exposure.name,
                label=exposure.label,
                effect=_correlation(x, y),
                low=low,
                high=high,
                p=permutation_test(y, x),
                p_holm=None,
                n=own.height,
                events=own.height,
                within=None,
                within_p=permutation_test(y, x, before),
                least=min(others),
                most=max(others),
                organisations=own["recipient"].n_unique(),
                first=_correlation_of(own.sort("day").unique("recipient", keep="first"), exposure),
                last=_correlation_of(own.sort("day").unique("recipient", keep="last"), exposure),
            )
        )
    return _with_holm(out, exposures)


def survival_by_half(rows: pl.DataFrame, exposure: Exposure) -> dict[str, Curve]:
    """Kaplan-Meier curves of those with more of an exposure than the median, and of the others."""
    own = rows.drop_nulls(exposure.name)
    if own.height < MIN_ROWS:
        return {}
    more = (own[exposure.name] > own[exposure.name].median()).to_numpy()
    time, left = own["months"].to_numpy(), own["left"].to_numpy()
    upper, lower = exposure.halves
    return {upper: kaplan_meier(time[more], left[more]), lower: kaplan_meier(time[~more], left[~more])}


def power_analysis(rows: pl.DataFrame, exposure: Exposure) -> PowerRecord | None:
    """What the spells there were could show, and how many would be needed; None where there are too few."""
    x = rows.drop_nulls(exposure.name)[exposure.name].to_numpy()
    if len(x) < MIN_ROWS or np.ptp(x) == 0:
        return None
    return PowerRecord(
        n=len(x),
        detectable=_finite(detectable(x)),
        sizes=tuple(
            PowerRow(ratio=ratio, power=power(x, ratio), needed=events_needed(ratio)) for ratio in SUPPOSED
        ),
    )


def repeated(rows: pl.DataFrame, exposure: Exposure) -> dict[str, int]:
    """Recipient -> how many of the spells or pairings, where it has several whose exposure is known."""
    counts = rows.drop_nulls(exposure.name)["recipient"].value_counts().sort("recipient")
    return {code: n for code, n in counts.iter_rows() if n > 1}


def _robust_limits(ratio: float, others: Sequence[float]) -> dict[str, float | None]:
    """Limits that let the spells of one organisation go together: a jackknife over organisations.

    Method: Lipsitz, Dear and Zhao 1994, on log hazard ratios, with Student's t for so few.
    """
    from scipy.stats import t

    logs = np.log(np.array(others))
    n = len(logs)
    if n < 3 or not np.isfinite(logs).all():
        return {"robust_low": None, "robust_high": None}
    error = math.sqrt((n - 1) / n * float(((logs - logs.mean()) ** 2).sum()))
    reach = float(t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return {"robust_low": ratio * math.exp(-reach), "robust_high": _finite(ratio * math.exp(reach))}


def _hazard_of(own: pl.DataFrame, exposure: Exposure) -> SubsetEffect | None:
    if own.height < MIN_ROWS or not _can_be_compared(own, exposure):
        return None
    found = _hazard(own.sort("entry", "recipient"), exposure)
    return SubsetEffect(effect=found.ratio, low=found.low, high=_finite(found.high), p=found.p, n=found.n)


def _correlation_of(own: pl.DataFrame, exposure: Exposure) -> SubsetEffect | None:
    if own.height < MIN_ROWS or own[exposure.name].n_unique() < 2 or own["after"].n_unique() < 2:
        return None
    own = own.sort("day", "recipient")
    x, y = _ranks(own, exposure.name), _ranks(own, "after")
    low, high = _correlation_limits(x, y, clustered(own["recipient"].to_list()))
    return SubsetEffect(effect=_correlation(x, y), low=low, high=high, p=permutation_test(y, x), n=own.height)


def _can_be_compared(own: pl.DataFrame, exposure: Exposure) -> bool:
    return bool(own.height > 1 and own["left"].any() and own[exposure.name].n_unique() > 1)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _hazard(own: pl.DataFrame, exposure: Exposure, strata: str | None = None, draws: int = DRAWS) -> Hazard:
    groups = None if strata is None else own[strata].to_numpy().astype(np.intp)
    time, left = own["months"].to_numpy(), own["left"].to_numpy()
    return cox(time, left, own[exposure.name].to_numpy(), groups, draws)


def _ranks(own: pl.DataFrame, name: str) -> Floats:
    return own[name].rank("average").to_numpy().astype(np.float64)


def _correlation(x: Floats, y: Floats) -> float:
    """0 where one of them does not vary: it then goes with nothing."""
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else 0.0


def _correlation_limits(x: Floats, y: Floats, clusters: Clusters) -> tuple[float, float]:
    """A percentile interval from a cluster bootstrap; draws in which nothing varies are passed over."""
    times = bootstrap_counts(int(clusters.max()) + 1, DRAWS, SEED)[:, clusters]
    times = times / times.sum(axis=1, keepdims=True)

    def mean(values: Floats) -> Floats:
        return np.asarray(times @ values)

    spread = (mean(x * x) - mean(x) ** 2) * (mean(y * y) - mean(y) ** 2)
    varies = spread > ROUNDING
    found = (mean(x * y) - mean(x) * mean(y))[varies] / np.sqrt(spread[varies])
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _with_holm(found: Sequence[Association], exposures: Sequence[Exposure]) -> tuple[Association, ...]:
    """Holm's p of all but the primary exposure, which is the one question that was set."""
    primary = exposures[0].name
    raised = holm(np.array([math.nan if one.exposure == primary else one.p for one in found]))
    return tuple(
        one if one.exposure == primary else one.model_copy(update={"p_holm": float(p)})
        for one, p in zip(found, raised, strict=True)
    )
