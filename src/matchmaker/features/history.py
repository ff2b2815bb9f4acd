"""Key features over the years: what a profile said of an organisation on the same day of each year."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.features.definition import Feature, features
from matchmaker.features.profiles import profiles
from matchmaker.features.types import Point, Trend
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.typing import Floats

MAX_YEARS = 12
"""How far back a trend goes."""
MIN_POINTS = 3
"""A trend is shown from this many points on."""


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
        then = _year(snapshot, day)
        at = int(np.searchsorted(then.codes, code))
        if at < len(then.codes) and then.codes[at] == code:
            for name, point in _points(then, at, day, chosen):
                if not series[name] or series[name][-1].period_end < point.period_end:
                    series[name].append(point)
    return tuple(
        Trend(feature.name, feature.label, feature.unit, feature.direction, tuple(series[feature.name]))
        for feature in chosen
        if len(series[feature.name]) >= MIN_POINTS
    )


@dataclass(frozen=True, slots=True)
class _Year:
    """The key features of all organisations on one day: of their profiles no more than a trend needs."""

    codes: NDArray[np.str_]
    """(n,) in order."""
    types: NDArray[np.str_]
    """(n,)."""
    values: Floats
    """(n, f)."""
    standings: Floats
    """(n, f)."""
    ends: NDArray[np.datetime64]
    """(n, f) the last day of the period of each."""
    quartiles: dict[str, Floats]
    """By type, (3, f); NaN where nothing is known."""

    @property
    def cache_size(self) -> int:
        """Bytes; see `cache.size_of`."""
        return sum(part.nbytes for part in (self.codes, self.types, self.values, self.standings, self.ends))


@cached
def _year(snapshot: Snapshot, day: date) -> _Year:
    then = profiles(snapshot, day, key_features(snapshot.sector))
    codes, types, values = then.organisations["code"].to_numpy().astype(str), then.types, then.values
    ends = then.cells["period_end"].to_numpy().reshape(values.shape)
    quartiles = {str(name): _quartiles(values[types == name]) for name in np.unique(types)}
    return _Year(codes, types, values, then.standings, ends, quartiles)


def _quartiles(values: Floats) -> Floats:
    out = np.full((3, values.shape[1]), np.nan)
    for at in range(values.shape[1]):
        known = values[:, at][~np.isnan(values[:, at])]
        if known.size:
            out[:, at] = np.quantile(known, [0.25, 0.5, 0.75])
    return out


def _points(then: _Year, row: int, day: date, chosen: tuple[Feature, ...]) -> Iterator[tuple[str, Point]]:
    quartiles = then.quartiles[str(then.types[row])]
    for at, feature in enumerate(chosen):
        value = float(then.values[row, at])
        if not math.isnan(value):
            low, middle, high = quartiles[:, at].tolist()
            good = float(then.standings[row, at])
            end = then.ends[row, at].item()
            yield feature.name, Point(day, end, value, low, middle, high, None if math.isnan(good) else good)
