"""The two official peer methods, rebuilt exactly, as named baselines.

`NhsPeerFinder` is the method behind the peer lists in use (NHS Trust Peer Finder, NHS Digital with NHS
Improvement, 2019). From its 21 published inputs it gives all 208 lists in full: 2,016 of 2,016 peers, and
206 of the 208 lists in the same order (the other two swap one near tie each).

`NhsPublishedScript` is the script that NHS England published beside those inputs. It is called Euclidean
but sums absolute differences; with its equal weights it gives 1 of the 208 lists in full.

Both are kept for comparison, flaws included; docs/adr/0002-official-peer-method.md measures the flaws, and
tests/models/test_peers.py holds every number stated here.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, SupportsIndex

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

PREFIX = "peer_finder_"
"""How the snapshot's measures of the official inputs begin."""

VARIABLES = (
    "deprivation",
    "patients",
    "attendances",
    "fte_staff",
    "diagnosis",
    "night_beds",
    "day_beds",
    "age_0_15",
    "age_60_74",
    "no_procedure",
    "operating_expenses",
    "urban",
    "sites",
    "sea_distance",
    "mff",
    "degree_of_specialisation",
    "student_staff",
    "ccgs",
    "minor_ae",
    "absence_rate",
    "dtocs",
)
"""The 21 official inputs, in the order of the published file."""

NOT_COUNTED = frozenset(
    {
        "patients",
        "fte_staff",
        "night_beds",
        "day_beds",
        "no_procedure",
        "operating_expenses",
        "degree_of_specialisation",
    }
)
"""The inputs that the lists in use give weight zero; the tool left them out as highly correlated."""


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
        weights = _weights(self._own_weights if self.weights is None else self.weights)
        values = as_matrix(X)
        if len(values) < 2:
            raise ValueError(f"A deviation needs at least two organisations; X has {len(values)}.")
        empty = np.isnan(values).all(axis=0)
        if empty.any():
            raise ValueError(f"All values are missing in: {', '.join(_names(empty))}.")
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
        rows = _nearest(distance, _count(n_neighbors, distance.shape[1]))
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
                f"The deviation of {', '.join(_names(lost))} rounds to zero at {self._decimals} decimal "
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
    patients: 21 lists (39 of 2,080 peers) would differ if unknown stayed unknown. Unequal kinds of trusts
    are pooled: 126 peers, in 48 lists, are acute for one that is not or the reverse, and 204 lists differ
    if each of the two kinds is standardised and compared by itself.
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


def through_successors(peers: Sequence[str], own: str, successor: Mapping[str, str]) -> list[str]:
    """A list of peers as it reads after closures: each closed organisation replaced by its successor.

    What came together is named once, at its first place, and the organisation's own line (itself, its
    successor, whatever merged into that) is left out, so the list may get shorter. The lists in use were
    treated so: 2,080 peers of 208 trusts became 2,016.

    Args:
        peers: ODS codes, nearest first.
        own: the ODS code the list belongs to.
        successor: from a closed code to the one that followed it; chains are followed to their end.

    Returns:
        ODS codes, nearest first.

    Raises:
        ValueError: the successions run in a circle.
    """
    left_out = {own, _last(own, successor)}
    kept = dict.fromkeys(_last(peer, successor) for peer in peers)
    return [code for code in kept if code not in left_out]


def peer_lists(
    codes: Sequence[str], rows: Rows, successor: Mapping[str, str] | None = None
) -> dict[str, list[str]]:
    """Row numbers as `kneighbors()` gives them, turned into lists of codes.

    Args:
        codes: (n_organisations,) ODS codes in the order of the fitted rows.
        rows: (n_organisations, n_neighbors).
        successor: as in `through_successors`; None leaves the codes as they are.

    Returns:
        From each code to its peers, nearest first.

    Raises:
        ValueError: codes occur twice or are not as many as the rows.
    """
    if len(set(codes)) != len(codes) or len(codes) != len(rows):
        raise ValueError(f"{len(rows)} rows need as many different codes; {len(set(codes))} were given.")
    named = {code: [codes[row] for row in found] for code, found in zip(codes, rows, strict=True)}
    if successor is None:
        return named
    return {code: through_successors(peers, code, successor) for code, peers in named.items()}


