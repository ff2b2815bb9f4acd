"""The official peer methods as estimators: standardise, weight, measure distances, take the nearest."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self, SupportsIndex

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from matchmaker.sectors.nhs.peer_finder.inputs import NOT_COUNTED, VARIABLES, as_matrix, names_of, weights_of
from matchmaker.typing import Floats, Rows


class PeerMethod(BaseEstimator):  # type: ignore[misc]
    """What the two official methods share: standardise, weight, and sum a distance variable by variable.

    Args:
        weights: one non-negative factor for each variable, as a mapping from names (all 21) or a sequence
            in the order of `VARIABLES`. It multiplies the standardised value. None is the method's own.
        missing: `"zero"` counts a missing value as a real zero in its own unit, before the deviations are
            taken, as the official lists do. `"shared"` leaves it unknown: a distance uses the variables
            that both sides know, scaled up to the weight of all.

    Attributes:
        feature_names_in_: the 21 names, in order.
        n_features_in_: 21.
        mean_: (21,), in each variable's own unit.
        scale_: (21,), one standard deviation (n - 1) in each variable's own unit; infinite for a variable
            that is the same everywhere, so that it counts for nothing.
        weights_: (21,), the factors used.
        standardised_: (n_organisations, 21), in weighted standard deviations; nan where unknown.
    """

    _own_weights: ClassVar[tuple[float, ...]]
    _power: ClassVar[Literal[1, 2]]
    _decimals: ClassVar[int | None] = None

    def __init__(
        self,
        weights: Mapping[str, float] | Sequence[float] | None = None,
        missing: Literal["zero", "shared"] = "zero",
    ) -> None:
        self.weights = weights
        self.missing = missing

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ARG002
        """Learn means and deviations, and keep the organisations to choose from.

        Args:
            X: (n_organisations, 21) in the variables' own units, rows in the order in which ties shall
                fall (sort by ODS code). A pandas or polars frame is read by its names, with or without
                the prefix `peer_finder_`, in any order; an array by its order.
            y: ignored.

        Returns:
            The fitted estimator.

        Raises:
            ValueError: columns are wrong, a cell is not a number or is infinite, a column is all missing,
                there are fewer than two rows, or a parameter is out of range.
        """
        if self.missing not in ("zero", "shared"):
            raise ValueError(f'missing is {self.missing!r}; it can be "zero" or "shared".')
        weights = weights_of(self._own_weights if self.weights is None else self.weights)
        values = as_matrix(X)
        if len(values) < 2:
            raise ValueError(f"A deviation needs at least two organisations; X has {len(values)}.")
        empty = np.isnan(values).all(axis=0)
        if empty.any():
            raise ValueError(f"All values are missing in: {', '.join(names_of(empty))}.")
        self.feature_names_in_ = np.array(VARIABLES, dtype=object)
        self.n_features_in_ = len(VARIABLES)
        self.weights_ = weights
        self.mean_, self.scale_ = self._moments(self._fill(values))
        self.standardised_ = self._standardise(values)
        return self

    def distances(self, X: Any = None) -> Floats:
        """The full matrix of distances.

        Args:
            X: (n_queries, 21) as in `fit`; None for the fitted organisations themselves.

        Returns:
            (n_queries, n_organisations), in weighted standard deviations. nan where two organisations
            share no known variable, which only `missing="shared"` can give.

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: X is not as in `fit`.
        """
        check_is_fitted(self)
        query = self.standardised_ if X is None else self._standardise(as_matrix(X))
        known = self.standardised_
        shape = (len(query), len(known))
        total, gap = np.zeros(shape), np.empty(shape)
        shared = np.zeros(shape if self.missing == "shared" else (0, 0))
        whole = 0.0
        # One variable after another, each cell by itself: one row alone gives the very bits of a batch.
        for column in np.flatnonzero(self.weights_):
            weight = self.weights_[column] ** self._power
            np.subtract(query[:, column, None], known[None, :, column], out=gap)
            (np.abs if self._power == 1 else np.square)(gap, out=gap)
            if self.missing == "shared":
                unknown = np.isnan(gap)
                gap[unknown] = 0.0
                shared += np.where(unknown, 0.0, weight)
                whole += weight
            total += gap
        if self.missing == "shared":
            with np.errstate(invalid="ignore", divide="ignore"):
                total *= whole / shared
        return total if self._power == 1 else np.sqrt(total, out=total)

    def kneighbors(self, X: Any = None, n_neighbors: int = 10) -> tuple[Floats, Rows]:
        """The nearest organisations, nearest first; ties fall by row, unknown distances come last.

        Args:
            X: (n_queries, 21) as in `fit`. None asks for the peers of the fitted organisations, each
                without itself.
            n_neighbors: how many.

        Returns:
            Distances and row numbers of the fitted organisations, both (n_queries, n_neighbors).

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: X is not as in `fit`, or there are not so many organisations to choose from.
        """
        distance = self.distances(X)
        count = len(distance)
        if X is None:
            # Laid out flat without its first cell, each row of n + 1 cells ends in a diagonal one.
            flat = distance.ravel()[1:].reshape(count - 1, count + 1)[:, :-1]
            distance = flat.reshape(count, count - 1)
        rows = nearest_columns(distance, _count(n_neighbors, distance.shape[1]))
        found = np.take_along_axis(distance, rows, axis=1)
        if X is None:
            rows += rows >= np.arange(count)[:, None]
        return found, rows

    def _fill(self, values: Floats) -> Floats:
        """(n, 21) as the method sees them: with zeros for what is missing, or as they are."""
        return np.nan_to_num(values, nan=0.0) if self.missing == "zero" else values

    def _moments(self, values: Floats) -> tuple[Floats, Floats]:
        """Means and deviations, (21,) each; sums run over sorted columns so that row order can't matter."""
        ordered = np.sort(values, axis=0)
        count = np.count_nonzero(~np.isnan(ordered), axis=0)
        mean = np.nansum(ordered, axis=0) / count
        spread = np.nansum(np.square(ordered - mean), axis=0)
        scale = np.sqrt(spread / np.maximum(count - 1, 1))
        if self._decimals is not None:
            scale = scale.round(self._decimals)
        scale[np.nanmax(values, axis=0) == np.nanmin(values, axis=0)] = np.inf
        lost = (scale == 0) & (self.weights_ > 0)
        if lost.any():
            raise ValueError(
                f"The deviation of {', '.join(names_of(lost))} rounds to zero at {self._decimals} decimal "
                "places. State it in a smaller unit, so that its numbers are larger."
            )
        return mean, scale

    def _standardise(self, values: Floats) -> Floats:
        """(n, 21) in weighted standard deviations."""
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = (self._fill(values) - self.mean_) / self.scale_
        return np.asfortranarray(scaled * self.weights_)


