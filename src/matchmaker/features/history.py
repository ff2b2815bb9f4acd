"""Key measures over the years: what a profile said of a trust on the same day of each year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from matchmaker.features.definition import Feature, features
from matchmaker.features.profiles import Profiles

KEY = (
    "staff",
    "beds",
    "surplus_share",
    "operating_margin",
    "cqc_overall",
    "mortality",
    "ae_4_hours",
    "rtt_18_weeks",
    "cancer_62_days",
    "ambulance_category_2",
    "sickness_absence",
    "recommend_care",
)
"""The features whose past is shown: what a reader asks of each dimension first."""
YEARS = 12
FEWEST = 3
"""From so many points on, a trend is shown."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of the past, and the middle half of the trust's kind on that day.

    Attributes:
        as_of: the day on which the figure was the latest known.
        period_end: of the figure.
        standing: the share of its kind that it exceeded, turned so that 1 is good; None without direction.
    """

    as_of: date
    period_end: date
    value: float
    lower_quartile: float
    median: float
    upper_quartile: float
    standing: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """One feature over the years; a year without a new figure has no point."""

    feature: str
    label: str
    unit: str
    direction: str
    points: tuple[Point, ...]


def key_features() -> tuple[Feature, ...]:
    """The features of `KEY`, in its order."""
    by_name = {feature.name: feature for feature in features()}
    return tuple(by_name[name] for name in KEY)


def days_back(as_of: date, known_since: date) -> list[date]:
    """The same day of each year up to `as_of`, the earliest first, from when anything was known."""
    ago = pl.DataFrame({"years": range(YEARS, -1, -1)})
    days = ago.select(pl.lit(as_of).dt.offset_by(pl.format("-{}y", "years"))).to_series()
    return [day for day in days if day >= known_since]


def trends(on: Callable[[date], Profiles], code: str, days: Sequence[date]) -> tuple[Trend, ...]:
    """The key measures of one trust over the years, those with at least `FEWEST` figures.

    Args:
        on: gives the profiles of a day, with the features of `KEY` in its order.
        ods: the trust.
        days: the earliest first.
    """
    series: dict[str, list[Point]] = {name: [] for name in KEY}
    for day in days:
        seen = on(day)
        if code in seen.position:
            for name, point in _points(seen, code):
                if not series[name] or series[name][-1].period_end < point.period_end:
                    series[name].append(point)
    return tuple(
        Trend(feature.name, feature.label, feature.unit, feature.direction, tuple(series[feature.name]))
        for feature in key_features()
        if len(series[feature.name]) >= FEWEST
    )


def _points(seen: Profiles, code: str) -> list[tuple[str, Point]]:
    row = seen.position[code]
    width = len(seen.features)
    ends = seen.cells["period_end"].slice(row * width, width)
    org_type = seen.values[seen.types == seen.types[row]]
    out = []
    for at, feature in enumerate(seen.features):
        value = seen.values[row, at]
        if not np.isnan(value):
            column = org_type[:, at]
            low, middle, high = np.quantile(column[~np.isnan(column)], [0.25, 0.5, 0.75]).tolist()
            standing = seen.standings[row, at]
            good = None if np.isnan(standing) else float(standing)
            out.append((feature.name, Point(seen.as_of, ends[at], float(value), low, middle, high, good)))
    return out
