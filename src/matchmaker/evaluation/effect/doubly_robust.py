"""A doubly robust estimate: pairings more alike than the median against those less alike, with diagnostics.

Augmented inverse-probability weighting with cross-fitting over groups of partners (Chernozhukov and others
2018): right if either the model of the choice or that of the outcome is. Balance is shown as standardised
differences (Austin 2009), and the E-value says how strong an unmeasured confounder would have to be
(VanderWeele and Ding 2017).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from matchmaker.evaluation.effect.regression import Design, Estimate, estimate_of
from matchmaker.typing import Floats

FOLDS = 5
TRIMMED = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Balance:
    """A term's standardised difference between the two halves, before and after weighting."""

    term: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class DoublyRobust:
    """The estimate and what it rests on.

    Attributes:
        estimate: difference in percentage points.
        overlap: share of rows whose propensity is within the trimmed range.
        quantiles: propensities at 1, 25, 50, 75 and 99 % in the more alike and in the less alike half.
        balance: of every term.
        risk_ratio: adjusted chance of the more alike over that of the less alike.
        e_value, e_value_limit: of the ratio, and of its limit nearer to 1.
    """

    estimate: Estimate
    overlap: float
    quantiles: tuple[tuple[float, ...], tuple[float, ...]]
    balance: tuple[Balance, ...]
    risk_ratio: float
    e_value: float
    e_value_limit: float


def doubly_robust(data: Design) -> DoublyRobust:
    """Of an outcome that is 0 or 1; the exposure (column 1) is cut at its median."""
    treated = (data.x[:, 1] > np.median(data.x[:, 1])).astype(float)
    x, y = data.x[:, 2:], data.y
    chance, low, high = np.empty(len(y)), np.empty(len(y)), np.empty(len(y))
    for fit, score in GroupKFold(FOLDS).split(x, groups=data.groups):
        chance[score] = _model().fit(x[fit], treated[fit]).predict_proba(x[score])[:, 1]
        for value, out in ((0.0, low), (1.0, high)):
            rows = fit[treated[fit] == value]
            out[score] = _model().fit(x[rows], y[rows]).predict_proba(x[score])[:, 1]
    within = (chance >= TRIMMED[0]) & (chance <= TRIMMED[1])
    trimmed = chance.clip(*TRIMMED)
    one = high + treated * (y - high) / trimmed
    none = low + (1 - treated) * (y - low) / (1 - trimmed)
    effect = one - none
    value = float(effect.mean())
    clusters = np.unique(data.groups)
    sums = np.array([(effect[data.groups == group] - value).sum() for group in clusters])
    scale = len(clusters) / (len(clusters) - 1)
    se = math.sqrt(scale * float((sums**2).sum())) / len(y)
    estimate = estimate_of(100 * value, 100 * se, len(y), len(clusters))
    base = float(none.mean())
    nearer = estimate.low if value > 0 else estimate.high
    crossed = estimate.low <= 0 <= estimate.high
    weights = treated / trimmed + (1 - treated) / (1 - trimmed)
    levels = (1, 25, 50, 75, 99)
    return DoublyRobust(
        estimate=estimate,
        overlap=float(within.mean()),
        quantiles=(
            tuple(np.percentile(chance[treated == 1], levels).tolist()),
            tuple(np.percentile(chance[treated == 0], levels).tolist()),
        ),
        balance=tuple(
            Balance(
                name, _difference(x[:, at], treated, np.ones(len(y))), _difference(x[:, at], treated, weights)
            )
            for at, name in enumerate(data.names[1:])
        ),
        risk_ratio=float(one.mean()) / base,
        e_value=e_value(float(one.mean()) / base),
        e_value_limit=1.0 if crossed else e_value((base + nearer / 100) / base),
    )


def e_value(ratio: float) -> float:
    """The least strength, as a risk ratio with both, of a confounder that would explain a risk ratio away."""
    ratio = 1 / ratio if ratio < 1 else ratio
    return ratio + math.sqrt(ratio * (ratio - 1))


def _model() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))


def _difference(values: Floats, treated: Floats, weights: Floats) -> float:
    parts = [(values[treated == side], weights[treated == side]) for side in (1, 0)]
    means = [float(np.average(part, weights=weight)) for part, weight in parts]
    spread = math.sqrt(sum(float(np.var(values[treated == side])) for side in (1, 0)) / 2)
    return (means[0] - means[1]) / spread if spread else 0.0
