"""The pipeline: a snapshot and a day become profiles, each cell known, stale or unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
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
from matchmaker.features.membership import members_on
from matchmaker.features.organisation_types import types_on
from matchmaker.features.panel import FeaturePanel, feature_panel, panel_of
from matchmaker.features.places import MAIN, places_on
from matchmaker.features.roll_ups import with_roll_ups
from matchmaker.features.scaling import logged, percentiles, robust_scale
from matchmaker.features.states import KNOWN, NOT_APPLICABLE, STALE, UNKNOWN
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.mergers import parts_of, taken_in_by
from matchmaker.snapshot.own_figures import OWN
from matchmaker.snapshot.spans import rows_of
from matchmaker.stored import Parts, of_own_day, stored
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
    overlay: Overlay | None = field(default=None, init=False, repr=False, compare=False)
    """Over what a user's own figures were laid; a copy with other cells or organisations has none."""

    @cached_property
    def cache_key(self) -> tuple[Hashable, ...]:
        """What tells these profiles from all others, by content; see `cache.cached`."""
        if self.overlay is not None:
            return *self.snapshot.cache_key, self.as_of, hash(self.features), self.overlay.key
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
    def apart_from_figures(self) -> Profiles:
        """Profiles that are the same but for figures: the published ones, where own figures are all.

        What asks them shares its answers with all who ask about the published figures.
        """
        return self if self.overlay is None else self.overlay.over.apart_from_figures

    def same_row(self, row: int) -> Profiles:
        """Profiles that hold the same in a row: the published ones, where own figures do not touch it."""
        if self.overlay is None or row in self.overlay.touched:
            return self
        return self.overlay.over.same_row(row)

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
        if self.overlay is not None:
            return self.overlay.of(lambda one: one.shown)
        return self._matrix(pl.col("value"))

    @cached_property
    def values(self) -> Floats:
        """(n_organisations, n_features) values fit for use: known and not stale; NaN otherwise."""
        if self.overlay is not None:
            return self.overlay.of(lambda one: one.values)
        return self._matrix(pl.when(pl.col("state") == KNOWN).then("value"))

    @cached_property
    def transformed(self) -> Floats:
        """`values` after each feature's transform."""
        if self.overlay is not None:
            return self.overlay.of(lambda one: one.transformed)
        return logged(self.values, np.array([feature.takes_log for feature in self.features], dtype=bool))

    def scaled_as(self, org_type: str) -> Floats:
        """`transformed` in robust units of one type of organisation (see `scaling.robust_scale`)."""
        if org_type not in self._scaled and self.overlay is not None:
            self._scaled[org_type] = self.overlay.of(lambda one: one.scaled_as(org_type))
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
        if self.overlay is not None:
            return self.overlay.of(lambda one: one.percentiles)
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


@dataclass(frozen=True)
class Overlay:
    """Own figures laid over profiles.

    Attributes:
        over: profiles of the same organisations, features and day without them.
        part: profiles of the organisations that they touch; None where they touch none.
        rows: (m,) where those of `part` stand.
    """

    over: Profiles
    part: Profiles | None
    rows: NDArray[np.intp]

    @cached_property
    def touched(self) -> frozenset[int]:
        """The rows that are others."""
        return frozenset(self.rows.tolist())

    @cached_property
    def key(self) -> tuple[Hashable, ...]:
        """What tells the cells from all others; see `Profiles.cache_key`."""
        return self.over.cache_key, None if self.part is None else self.part.cache_key

    def of(self, matrix: Callable[[Profiles], Floats]) -> Floats:
        """A matrix of all organisations, from that of those below and that of the part."""
        below = matrix(self.over)
        if self.part is None:
            return below
        out = below.copy()
        out[self.rows] = matrix(self.part)
        return out


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
    if snapshot.under is not None and snapshot.changed is not None:
        return _overlaid(snapshot, day, chosen)
    organisations = open_on(snapshot, day)
    cells = _cells_on(snapshot, day, organisations, chosen, feature_panel(snapshot, chosen))
    cells = with_roll_ups(cells, organisations, chosen, snapshot, day)
    published = None if snapshot.published is snapshot else profiles_of(snapshot.published, day, chosen)
    return Profiles(snapshot, day, chosen, organisations, cells, published)


