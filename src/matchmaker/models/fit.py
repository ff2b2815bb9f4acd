"""The fit: a weighted mean of the known criteria, taken apart so that its parts add up exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.features.scaling import Floats

START = 0.5
"""Where every candidate begins: neither for nor against. A criterion moves it by its distance from
the middle, an unknown one does not move it."""
ENOUGH_COVERAGE = 0.5
"""Candidates with less of the weight known are ranked after all others."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Fits of recipients (r) and candidates (n) under k criteria.

    Attributes:
        contributions: (k, r, n); 0 where the criterion is unknown.
        fit: (r, n); `START` plus the contributions, added in the order of the criteria.
        coverage: (r, n); the share of the weight that was known.
    """

    contributions: Floats
    fit: Floats
    coverage: Floats


def weighted_fit(values: Floats, weights: Floats) -> Fit:
    """Combine criteria.

    Args:
        values: (k, r, n) criteria in 0 to 1; NaN is unknown.
        weights: (k,) not negative, at least one above 0.

    Returns:
        The fit is the weighted mean of the known criteria; NaN coverage never occurs, and a
        candidate of which nothing is known has the fit `START` and coverage 0.
    """
    known_weight = np.zeros(values.shape[1:])
    for weight, value in zip(weights, values, strict=True):
        known_weight += np.where(np.isnan(value), 0.0, weight)
    contributions = np.zeros_like(values)
    fit = np.full(values.shape[1:], START)
    for at, (weight, value) in enumerate(zip(weights, values, strict=True)):
        there = ~np.isnan(value) & (known_weight > 0)
        np.divide(weight * (value - START), known_weight, out=contributions[at], where=there)
        fit += contributions[at]
    return Fit(contributions, fit, known_weight / weights.sum())