def official_inputs(measures: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """The newest published inputs out of a snapshot's measures.

    Args:
        measures: long, with `ods`, `measure`, `period_end` and `value` in the units of the catalogue.

    Returns:
        ODS codes in order, and their (n_organisations, 21) inputs named as `VARIABLES`, null where unknown.

    Raises:
        ValueError: a variable is not among the measures.
    """
    names = [PREFIX + name for name in VARIABLES]
    rows = measures.filter(pl.col("measure").is_in(names))
    rows = rows.filter(pl.col("period_end") == pl.col("period_end").max())
    wide = rows.pivot(on="measure", index="ods", values="value").sort("ods")
    absent = [name for name in names if name not in wide.columns]
    if absent:
        raise ValueError(f"The measures have no {', '.join(absent)}.")
    return wide["ods"].to_list(), wide.select(pl.col(PREFIX + name).alias(name) for name in VARIABLES)


@dataclass(frozen=True, slots=True)
class PoolingFlaw:
    """What comes of standardising and comparing unequal kinds of organisations together.

    Attributes:
        kind: the kind these numbers are about.
        organisations: how many are of this kind.
        peers: how many peers their pooled lists hold.
        peers_of_another_kind: how many of those are of another kind.
        lists_with_another_kind: how many pooled lists hold at least one of another kind.
        lists_changed: how many lists differ (as sets) if both deviations and choice stay within the kind.
        lists_changed_by_scale: how many of these lists differ from those chosen within the kind by the
            pooled deviations, which is what standardising together does, by itself.
        peers_changed: how many pooled peers are not on the lists made within the kind.
    """

    kind: str
    organisations: int
    peers: int
    peers_of_another_kind: int
    lists_with_another_kind: int
    lists_changed: int
    lists_changed_by_scale: int
    peers_changed: int


def pooling_flaw(
    X: Any, kinds: Sequence[str], method: PeerMethod | None = None, n_neighbors: int = 10
) -> list[PoolingFlaw]:
    """Measures how much a peer method's lists owe to kinds of organisations being thrown together.

    Args:
        X: (n_organisations, 21) as in `PeerMethod.fit`.
        kinds: (n_organisations,) the kind of each, such as "acute".
        method: an estimator whose parameters are used; None for `NhsPeerFinder()`.
        n_neighbors: the length of a list. A kind with no more members than this gets lists of all others.

    Returns:
        One row for each kind with more than one member, in alphabetical order.

    Raises:
        ValueError: kinds are not as many as the rows, or X is not as in `fit`.
    """
    values = as_matrix(X)
    if len(kinds) != len(values):
        raise ValueError(f"{len(values)} organisations need as many kinds; {len(kinds)} were given.")
    method = NhsPeerFinder() if method is None else method
    pooled = clone(method).fit(values)
    chosen = pooled.kneighbors(n_neighbors=n_neighbors)[1]
    distance = pooled.distances()
    found = []
    for kind in sorted(set(kinds)):
        here = np.array([other == kind for other in kinds])
        members = np.flatnonzero(here)
        if len(members) < 2:
            continue
        count = min(n_neighbors, len(members) - 1)
        within = members[clone(method).fit(values[members]).kneighbors(n_neighbors=count)[1]]
        inside = distance[np.ix_(members, members)]
        np.fill_diagonal(inside, np.inf)
        same_scale = members[_nearest(inside, count)]
        alien = ~here[chosen[members]]
        lists = [set(row) for row in chosen[members].tolist()]
        own = [set(row) for row in within.tolist()]
        found.append(
            PoolingFlaw(
                kind=kind,
                organisations=len(members),
                peers=int(alien.size),
                peers_of_another_kind=int(alien.sum()),
                lists_with_another_kind=int(alien.any(axis=1).sum()),
                lists_changed=sum(a != b for a, b in zip(lists, own, strict=True)),
                lists_changed_by_scale=sum(
                    set(a) != b for a, b in zip(same_scale.tolist(), own, strict=True)
                ),
                peers_changed=sum(len(a - b) for a, b in zip(lists, own, strict=True)),
            )
        )
    return found


def as_matrix(X: Any) -> Floats:
    """The one converter: pandas, polars or anything numpy reads, to (n, 21) in the order of `VARIABLES`.

    Raises:
        ValueError: names or the number of columns are wrong, a cell is not a number or is infinite.
    """
    if hasattr(X, "columns"):
        heads = [str(name).removeprefix(PREFIX) for name in X.columns]
        _check_names(heads)
        places = [list(X.columns)[heads.index(name)] for name in VARIABLES]
        named = zip(places, VARIABLES, strict=True)
        values = np.column_stack([_column(X[place], name) for place, name in named])
    else:
        values = _numbers(X, "X")
        if values.ndim != 2 or values.shape[1] != len(VARIABLES):
            raise ValueError(f"X has shape {values.shape}; it needs {len(VARIABLES)} columns: {VARIABLES}.")
    endless = np.isinf(values).any(axis=0)
    if endless.any():
        raise ValueError(f"Infinite values in: {', '.join(_names(endless))}.")
    return values


def _check_names(heads: Sequence[str]) -> None:
    faults = [
        f"{what} {', '.join(names)}"
        for what, names in (
            ("missing:", [name for name in VARIABLES if name not in heads]),
            ("not known:", [name for name in heads if name not in VARIABLES]),
            ("twice:", [name for name in VARIABLES if heads.count(name) > 1]),
        )
        if names
    ]
    if faults:
        raise ValueError(f"X needs the {len(VARIABLES)} official columns; {'; '.join(faults)}.")


def _column(series: Any, name: str) -> Floats:
    """One column of a pandas or polars frame as floats, nan for whatever that frame calls missing."""
    if isinstance(series, pl.Series):
        return _numbers(series.to_numpy(), name)
    try:
        return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds something that is not a number: {error}.") from error


def _numbers(values: ArrayLike, name: str) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds something that is not a number: {error}.") from error


def _weights(given: Mapping[str, float] | Sequence[float]) -> Floats:
    if isinstance(given, Mapping):
        odd = sorted(set(given) ^ set(VARIABLES))
        if odd:
            raise ValueError(f"Weights need all the official names; missing or not known: {', '.join(odd)}.")
        given = [given[name] for name in VARIABLES]
    weights = _numbers(given, "weights")
    if weights.shape != (len(VARIABLES),):
        raise ValueError(f"Weights have shape {weights.shape}; {len(VARIABLES)} numbers are needed.")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise ValueError("Weights must be finite, none below zero and at least one above.")
    return weights


def _names(which: ArrayLike) -> list[str]:
    return [VARIABLES[column] for column in np.flatnonzero(which)]


def _count(n_neighbors: SupportsIndex, most: int) -> int:
    count = operator.index(n_neighbors)
    if not 1 <= count <= most:
        raise ValueError(f"n_neighbors is {count}; it can be 1 to {most} here.")
    return count


def _nearest(distance: Floats, count: int) -> Rows:
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


def _last(code: str, successor: Mapping[str, str]) -> str:
    """The code at the end of the line of successions."""
    seen = {code}
    while (after := successor.get(code, code)) != code:
        if after in seen:
            raise ValueError(f"The successions of {code} run in a circle.")
        seen.add(after)
        code = after
    return code
