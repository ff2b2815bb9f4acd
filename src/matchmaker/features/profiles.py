"""The pipeline: a snapshot and a day become profiles, each cell known, stale or unknown."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.extras import named_if_missing
from matchmaker.features.definition import Feature, features
from matchmaker.features.organisation_types import types_on
from matchmaker.features.panel import feature_panel
from matchmaker.features.places import MAIN, places_on
from matchmaker.features.roll_ups import with_roll_ups
from matchmaker.features.scaling import logged, percentiles, robust_scale
from matchmaker.features.states import KNOWN, NOT_APPLICABLE, STALE, UNKNOWN
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.stored import Parts, stored
from matchmaker.typing import Floats

if TYPE_CHECKING:
    import pandas as pd
ORIGIN = ("period_start", "period_end", "known_from", "source", "file")
"""Where a figure comes from: columns of the cells."""


@dataclass(frozen=True)
class Profiles:
    """Profiles of all organisations open on a day.

    Attributes:
        snapshot: what they were made from.
        as_of: the day; nothing known later is in them.
        features: the columns, in order.
        organisations: (n) rows by code: code, name, type, region, locality, coordinates.
        cells: one row per organisation and feature: value as published, state (known, stale,
            unknown, not applicable), period, known_from, source, file.
        published: the same without a user's own data, in whose terms all are compared; None where none
            were laid over the snapshot.
        stored_as: what tells them in files (`stored`); None for all but those of `profiles_on`.
    """

    snapshot: Snapshot
    as_of: date
    features: tuple[Feature, ...]
    organisations: pl.DataFrame
    cells: pl.DataFrame
    published: Profiles | None = None
    stored_as: str | None = field(default=None, init=False, compare=False, repr=False)

    @cached_property
    def cache_key(self) -> tuple[Hashable, ...]:
        """What tells these profiles from all others, by content; see `cache.cached`."""
        frames = tuple(
            int(frame.hash_rows().implode().hash()[0]) for frame in (self.organisations, self.cells)
        )
        return *self.snapshot.cache_key, self.as_of, hash(self.features), *frames

    @property
    def cache_size(self) -> int:
        """Bytes, estimated; see `cache.size_of`. The matrices below take about as much as the cells."""
        return 2 * int(self.cells.estimated_size())

    @property
    def reference(self) -> Profiles:
        """Whose spread and places everyone is compared with: the published population, own data left out."""
        return self if self.published is None else self.published

    @cached_property
    def reference_rows(self) -> NDArray[np.intp]:
        """(n_organisations,) the row of each in `reference`; -1 for one that only own data know."""
        position = self.reference.position
        return np.array([position.get(code, -1) for code in self.position], dtype=np.intp)

    @property
    def sector(self) -> Sector:
        """What the organisations belong to."""
        return self.snapshot.sector

    @cached_property
    def position(self) -> dict[str, int]:
        """Code -> row."""
        return {code: at for at, code in enumerate(self.organisations["code"])}

    @cached_property
    def column(self) -> dict[str, int]:
        """Feature name -> column."""
        return {feature.name: at for at, feature in enumerate(self.features)}

    @cached_property
    def types(self) -> NDArray[np.str_]:
        """(n_organisations,) the type of each."""
        return self.organisations["type"].to_numpy().astype(str)

    def _matrix(self, value: pl.Expr) -> Floats:
        flat = self.cells.select(value.fill_null(float("nan"))).to_series().to_numpy()
        return flat.reshape(len(self.organisations), len(self.features)).astype(np.float64)

    @cached_property
    def shown(self) -> Floats:
        """(n_organisations, n_features) values as published, stale ones included; NaN is unknown."""
        return self._matrix(pl.col("value"))

    @cached_property
    def values(self) -> Floats:
        """(n_organisations, n_features) values fit for use: known and not stale; NaN otherwise."""
        return self._matrix(pl.when(pl.col("state") == KNOWN).then("value"))

    @cached_property
    def transformed(self) -> Floats:
        """`values` after each feature's transform."""
        return logged(self.values, np.array([feature.takes_log for feature in self.features], dtype=bool))

    def scaled_as(self, org_type: str) -> Floats:
        """`transformed` in robust units of one type of organisation (see `scaling.robust_scale`)."""
        if org_type not in self._scaled:
            members = self.reference.transformed[self.reference.types == org_type]
            self._scaled[org_type] = robust_scale(self.transformed, members)
        return self._scaled[org_type]

    @cached_property
    def _scaled(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def percentiles(self) -> Floats:
        """Share of its type, or of all, that each value exceeds, 0 to 1; not turned round for direction.

        Only published organisations and figures are counted: see `reference`.
        """
        among, rows = self.reference, self.reference_rows
        shares = percentiles(self.values, self.types, among.values, among.types, rows)
        across = [at for at, feature in enumerate(self.features) if feature.across_types]
        if across:
            one, other = np.full(len(self.types), ""), np.full(len(among.types), "")
            values, published = self.values[:, across], among.values[:, across]
            shares[:, across] = percentiles(values, one, published, other, rows)
        return shares

    @cached_property
    def standings(self) -> Floats:
        """`percentiles` turned so that 1 is good; NaN for features without a direction."""
        sign = {"higher": 1.0, "lower": -1.0, "none": np.nan}
        turn = np.array([sign[feature.direction] for feature in self.features])
        return np.where(turn > 0, self.percentiles, 1.0 - self.percentiles) + 0.0 * turn

    def of_dimension(self, dimension: str) -> list[int]:
        """The columns of one dimension."""
        return self._of_dimension.get(dimension, [])

    @cached_property
    def _of_dimension(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for at, feature in enumerate(self.features):
            out.setdefault(feature.dimension, []).append(at)
        return out

    def wide(self, *, stale: bool = True) -> pl.DataFrame:
        """One row per organisation, one column per feature, values as published.

        Args:
            stale: whether values too old to be used are shown; else they are null, as the unknown are.
        """
        names = [feature.name for feature in self.features]
        values = pl.DataFrame(self.shown if stale else self.values, schema=names, orient="row")
        identity = self.organisations.select("code", "name", "type")
        return pl.concat([identity, values.fill_nan(None)], how="horizontal")

    def long(self) -> pl.DataFrame:
        """One row per organisation and feature: its value with state, period, source and file.

        `state` is `known`, `stale` (too old to be used), `unknown` or `not applicable`.
        """
        units = pl.DataFrame(
            {"feature": [one.name for one in self.features], "unit": [one.unit for one in self.features]},
            schema={"feature": pl.String, "unit": pl.String},
        )
        return (
            self.cells.join(
                self.organisations.select("code", "name", "type"), on="code", maintain_order="left"
            )
            .join(units, on="feature", maintain_order="left")
            .select("code", "name", "type", "feature", "value", "unit", "state", *ORIGIN)
        )

    @named_if_missing()
    def to_pandas(self, *, stale: bool = False, long: bool = False) -> pd.DataFrame:
        """All profiles as a pandas frame.

        Args:
            stale: whether values too old to be used are in it; by default they are missing, as unknown ones.
            long: one row per organisation and feature, with state, period and source of each value, in place
                of one row per organisation with a column for each feature; it holds stale values, marked.

        Returns:
            Indexed by code; by code and feature where it is long.
        """
        import pyarrow  # noqa: F401 - that it is missing, polars tells in words of its own

        if long:
            return self.long().to_pandas().set_index(["code", "feature"])
        return self.wide(stale=stale).to_pandas().set_index("code")


def profiles(
    snapshot: Snapshot, as_of: date | None = None, wanted: Sequence[Feature] | None = None
) -> Profiles:
    """Profiles of all organisations open on a day, from what was known on that day.

    Args:
        snapshot: the figures.
        as_of: the day; by default the day up to which the snapshot holds.
        wanted: features; by default all that are defined.

    Raises:
        InvalidParameter: nothing was known yet on that day.
    """
    day = as_of or snapshot.as_of
    if day < snapshot.known_since:
        since = format_date(snapshot.known_since)
        text = f"Nothing was known yet on {format_date(day)}: the data begin on {since}."
        raise InvalidParameter(text, "Ask about a later day.", ("as_of",))
    chosen = tuple(wanted if wanted is not None else features(snapshot.sector))
    organisations = open_on(snapshot, day)
    panel = feature_panel(snapshot, chosen)
    derive = snapshot.sector.hook("derived") if any(feature.is_derived for feature in chosen) else None
    known = panel.as_of(day, None if derive is None else derive(snapshot, day))
    grid = _grid(organisations, chosen, day).join(panel.first, on="code", maintain_order="left")
    cells = with_roll_ups(_cells(grid, known), organisations, chosen, snapshot, day)
    published = None if snapshot.published is snapshot else profiles(snapshot.published, day, chosen)
    return Profiles(snapshot, day, chosen, organisations, cells, published)


@cached
def profiles_on(snapshot: Snapshot, day: date) -> Profiles:
    """`profiles` of all features, made once in a process; of the snapshot's own day, once on a machine."""
    made = _kept_profiles(snapshot, day)
    if day == snapshot.as_of and snapshot.stored_as:
        object.__setattr__(made, "stored_as", f"{snapshot.stored_as} {day}")
    return made


def _packed(made: Profiles) -> Parts:
    return {"organisations": made.organisations, "cells": made.cells}


def _unpacked(parts: Parts, snapshot: Snapshot, day: date) -> Profiles:
    return Profiles(snapshot, day, features(snapshot.sector), **parts)


@stored(_packed, _unpacked, when=lambda snapshot, day: day == snapshot.as_of)
def _kept_profiles(snapshot: Snapshot, day: date) -> Profiles:
    return profiles(snapshot, day)


def open_on(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """The organisations open on a day, by code, each of the type that it then was and where it then was.

    A closing after the day is left out; name, region and locality are those of the latest list, and so is the
    place of those that no dated list of places names.
    """
    opened = pl.col("opened").is_null() | (pl.col("opened") <= day)
    still = pl.col("closed").is_null() | (pl.col("closed") >= day)
    there = snapshot.organisations.filter(opened & still).sort("code")
    types = types_on(snapshot, day)
    dated = there.drop("type", "type_basis").join(types, on="code", maintain_order="left")
    places = places_on(snapshot, day, MAIN).rename({"basis": "coordinate_basis"})
    dated = dated.join(places, on="code", how="left", maintain_order="left", suffix="_then")
    point = ("latitude", "longitude", "coordinate_basis")
    told = pl.when(pl.col("closed") <= day).then("closed")
    return dated.with_columns(
        (pl.coalesce(f"{name}_then", name).alias(name) for name in point), closed=told
    ).select(there.columns)


def _grid(organisations: pl.DataFrame, chosen: tuple[Feature, ...], day: date) -> pl.DataFrame:
    """One row per organisation and feature: whether it applies, and how old a figure may be."""
    limits = pl.DataFrame(
        {
            "feature": [feature.name for feature in chosen],
            "months": [feature.stale_after_months for feature in chosen],
            "types": [list(feature.types) for feature in chosen],
        },
        schema={"feature": pl.String, "months": pl.Int64, "types": pl.List(pl.String)},
    ).select(
        "feature",
        "types",
        column=pl.int_range(pl.len(), dtype=pl.UInt32),
        oldest=pl.lit(day).dt.offset_by(pl.format("-{}mo", "months")),
    )
    rows = organisations.select("code", "type").join(limits, how="cross", maintain_order="left_right")
    applies = (pl.col("types").list.len() == 0) | pl.col("types").list.contains(pl.col("type"))
    return rows.with_columns(applies=applies).drop("type", "types")


def _cells(grid: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """What is known of each cell of the grid, with its state."""
    full = grid.with_columns(pl.col("cell") + pl.col("column")).join(
        known, on="cell", how="left", maintain_order="left"
    )
    state = (
        pl.when(~pl.col("applies"))
        .then(pl.lit(NOT_APPLICABLE))
        .when(pl.col("value").is_null())
        .then(pl.lit(UNKNOWN))
        .when(pl.col("period_end") < pl.col("oldest"))
        .then(pl.lit(STALE))
        .otherwise(pl.lit(KNOWN))
    )
    return full.select(
        "code",
        "feature",
        pl.when("applies").then("value").alias("value"),
        "period_start",
        "period_end",
        "known_from",
        "source",
        "file",
        state.alias("state"),
    )


__all__ = ["KNOWN", "NOT_APPLICABLE", "STALE", "UNKNOWN", "Profiles", "open_on", "profiles"]
