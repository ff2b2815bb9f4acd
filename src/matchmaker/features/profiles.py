"""The pipeline: a snapshot and a day become profiles, each cell known, stale or unknown."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.errors import OutOfRange
from matchmaker.features.definition import DIMENSIONS, Feature, features
from matchmaker.features.facts import SCHEMA, facts
from matchmaker.features.scaling import Floats, percentiles, robust_scale
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.directory import spoken
from matchmaker.sources.publication import Standing

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN, KNOWN, STALE, NOT_APPLICABLE = "unknown", "known", "stale", "not applicable"

_sorted: weakref.WeakKeyDictionary[Snapshot, pl.DataFrame] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Profiles:
    """Profiles of all organisations open on a day.

    Attributes:
        snapshot: what they were made from.
        as_of: the day; nothing known later is in them.
        features: the columns, in order.
        organisations: (n) rows by ODS code: ods, name, kind, region, system, coordinates.
        cells: one row per organisation and feature: value as published, state (known, stale,
            unknown, not applicable), period, known_from, source, file.
    """

    snapshot: Snapshot
    as_of: date
    features: tuple[Feature, ...]
    organisations: pl.DataFrame
    cells: pl.DataFrame

    @cached_property
    def position(self) -> dict[str, int]:
        """ODS code -> row."""
        return {ods: at for at, ods in enumerate(self.organisations["ods"])}

    @cached_property
    def column(self) -> dict[str, int]:
        """Feature name -> column."""
        return {feature.name: at for at, feature in enumerate(self.features)}

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """(n_organisations,) the kind of each."""
        return self.organisations["kind"].to_numpy().astype(str)

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
        out = self.values.copy()
        for at, feature in enumerate(self.features):
            if feature.transform == "log":
                positive = out[:, at] > 0
                out[:, at] = np.log(out[:, at], where=positive, out=np.full(len(out), np.nan))
        return out

    def scaled_as(self, kind: str) -> Floats:
        """`transformed` in the terms of one kind of trust (see `scaling.robust_scale`)."""
        if kind not in self._scaled:
            self._scaled[kind] = robust_scale(self.transformed, np.flatnonzero(self.kinds == kind))
        return self._scaled[kind]

    @cached_property
    def _scaled(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def percentiles(self) -> Floats:
        """Share of its kind that each value exceeds, 0 to 1; not turned round for direction."""
        return percentiles(self.values, self.kinds)

    @cached_property
    def standings(self) -> Floats:
        """`percentiles` turned so that 1 is good; NaN for features without a direction."""
        sign = {"higher": 1.0, "lower": -1.0, "none": np.nan}
        turn = np.array([sign[feature.direction] for feature in self.features])
        return np.where(turn > 0, self.percentiles, 1.0 - self.percentiles) + 0.0 * turn

    def of_dimension(self, dimension: str) -> list[int]:
        """The columns of one dimension."""
        return [at for at, feature in enumerate(self.features) if feature.dimension == dimension]

    def wide(self) -> pl.DataFrame:
        """One row per organisation, one column per feature, values as published."""
        names = [feature.name for feature in self.features]
        shown = pl.DataFrame(self.shown, schema=names, orient="row").fill_nan(None)
        return pl.concat([self.organisations.select("ods", "name", "kind"), shown], how="horizontal")

    def to_pandas(self) -> pd.DataFrame:
        """`wide` as a pandas frame indexed by ODS code."""
        return self.wide().to_pandas().set_index("ods")


def profiles(
    snapshot: Snapshot, as_of: date | None = None, wanted: Sequence[Feature] | None = None
) -> Profiles:
    """Profiles of all organisations open on a day, from what was known on that day.

    Args:
        snapshot: the figures.
        as_of: the day; by default the day up to which the snapshot holds.
        wanted: features; by default all that are defined.

    Raises:
        OutOfRange: nothing was known yet on that day.
    """
    day = as_of or snapshot.as_of
    if day < snapshot.known_since:
        text = f"Nothing was known yet on {spoken(day)}: the data begin on {spoken(snapshot.known_since)}."
        raise OutOfRange(text, "Ask about a later day.")
    chosen = tuple(wanted if wanted is not None else features())
    organisations = open_on(snapshot, day)
    known = pl.concat(
        [
            _by_recency(snapshot).filter(pl.col("known_from") <= day).select(SCHEMA.keys()),
            facts(snapshot, day),
        ]
    )
    parts = [_latest(known, chosen), *(_worked_out(known, feature) for feature in chosen)]
    cells = pl.concat([part for part in parts if part is not None])
    return Profiles(snapshot, day, chosen, organisations, _laid_out(cells, organisations, chosen, day))


def open_on(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """The organisations open on a day, by ODS code."""
    opened = pl.col("opened").is_null() | (pl.col("opened") <= day)
    still = pl.col("closed").is_null() | (pl.col("closed") >= day)
    return snapshot.organisations.filter(opened & still).sort("ods")


def _by_recency(snapshot: Snapshot) -> pl.DataFrame:
    """All figures, the later and the better believed ones last; kept for the snapshot's life."""
    if snapshot not in _sorted:
        standing = {id_: int(Standing[s["standing"].upper()]) for id_, s in snapshot.sources.items()}
        _sorted[snapshot] = snapshot.measures.with_columns(
            standing=pl.col("source").replace_strict(standing, default=int(Standing.COMPILED))
        ).sort("period_end", "standing", "known_from", "source", descending=[False, True, False, False])
    return _sorted[snapshot]


_CELL = ("ods", "feature", "value", "period_start", "period_end", "known_from", "source", "file")