@cached
def profiles_on(snapshot: Snapshot, day: date) -> Profiles:
    """`profiles` of all features, made once in a process; of the snapshot's own day, once on a machine."""
    made = _kept_profiles(snapshot, day)
    if of_own_day(snapshot, day) and snapshot.stored_as:
        object.__setattr__(made, "stored_as", f"{snapshot.stored_as} {day}")
    return made


def _packed(made: Profiles) -> Parts:
    return {"organisations": made.organisations, "cells": made.cells}


def _unpacked(parts: Parts, snapshot: Snapshot, day: date) -> Profiles:
    return Profiles(snapshot, day, features(snapshot.sector), **parts)


@stored(_packed, _unpacked, when=of_own_day)
def _kept_profiles(snapshot: Snapshot, day: date) -> Profiles:
    return profiles(snapshot, day)


@cached
def profiles_of(snapshot: Snapshot, day: date, wanted: tuple[Feature, ...]) -> Profiles:
    """`profiles` of some features, made once in a process."""
    return (
        profiles_on(snapshot, day) if wanted == features(snapshot.sector) else profiles(snapshot, day, wanted)
    )


def _overlaid(snapshot: Snapshot, day: date, chosen: tuple[Feature, ...]) -> Profiles:
    """Profiles from figures that were laid over others: only what these touch is made anew.

    They touch the organisations that they are of, those that took these in, and groups with such members.
    """
    assert snapshot.under is not None
    assert snapshot.changed is not None
    over = profiles_of(snapshot.under, day, chosen)
    both = pl.concat([snapshot.changed, rows_of(snapshot.under, snapshot.changed["code"])])
    own = both.filter(pl.col("source") == OWN, pl.col("known_from") <= day)["code"].unique()
    organisations, n = over.organisations, len(chosen)
    part, rows, cells = None, np.empty(0, dtype=np.intp), over.cells
    if len(own):
        touched = {code for code in taken_in_by(snapshot, own) if code in over.position}
        members = _members(snapshot, day, organisations, touched)
        touched |= set(members["group"])
        rows = np.array(sorted(over.position[code] for code in touched), dtype=np.intp)
        anew = organisations[rows]
        codes = parts_of(snapshot, touched)
        few = snapshot.narrowed(rows_of(snapshot, codes))
        new = _cells_on(few, day, anew, chosen, panel_of(snapshot, chosen, codes))
        beside = sorted(over.position[code] for code in set(members["member"]) - touched)
        others = [over.cells.slice(at * n, n) for at in beside]
        of_all = with_roll_ups(
            pl.concat([new, *others]), pl.concat([anew, organisations[beside]]), chosen, snapshot, day
        )
        new = of_all.head(len(new))
        part = Profiles(snapshot, day, chosen, anew, new, over.reference)
        parts, at = list[pl.DataFrame](), 0
        for number, row in enumerate(rows.tolist()):
            parts += [over.cells.slice(at * n, (row - at) * n), new.slice(number * n, n)]
            at = row + 1
        cells = pl.concat([*parts, over.cells.slice(at * n)])
    made = Profiles(snapshot, day, chosen, organisations, cells, over.reference)
    object.__setattr__(made, "overlay", Overlay(over, part, rows))
    return made


def _members(
    snapshot: Snapshot, day: date, organisations: pl.DataFrame, touched: Collection[str]
) -> pl.DataFrame:
    """The open members of every group that is touched or has a member that is: `member`, `group`."""
    of_sector = snapshot.sector.membership
    everybody = members_on(snapshot, day)
    if of_sector is None or everybody.is_empty():
        return everybody.clear()
    groups = organisations.filter(pl.col("type").is_in(list(of_sector.groups)))["code"].implode()
    there = pl.col("member").is_in(organisations["code"].implode()) & pl.col("group").is_in(groups)
    everybody = everybody.filter(there)
    some = list(touched)
    concerned = everybody.filter(pl.col("member").is_in(some) | pl.col("group").is_in(some))["group"]
    return everybody.filter(pl.col("group").is_in(concerned.implode()))


def _cells_on(
    snapshot: Snapshot,
    day: date,
    organisations: pl.DataFrame,
    chosen: tuple[Feature, ...],
    panel: FeaturePanel,
) -> pl.DataFrame:
    """The cells of some organisations, without what is rolled up from members."""
    derive = snapshot.sector.hook("derived") if any(feature.is_derived for feature in chosen) else None
    known = panel.as_of(day, None if derive is None else derive(snapshot, day))
    grid = _grid(organisations, chosen, day).join(panel.first, on="code", maintain_order="left")
    return _cells(grid, known)


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
