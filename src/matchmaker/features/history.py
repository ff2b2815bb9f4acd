"""Key features over the years: what a profile said of an organisation on the same day of each year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.features.definition import Feature, features
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot

MAX_YEARS = 12
"""How far back a trend goes."""
MIN_POINTS = 3
"""A trend is shown from this many points on."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of the past, and the middle half of the organisation's type on that day."""

    as_of: date
    """The day on which the figure was the latest known."""
    period_end: date
    """Last day of the period that the figure is about."""
    value: float
    """The figure."""
    lower_quartile: float
    """A quarter of the type had less."""
    median: float
    """Half of the type had less."""
    upper_quartile: float
    """Three quarters of the type had less."""
    standing: float | None
    """Share of its type that it exceeded, turned so that 1 is good; None without direction."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One feature over the years."""

    feature: str
    """Name of the feature."""
    label: str
    """What it is."""
    unit: str
    """Its unit."""
    direction: str
    """Which way is good: higher, lower or none."""
    points: tuple[Point, ...]
    """The earliest first; a year without a new figure has none."""


def key_features(sector: Sector) -> tuple[Feature, ...]:
    """The features whose history is shown, in the sector's order."""
    by_name = {feature.name: feature for feature in features(sector)}
    return tuple(by_name[name] for name in sector.display.key_features)


def yearly_days(as_of: date, known_since: date) -> list[date]:
    """The same day of each year up to `as_of`, the earliest first, from when anything was known."""
    ago = pl.DataFrame({"years": range(MAX_YEARS, -1, -1)})
    days = ago.select(pl.lit(as_of).dt.offset_by(pl.format("-{}y", "years"))).to_series()
    return [day for day in days if day >= known_since]


def trends(snapshot: Snapshot, code: str, as_of: date) -> tuple[Trend, ...]:
    """The key features of one organisation over the years, those with at least `MIN_POINTS` figures.

    Args:
        snapshot: the figures.
        code: the organisation.
        as_of: the last day.
    """
    chosen = key_features(snapshot.sector)
    series: dict[str, list[Point]] = {feature.name: [] for feature in chosen}
    for day in yearly_days(as_of, snapshot.known_since) if chosen else ():
        then = _profiles_of_key_features(snapshot, day)
        if code in then.position:
            for name, point in _points(then, code):
                if not series[name] or series[name][-1].period_end < point.period_end:
                    series[name].append(point)
    return tuple(
        Trend(feature.name, feature.label, feature.unit, feature.direction, tuple(series[feature.name]))
        for feature in chosen
        if len(series[feature.name]) >= MIN_POINTS
    )


@cached
def _profiles_of_key_features(snapshot: Snapshot, day: date) -> Profiles:
    return profiles(snapshot, day, key_features(snapshot.sector))


def _points(then: Profiles, code: str) -> list[tuple[str, Point]]:
    row = then.position[code]
    width = len(then.features)
    ends = then.cells["period_end"].slice(row * width, width)
    same_type = then.values[then.types == then.types[row]]
    out = []
    for at, feature in enumerate(then.features):
        value = then.values[row, at]
        if not np.isnan(value):
            column = same_type[:, at]
            low, middle, high = np.quantile(column[~np.isnan(column)], [0.25, 0.5, 0.75]).tolist()
            standing = then.standings[row, at]
            good = None if np.isnan(standing) else float(standing)
            out.append((feature.name, Point(then.as_of, ends[at], float(value), low, middle, high, good)))
    return out
