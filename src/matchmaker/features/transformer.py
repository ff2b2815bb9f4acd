"""Profiles as scikit-learn takes them: robust scaling within each kind of trust."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from matchmaker.features.definition import Feature, features
from matchmaker.features.scaling import CLIP, Floats, groups_of, logged, middle_and_spread

KIND = "type"


class ProfileTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Centres each feature on the median of the trust's own kind and divides by that kind's spread.

    The logarithm is taken first where the feature's definition asks for it. The spread is the
    interquartile range in standard deviations (see `scaling.middle_and_spread`). What is unknown (NaN,
    null) stays unknown, and so does a feature that nobody of a kind knew when it was fitted.

    Args:
        names: features to give out, in this order; None takes every defined feature that X has.
        turned: whether features of which lower is good are turned round, so that higher is good.
        clip: scaled values are held within plus and minus this; None holds none.

    Attributes:
        kinds_: (n_kinds,) the kinds learned, in alphabetical order.
        middle_: (n_kinds, n_features) medians, of logarithms where these are taken.
        spread_: (n_kinds, n_features); infinite for a feature that is the same throughout a kind.
        names_: (n_features,) the features given out.
        feature_names_in_: `kind` and these.
        n_features_in_: how many columns are taken in.

    Example:
        >>> from matchmaker import Matchmaker
        >>> from matchmaker.features import ProfileTransformer
        >>> wide = Matchmaker().profiles().wide(stale=False)
        >>> scaled = ProfileTransformer().set_output(transform="polars").fit_transform(wide)
        >>> scaled.height == wide.height
        True
    """

    def __init__(
        self, names: Sequence[str] | None = None, *, turned: bool = False, clip: float | None = CLIP
    ) -> None:
        self.names = names
        self.turned = turned
        self.clip = clip

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ARG002
        """Learn the median and the spread of every feature in each kind of trust.

        Args:
            X: pandas or polars frame with the column `kind` and columns named after features, in any
                order, as `Profiles.wide` gives; other columns are left out of account.
            y: ignored.

        Raises:
            ValueError: X is no frame, a column is missing or holds no numbers, a name is no feature's,
                a kind is missing, or `clip` is not above zero.
        """
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip is {self.clip!r}; give a number above zero, or None.")
        chosen = self._chosen(X)
        values = _values(X, chosen)
        types = _kinds(X)
        learned = [middle_and_spread(values[rows]) for rows in groups_of(types)]
        self.kinds_ = np.unique(types)
        self.middle_ = np.array([middle for middle, _ in learned]).reshape(len(learned), len(chosen))
        self.spread_ = np.array([spread for _, spread in learned]).reshape(len(learned), len(chosen))
        self.names_ = np.array([feature.name for feature in chosen], dtype=object)
        self.feature_names_in_ = np.array([KIND, *self.names_], dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        return self

    def transform(self, X: Any) -> Floats:
        """Scale each row in the terms of its own kind.

        Args:
            X: as in `fit`; it needs the columns that were fitted, in any order.

        Returns:
            (n_rows, n_features) in standard deviations of the kind; by `set_output` a pandas or polars
            frame.

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: X is not as in `fit`, or holds a kind that was not fitted.
        """
        check_is_fitted(self)
        chosen = _defined(self.names_.tolist())
        values = _values(X, chosen)
        types = _kinds(X)
        strange = sorted(set(types) - set(self.kinds_))
        if strange:
            known = ", ".join(self.kinds_)
            raise ValueError(f"X holds kinds that were not fitted: {', '.join(strange)}. Fitted: {known}.")
        at = np.searchsorted(self.kinds_, types)
        scaled: Floats = (values - self.middle_[at]) / self.spread_[at]
        if self.turned:
            scaled *= [-1.0 if feature.direction == "lower" else 1.0 for feature in chosen]
        return scaled if self.clip is None else np.clip(scaled, -self.clip, self.clip)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002
        """The names of the columns that come out: the features.

        Args:
            input_features: ignored; names come from the fitted frame.

        Raises:
            NotFittedError: `fit` was not called.
        """
        check_is_fitted(self)
        names: NDArray[np.object_] = self.names_.copy()
        return names

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags

    def _chosen(self, X: Any) -> tuple[Feature, ...]:
        there = _columns(X)
        if self.names is not None:
            return _defined(self.names)
        found = tuple(feature for feature in features() if feature.name in there)
        if not found:
            raise ValueError("X has no column named after a feature; `Profiles.wide` gives such a frame.")
        return found


def _defined(names: Sequence[str]) -> tuple[Feature, ...]:
    by_name = {feature.name: feature for feature in features()}
    unknown = [str(name) for name in names if name not in by_name]
    if unknown or len(set(names)) != len(names) or len(names) == 0:
        told = f"not known: {', '.join(unknown)}" if unknown else "none, or one twice"
        raise ValueError(f"names must be those of features, each once; {told}.")
    return tuple(by_name[name] for name in names)


def _columns(X: Any) -> list[str]:
    if not hasattr(X, "columns"):
        raise ValueError(f"X is a {type(X).__name__}; give a pandas or polars frame with named columns.")
    return [str(name) for name in X.columns]


def _values(X: Any, chosen: Sequence[Feature]) -> Floats:
    """(n_rows, n_features), logarithms taken; NaN is unknown."""
    there = _columns(X)
    missing = [feature.name for feature in chosen if feature.name not in there]
    if missing:
        raise ValueError(f"X lacks the columns: {', '.join(missing)}.")
    values = np.column_stack([_numbers(X[feature.name], feature.name) for feature in chosen])
    endless = [chosen[at].name for at in np.flatnonzero(np.isinf(values).any(axis=0)).tolist()]
    if endless:
        raise ValueError(f"Infinite values in: {', '.join(endless)}.")
    return logged(values, np.array([feature.takes_log for feature in chosen]))


def _numbers(column: Any, name: str) -> Floats:
    """One column as floats, NaN for whatever its frame calls missing."""
    try:
        if isinstance(column, pl.Series):
            return column.cast(pl.Float64).to_numpy()
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise ValueError(f"{name} holds something that is not a number: {error}.") from error


def _kinds(X: Any) -> NDArray[np.str_]:
    """(n_rows,) the kind of each row."""
    if KIND not in _columns(X):
        raise ValueError(f"X lacks the column '{KIND}', the kind of each trust.")
    types = [org_type if isinstance(org_type, str) else "" for org_type in X[KIND]]
    if not types or "" in types:
        raise ValueError(f"Every row of X needs a word in the column '{KIND}', and X needs a row.")
    return np.array(types)
