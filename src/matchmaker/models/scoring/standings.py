"""How each organisation stands among its type, steadied over the last year.

One quarter's figure is news; a partner should have met its targets consistently. So a standing is the mean
of those that a reader would have seen on the day and three, six and nine months before it, and a measure that
has only just come out counts for less until it has been seen for a year. How many such days count is a
sector's own to say (`criteria.steady_quarters`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.features.definition import Feature
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.own_figures import OWN
from matchmaker.stored import stored
from matchmaker.typing import Floats, Mask

MONTHS_APART = 3


@dataclass(frozen=True, slots=True)
class EarlierDay:
    """What is needed of the profiles of an earlier day, a small part of them.

    Attributes:
        day: as of which.
        position: code -> row.
        types: (n_organisations,) the type of each.
        standings: (n_organisations, n_features) see `Profiles.standings`.
        own: (n_organisations, n_features) which figures are the user's own.
    """

    day: date
    position: dict[str, int]
    types: NDArray[np.str_]
    standings: Floats
    own: Mask

    @property
    def cache_size(self) -> int:
        """Bytes, estimated; see `cache.size_of`."""
        return self.types.nbytes + self.standings.nbytes + self.own.nbytes


@cached
@stored(
    lambda both: {"standing": both[0], "weight": both[1]},
    lambda parts, _: (parts["standing"], parts["weight"]),
)
def steady_standings(on_day: Profiles) -> tuple[Floats, Floats]:
    """The standing in every feature, and what it counts for.

    A day before the organisation took another in, or on which it was of another type, says nothing of the
    body that it now is and is left out; so is an earlier published figure beside one of the user's own, which
    counts at once, with those of the user's own that were known on earlier days.

    Returns:
        (n_features, n_organisations) each: the standing in 0 to 1, NaN where the figure is unknown today or
        has no direction; and its weight in 0 to 1: the share of the days on which the figure was known,
        times what is left of it as it fades (`fades_out_months` of the feature).
    """
    now = on_day.standings
    total, seen = np.nan_to_num(now), (~np.isnan(now)).astype(float)
    days = np.ones(now.shape)
    own = _own_figures(on_day)
    for earlier in earlier_quarters(on_day):
        rows = np.array([earlier.position.get(code, -1) for code in on_day.position])
        same = (rows >= 0) & (earlier.types[rows] == on_day.types) & ~_joined_since(on_day, earlier)
        counts = same[:, None] & ~(own & ~earlier.own[rows])
        then = np.where(counts, earlier.standings[rows], np.nan)
        total += np.nan_to_num(then)
        seen += ~np.isnan(then)
        days += counts
    mean = np.divide(total, seen, out=np.full_like(total, np.nan), where=~np.isnan(now))
    weight = np.where(np.isnan(mean), 0.0, seen / days * remaining_weight(on_day))
    return np.ascontiguousarray(mean.T), np.ascontiguousarray(weight.T)


@cached
def remaining_weight(on_day: Profiles) -> Floats:
    """(n_organisations, n_features) what is left of each figure: 1 when new, 0 where it has faded out."""
    limit = np.array([feature.fades_out_months or np.inf for feature in on_day.features])
    age = on_day.cells.select(
        months=(pl.lit(on_day.as_of) - pl.col("period_end")).dt.total_days() / DAYS_PER_MONTH
    )
    months = age.to_series().fill_null(0.0).to_numpy().reshape(on_day.values.shape)
    left: Floats = np.clip(1.0 - months / limit, 0.0, 1.0)
    return left


def earlier_quarters(on_day: Profiles) -> list[EarlierDay]:
    """Three, six and nine months before, the latest first, as far back as anything was known."""
    steps = range(1, on_day.sector.criteria.steady_quarters)
    if not steps:
        return []
    ago = [pl.lit(on_day.as_of).dt.offset_by(f"-{MONTHS_APART * step}mo") for step in steps]
    days = pl.select(pl.concat_list(ago)).item().to_list()
    return [
        _earlier(on_day.snapshot, day, on_day.features) for day in days if day >= on_day.snapshot.known_since
    ]


@cached
def _earlier(snapshot: Snapshot, day: date, features: tuple[Feature, ...]) -> EarlierDay:
    then = profiles(snapshot, day, features)
    return EarlierDay(day, then.position, then.types, then.standings, _own_figures(then))


def _joined_since(on_day: Profiles, earlier: EarlierDay) -> Mask:
    """(n,) which organisations took another in between two days."""
    between = pl.col("date").is_between(earlier.day, on_day.as_of, closed="right")
    joined = set(on_day.snapshot.successions.filter(between)["new"])
    return np.array([code in joined for code in on_day.position], dtype=bool)


def _own_figures(on_day: Profiles) -> Mask:
    """(n_organisations, n_features) which figures are the user's own."""
    own = on_day.cells.select((pl.col("source") == OWN).fill_null(False)).to_series()
    return own.to_numpy().reshape(on_day.values.shape)
