"""Robust scaling and percentiles within each type of organisation; unknown (NaN) stays unknown."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matchmaker.typing import Floats

IQR_OF_NORMAL = 1.3489795003921634
"""Interquartile range of the standard normal: makes the scale comparable to a standard deviation."""
CLIP = 4.0
"""Scaled values are held within plus and minus this, so that one odd organisation cannot rule a distance."""


def groups_of(types: NDArray[np.str_]) -> Iterator[NDArray[np.intp]]:
    """The positions of each type, types in alphabetical order."""
    for org_type in sorted(set(types.tolist())):  # np.unique would import masked arrays
        yield np.flatnonzero(types == org_type)


def logged(values: Floats, columns: NDArray[np.bool_]) -> Floats:
    """Values with the logarithm taken in some columns; unknown where a value is not above zero.

    Args:
        values: (n_organisations, n_features); NaN is unknown.
        columns: (n_features,) where to take it.
    """
    out = values.copy()
    part = values[:, columns]
    out[:, columns] = np.log(part, where=part > 0, out=np.full_like(part, np.nan))
    return out


def robust_scale(values: Floats, reference: Floats) -> Floats:
    """Centre on the median and divide by the interquartile range of the reference organisations.

    Args:
        values: (n_organisations, n_features), transformed; NaN is unknown.
        reference: (m, n_features), transformed, of those that set the middle and the spread (one type).

    Returns:
        (n_organisations, n_features), held within ±`CLIP`; a feature that no reference organisation
        knows is unknown for all, one without spread among them is 0 for those who know it.
    """
    middle, spread = middle_and_spread(reference)
    return np.clip((values - middle) / spread, -CLIP, CLIP)


def middle_and_spread(values: Floats) -> tuple[Floats, Floats]:
    """The median of each column and its spread: the interquartile range in standard deviations.

    Args:
        values: (n_organisations, n_features); NaN is unknown.

    Returns:
        Both (n_features,). Where the quartiles are equal, the spread is the standard deviation; where
        all values are, it is infinite. Both are NaN where nothing is known.
    """
    if len(values) == 0:
        return np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)  # unknown last
    known = np.count_nonzero(~np.isnan(ordered), axis=0)
    low, middle, high = (_quantile(ordered, known, share) for share in (0.25, 0.5, 0.75))
    spread = (high - low) / IQR_OF_NORMAL
    for at in np.flatnonzero(spread == 0):
        spread[at] = np.std(ordered[: known[at], at]) or np.inf
    return middle, spread


def _quantile(ordered: Floats, known: NDArray[np.intp], share: float) -> Floats:
    """(n_features,) between the two nearest known values (Hyndman and Fan 1996, type 7)."""
    place = share * (known - 1)
    below = np.floor(np.maximum(place, 0)).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    low, high = (np.take_along_axis(ordered, at[None, :], axis=0)[0] for at in (below, above))
    quantile: Floats = low + (high - low) * (place - below)
    return quantile


def percentiles(
    values: Floats,
    types: NDArray[np.str_],
    reference: Floats | None = None,
    reference_types: NDArray[np.str_] | None = None,
    rows: NDArray[np.intp] | None = None,
) -> Floats:
    """The share of the others of its type that each value exceeds; ties count half.

    Args:
        values: (n_organisations, n_features); NaN is unknown.
        types: (n_organisations,).
        reference: (m, n_features) the others; by default the organisations themselves.
        reference_types: (m,) their types.
        rows: (n_organisations,) the row of each in the reference, which is no other to it; -1 is none.

    Returns:
        (n_organisations, n_features) in 0 to 1; unknown where the value is, or nobody else's is known.
    """
    if reference is None or reference_types is None or rows is None:
        reference, reference_types, rows = values, types, np.arange(len(values))
    out = np.full_like(values, np.nan)
    for at in groups_of(types):
        members = reference[reference_types == types[at[0]]]
        ordered = np.sort(members, axis=0)  # unknown last
        known = np.count_nonzero(~np.isnan(ordered), axis=0)
        own = np.full_like(values[at], np.nan)
        inside = (rows[at] >= 0) & (reference_types[rows[at]] == types[at[0]])
        own[inside] = reference[rows[at][inside]]
        for column in range(values.shape[1]):
            mine, before = values[at, column], own[:, column]
            there = ordered[: known[column], column]
            below = np.searchsorted(there, mine, side="left") - (before < mine)
            upto = np.searchsorted(there, mine, side="right") - (before <= mine)
            others = known[column] - ~np.isnan(before)
            share = np.divide(below + upto, 2 * others, out=np.full(len(at), np.nan), where=others > 0)
            out[at, column] = np.where(np.isnan(mine), np.nan, share)
    return out
