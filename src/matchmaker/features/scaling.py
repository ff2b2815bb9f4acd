"""Robust scaling and percentiles within each kind of trust; unknown (NaN) stays unknown."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

IQR_OF_NORMAL = 1.3489795003921634
"""Interquartile range of the standard normal: makes the scale comparable to a standard deviation."""
CLIP = 4.0
"""Scaled values are held within plus and minus this, so that one odd trust cannot rule a distance."""


def groups_of(kinds: NDArray[np.str_]) -> Iterator[NDArray[np.intp]]:
    """The positions of each kind, kinds in alphabetical order."""
    for kind in np.unique(kinds):
        yield np.flatnonzero(kinds == kind)


def robust_scale(values: Floats, reference: NDArray[np.intp]) -> Floats:
    """Centre on the median and divide by the interquartile range of the reference organisations.

    Args:
        values: (n_organisations, n_features), transformed; NaN is unknown.
        reference: rows of the organisations that set the middle and the spread (one kind of trust).

    Returns:
        (n_organisations, n_features), held within ±`CLIP`; a feature that no reference organisation
        knows is unknown for all, one without spread among them is 0 for those who know it.
    """
    scaled = np.full_like(values, np.nan)
    for at in range(values.shape[1]):
        column = values[reference, at]
        column = column[~np.isnan(column)]
        if column.size == 0:
            continue
        low, middle, high = np.quantile(column, [0.25, 0.5, 0.75])
        spread = (high - low) / IQR_OF_NORMAL or float(np.std(column)) or np.inf
        scaled[:, at] = np.clip((values[:, at] - middle) / spread, -CLIP, CLIP)
    return scaled


def percentiles(values: Floats, kinds: NDArray[np.str_]) -> Floats:
    """The share of the others of its kind that each value exceeds; ties count half.

    Args:
        values: (n_organisations, n_features); NaN is unknown.
        kinds: (n_organisations,).

    Returns:
        (n_organisations, n_features) in 0 to 1; unknown where the value is, or nobody else's is known.
    """
    out = np.full_like(values, np.nan)
    for rows in groups_of(kinds):
        for at in range(values.shape[1]):
            known = rows[~np.isnan(values[rows, at])]
            if known.size < 2:
                continue
            column = values[known, at]
            order = np.sort(column)
            below = np.searchsorted(order, column, "left")
            upto = np.searchsorted(order, column, "right")
            out[known, at] = (below + upto - 1) / (2 * (known.size - 1))
    return out