class NhsPeerFinder(PeerMethod):
    """`nhs-peer-finder`: z-scores of 14 variables, Euclidean distance, the ten nearest.

    Source: NHS Trust Peer Finder (NHS Digital with NHS Improvement, 2019), inferred from its inputs and its
    lists, which it gives back completely. The lists can't tell which deviation was used (n or n - 1): that
    scales every distance alike. They do show that deviations were not rounded to five places.

    Known flaws (docs/adr/0002): four trusts have no *Diagnosis* value and are counted as having no such
    patients: 21 lists (39 of 2,080 peers) would differ if unknown stayed unknown. Unequal types of trust
    are pooled: 126 peers, in 48 lists, are acute for one that is not or the reverse, and 204 lists differ
    if each of the two is standardised and compared by itself.
    """

    _own_weights = tuple(0.0 if name in NOT_COUNTED else 1.0 for name in VARIABLES)
    _power = 2


class NhsPublishedScript(PeerMethod):
    """`nhs-published-script`: z-scores of all 21 variables, sum of absolute differences (Manhattan).

    Source: nhsengland/NHSE-Methods-Euclidean-distance-estimation (MIT), rebuilt from what it does. Its
    "Euclidean" distance is taken of single numbers, one variable at a time, and then summed. Deviations
    (n - 1) are rounded to five decimal places *in each variable's own unit*, so the unit matters: state
    shares as shares and operating expenses in thousands of pounds. The minus sign that the published
    expenses carry changes no distance. The script takes a weight with each value; the file published
    with it holds none, so each is 1. It has no rule for a missing value; `"zero"` is that of the lists.

    With these weights and Euclidean distance, lists would agree in 7.8 of 10 peers, 5 at least; with the
    lists of `NhsPeerFinder` it agrees in 6.0 of 10. Rounding changes 1 peer of 1 list.
    """

    _own_weights = (1.0,) * len(VARIABLES)
    _power = 1
    _decimals = 5


def nearest_columns(distance: Floats, count: int) -> Rows:
    """Columns of the `count` smallest cells of each row: by distance, then by column; nan last."""
    bound = np.partition(distance, count - 1, axis=1)[:, count - 1, None]
    # Not "distance <= bound": that would drop the unknown where they are needed to fill a row.
    row, column = np.divmod(np.flatnonzero(~(distance > bound)), distance.shape[1])
    if len(row) == count * len(distance):  # nobody is tied with the last one
        column = column.reshape(len(distance), count)
        order = np.argsort(np.take_along_axis(distance, column, axis=1), axis=1, kind="stable")
        return np.take_along_axis(column, order, axis=1)
    order = np.lexsort((column, distance[row, column], row))
    starts = np.searchsorted(row, np.arange(len(distance)))
    picked: Rows = column[order][starts[:, None] + np.arange(count)]
    return picked


def _count(n_neighbors: SupportsIndex, most: int) -> int:
    count = operator.index(n_neighbors)
    if not 1 <= count <= most:
        raise ValueError(f"n_neighbors is {count}; it can be 1 to {most} here.")
    return count
