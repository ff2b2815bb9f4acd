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
    for org_type in np.unique(types):
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


def robust_scale(values: Floats, reference: NDArray[np.intp]) -> Floats:
    """Centre on the median and divide by the interquartile range of the reference organisations.

    Args:
        values: (n_organisations, n_features), transformed; NaN is unknown.
        reference: rows of the organisations that set the middle and the spread (one type of organisation).

    Returns:
        (n_organisations, n_features), held within ±`CLIP`; a feature that no reference organisation
        knows is unknown for all, one without spread among them is 0 for those who know it.
    """
    middle, spread = middle_and_spread(values[reference])
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


def percentiles(values: Floats, types: NDArray[np.str_]) -> Floats:
    """The share of the others of its type that each value exceeds; ties count half.

    Args:
        values: (n_organisations, n_features); NaN is unknown.
        kinds: (n_organisations,).

    Returns:
        (n_organisations, n_features) in 0 to 1; unknown where the value is, or nobody else's is known.
    """
    out = np.full_like(values, np.nan)
    for rows in groups_of(types):
        order = np.argsort(values[rows], axis=0, kind="stable")  # unknown last
        ordered = np.take_along_axis(values[rows], order, axis=0)
        place = np.arange(len(rows))[:, None]
        # A run of equal values: where it begins is how many are below, where it ends how many are not above.
        new = np.vstack([np.ones_like(ordered[:1], dtype=bool), ordered[1:] != ordered[:-1]])
        last = np.vstack([new[1:], new[:1]])
        below = np.maximum.accumulate(np.where(new, place, 0), axis=0)
        upto = np.minimum.accumulate(np.where(last, place + 1, len(rows))[::-1], axis=0)[::-1]
        others = np.count_nonzero(~np.isnan(ordered), axis=0) - 1
        share = np.divide(below + upto - 1, 2 * others, out=np.full_like(ordered, np.nan), where=others > 0)
        ranked = np.full_like(ordered, np.nan)
        np.put_along_axis(ranked, order, np.where(np.isnan(ordered), np.nan, share), axis=0)
        out[rows] = ranked
    return out