def _latest(known: pl.DataFrame, chosen: tuple[Feature, ...]) -> pl.DataFrame:
    """All features that are simply a measure's latest value, in one go."""
    wanted = pl.DataFrame(
        [
            (measure, feature.name, order, feature.per_year)
            for feature in chosen
            if feature.how == "latest" and feature.over is None
            for order, measure in enumerate(feature.sources)
        ],
        schema={"measure": pl.String, "feature": pl.String, "order": pl.Int64, "per_year": pl.Boolean},
        orient="row",
    )
    newest = known.filter(pl.col("measure").is_in(wanted["measure"].unique().implode()))
    newest = newest.unique(["ods", "measure"], keep="last", maintain_order=True)
    return (
        newest.join(wanted, on="measure", maintain_order="left_right")
        .with_columns(value=pl.when("per_year").then(_A_YEAR).otherwise("value"))
        .sort("period_end", "order", descending=[False, True], maintain_order=True)
        .unique(["ods", "feature"], keep="last", maintain_order=True)
        .select(_CELL)
    )


_A_YEAR = pl.col("value") * 365.25 / ((pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1)


def _series(known: pl.DataFrame, feature: Feature) -> pl.DataFrame:
    """One value per organisation and period: the best measure's, a year's worth, divided by `over`."""
    order = {measure: at for at, measure in enumerate(feature.sources)}
    own = known.filter(pl.col("measure").is_in(list(feature.sources)))
    own = own.with_columns(
        order=pl.col("measure").replace_strict(order, return_dtype=pl.Int64),
        value=_A_YEAR if feature.per_year else pl.col("value"),
    )
    own = own.sort("period_end", "order", descending=[False, True], maintain_order=True)
    own = own.unique(["ods", "period_end"], keep="last", maintain_order=True)
    if feature.over is None:
        return own
    below = known.filter((pl.col("measure") == feature.over) & (pl.col("value") != 0))
    below = below.unique(["ods", "period_end"], keep="last", maintain_order=True)
    below = below.select("ods", "period_end", below="value", below_known="known_from")
    return (
        own.join_asof(
            below,
            on="period_end",
            by="ods",
            strategy="backward",
            tolerance=timedelta(days=31 * feature.over_within_months),
            check_sortedness=False,
        )
        .filter(pl.col("below").is_not_null())
        .with_columns(
            value=pl.col("value") / pl.col("below"),
            known_from=pl.max_horizontal("known_from", "below_known"),
        )
    )


def _worked_out(known: pl.DataFrame, feature: Feature) -> pl.DataFrame | None:
    if feature.how == "latest" and feature.over is None:
        return None
    made = _REDUCED[feature.how](_series(known, feature), feature)
    return made.with_columns(feature=pl.lit(feature.name)).select(_CELL)


def _last(series: pl.DataFrame, feature: Feature) -> pl.DataFrame:  # noqa: ARG001
    return series.unique("ods", keep="last", maintain_order=True)


def _mean(series: pl.DataFrame, feature: Feature) -> pl.DataFrame:  # noqa: ARG001
    """Plain mean of the periods that end within a year of the latest."""
    last = pl.col("period_end").max().over("ods")
    year = series.filter(pl.col("period_end") > last.dt.offset_by("-1y"))
    return year.group_by("ods", maintain_order=True).agg(pl.col("value").mean(), *_SPAN)


def _trend(series: pl.DataFrame, feature: Feature) -> pl.DataFrame:
    """Least-squares slope per year over the last `years`, from three points or more."""
    last = pl.col("period_end").max().over("ods")
    recent = series.filter(pl.col("period_end") > last.dt.offset_by(f"-{feature.years}y").dt.offset_by("-5d"))
    value = pl.col("value")
    if feature.transform == "log":
        recent, value = recent.filter(value > 0), value.log()
    time = pl.col("period_end").dt.epoch("d") / 365.25
    return (
        recent.group_by("ods", maintain_order=True)
        .agg(
            (pl.cov(time, value) / time.var()).alias("value"),
            *_SPAN,
            points=pl.len(),
            years=time.max() - time.min(),
        )
        .filter((pl.col("points") >= 3) & (pl.col("years") >= (feature.years - 1) / 2))
    )


_SPAN = (
    pl.col("period_start").min(),
    pl.col("period_end").max(),
    pl.col("known_from").max(),
    pl.col("source").last(),
    pl.col("file").last(),
)
_REDUCED = {"latest": _last, "mean": _mean, "trend": _trend}


def _laid_out(
    cells: pl.DataFrame, organisations: pl.DataFrame, chosen: tuple[Feature, ...], day: date
) -> pl.DataFrame:
    grid = pl.DataFrame(
        [(feature.name, feature.stale_after_months, list(feature.kinds)) for feature in chosen],
        schema={"feature": pl.String, "limit": pl.Int64, "kinds": pl.List(pl.String)},
        orient="row",
    )
    every = organisations.select("ods", "kind").join(grid, how="cross", maintain_order="left_right")
    full = every.join(cells, on=["ods", "feature"], how="left", maintain_order="left")
    oldest = pl.lit(day).dt.offset_by(pl.format("-{}mo", pl.col("limit")))
    applies = (pl.col("kinds").list.len() == 0) | pl.col("kinds").list.contains(pl.col("kind"))
    state = (
        pl.when(~applies)
        .then(pl.lit(NOT_APPLICABLE))
        .when(pl.col("value").is_null())
        .then(pl.lit(UNKNOWN))
        .when(pl.col("period_end") < oldest)
        .then(pl.lit(STALE))
        .otherwise(pl.lit(KNOWN))
    )
    return full.with_columns(state=state, value=pl.when(applies).then("value")).drop("limit", "kinds", "kind")


__all__ = ["DIMENSIONS", "KNOWN", "STALE", "UNKNOWN", "Profiles", "open_on", "profiles"]
