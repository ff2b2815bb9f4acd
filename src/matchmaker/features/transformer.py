"""Profiles as scikit-learn takes them: robust scaling within each type of organisation."""

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
from matchmaker.features.scaling import CLIP, groups_of, logged, middle_and_spread
from matchmaker.sector import Sector, default_sector, load_sector
from matchmaker.typing import Floats

TYPE = "type"


class ProfileTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Centres each feature on the median of the organisation's own type and divides by that type's spread.

    The logarithm is taken first where the feature's definition asks for it. The spread is the
    interquartile range in standard deviations (see `scaling.middle_and_spread`). What is unknown (NaN,
    null) stays unknown, and so does a feature that nobody of a type knew when it was fitted.

    Args:
        names: features to give out, in this order; None takes every defined feature that X has.
        sector: the sector whose features are scaled, or its name; None is the only one installed.
        turned: whether features of which lower is good are turned round, so that higher is good.
        clip: scaled values are held within plus and minus this; None holds none.

    Attributes:
        types_: (n_types,) the types learned, in alphabetical order.
        middle_: (n_types, n_features) medians, of logarithms where these are taken.
        spread_: (n_types, n_features); infinite for a feature that is the same throughout a type.
        names_: (n_features,) the features given out.
        feature_names_in_: `type` and these.
        n_features_in_: how many columns are taken in.

    Examples:
        >>> from matchmaker import Matchmaker
        >>> from matchmaker.features import ProfileTransformer
        >>> wide = Matchmaker().profiles().wide(stale=False)
        >>> scaled = ProfileTransformer().set_output(transform="polars").fit_transform(wide)
        >>> scaled.height == wide.height
        True
    """

    def __init__(
        self,
        names: Sequence[str] | None = None,
        *,
        sector: Sector | str | None = None,
        turned: bool = False,
        clip: float | None = CLIP,
    ) -> None:
        self.names = names
        self.sector = sector
        self.turned = turned
        self.clip = clip

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ARG002
        """Learn the median and the spread of every feature in each type of organisation.

        Args:
            X: pandas or polars frame with the column `type` and columns named after features, in any
                order, as `Profiles.wide` gives; other columns are left out of account.
            y: ignored.

        Raises:
            ValueError: X is no frame, a column is missing or holds no numbers, a name is no feature's,
                a type is missing, or `clip` is not above zero.
        """
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip is {self.clip!r}; give a number above zero, or None.")
        chosen = self._chosen(X)
        values = _values(X, chosen)
        types = _types(X)
        learned = [middle_and_spread(values[rows]) for rows in groups_of(types)]
        self.types_ = np.unique(types)
        self.middle_ = np.array([middle for middle, _ in learned]).reshape(len(learned), len(chosen))
        self.spread_ = np.array([spread for _, spread in learned]).reshape(len(learned), len(chosen))
        self.names_ = np.array([feature.name for feature in chosen], dtype=object)
        self.feature_names_in_ = np.array([TYPE, *self.names_], dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        return self

    def transform(self, X: Any) -> Floats:
        """Scale each row in the terms of its own type.

        Args:
            X: as in `fit`; it needs the columns that were fitted, in any order.

        Returns:
            (n_rows, n_features) in standard deviations of the type; by `set_output` a pandas or polars
            frame.

        Raises:
            NotFittedError: `fit` was not called.
            ValueError: X is not as in `fit`, or holds a type that was not fitted.
        """
        check_is_fitted(self)
        chosen = self._features(self.names_.tolist())
        values = _values(X, chosen)
        types = _types(X)
        strange = sorted(set(types) - set(self.types_))
        if strange:
            known = ", ".join(self.types_)
            raise ValueError(f"X holds types that were not fitted: {', '.join(strange)}. Fitted: {known}.")
        at = np.searchsorted(self.types_, types)
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
            return self._features(self.names)
        found = tuple(feature for feature in features(self._sector()) if feature.name in there)
        if not found:
            raise ValueError("X has no column named after a feature; `Profiles.wide` gives such a frame.")
        return found

    def _sector(self) -> Sector:
        if isinstance(self.sector, Sector):
            return self.sector
        return default_sector() if self.sector is None else load_sector(self.sector)

    def _features(self, names: Sequence[str]) -> tuple[Feature, ...]:
        return _named(names, features(self._sector()))


def _named(names: Sequence[str], defined: Sequence[Feature]) -> tuple[Feature, ...]:
    by_name = {feature.name: feature for feature in defined}
    unknown = [str(name) for name in names if name not in by_name]
    if unknown or len(set(names)) != len(names) or len(names) == 0:
        found = f"not known: {', '.join(unknown)}" if unknown else "none, or one twice"
        raise ValueError(f"names must be those of features, each once; {found}.")
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


def _types(X: Any) -> NDArray[np.str_]:
    """(n_rows,) the type of each row."""
    if TYPE not in _columns(X):
        raise ValueError(f"X lacks the column '{TYPE}', the type of each organisation.")
    types = [org_type if isinstance(org_type, str) else "" for org_type in X[TYPE]]
    if not types or "" in types:
        raise ValueError(f"Every row of X needs a word in the column '{TYPE}', and X needs a row.")
    return np.array(types)
