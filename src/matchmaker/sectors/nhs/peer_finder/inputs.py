"""The 21 official inputs of the peer methods: their names, and how tables and weights of them are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from matchmaker.typing import Floats

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


def official_inputs(measures: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """The newest published inputs out of a snapshot's measures.

    Args:
        measures: long, with `code`, `measure`, `period_end` and `value` in the units of the catalogue.

    Returns:
        Codes in order, and their (n_organisations, 21) inputs named as `VARIABLES`, null where unknown.

    Raises:
        ValueError: a variable is not among the measures.
    """
    names = [PREFIX + name for name in VARIABLES]
    rows = measures.filter(pl.col("measure").is_in(names))
    rows = rows.filter(pl.col("period_end") == pl.col("period_end").max())
    wide = rows.pivot(on="measure", index="code", values="value").sort("code")
    absent = [name for name in names if name not in wide.columns]
    if absent:
        raise ValueError(f"The measures have no {', '.join(absent)}.")
    return wide["code"].to_list(), wide.select(pl.col(PREFIX + name).alias(name) for name in VARIABLES)


def as_matrix(X: Any) -> Floats:
    """The one converter: pandas, polars or anything numpy reads, to (n, 21) in the order of `VARIABLES`.

    Raises:
        ValueError: names or the number of columns are wrong, a cell is not a number or is infinite.
    """
    if hasattr(X, "columns"):
        heads = [str(name).removeprefix(PREFIX) for name in X.columns]
        _check_names(heads)
        places = [list(X.columns)[heads.index(name)] for name in VARIABLES]
        pairs = zip(places, VARIABLES, strict=True)
        values = np.column_stack([_column(X[place], name) for place, name in pairs])
    else:
        values = _numbers(X, "X")
        if values.ndim != 2 or values.shape[1] != len(VARIABLES):
            raise ValueError(f"X has shape {values.shape}; it needs {len(VARIABLES)} columns: {VARIABLES}.")
    endless = np.isinf(values).any(axis=0)
    if endless.any():
        raise ValueError(f"Infinite values in: {', '.join(names_of(endless))}.")
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


def weights_of(given: Mapping[str, float] | Sequence[float]) -> Floats:
    """One factor for each variable, (21,), from a mapping of all the names or a sequence in their order.

    Raises:
        ValueError: names or the number of weights are wrong, or a weight is out of range.
    """
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


def names_of(which: ArrayLike) -> list[str]:
    """The variables that a (21,) mask picks out."""
    return [VARIABLES[column] for column in np.flatnonzero(which)]
