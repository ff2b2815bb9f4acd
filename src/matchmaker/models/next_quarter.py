"""What the next publication does to places: widening of rank intervals, fitted on past quarters.

The figures ship with a sector (`artefacts/rank_intervals.json`, written by `matchmaker train intervals`); a
sector without them has rank intervals that cover weights and unknowns only, and says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pydantic import BaseModel, ConfigDict

from matchmaker.cache import cached
from matchmaker.models.types import RankUncertainty
from matchmaker.sector import Sector

FILE = "rank_intervals.json"
WEIGHTS_ONLY = (
    "Likely places cover other reasonable weights and what is unknown (SMAA rank acceptability), not the "
    "next publication."
)


class Record(BaseModel):
    """A frozen record without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(Record):
    """What the next quarter did to places of a band."""

    first: int
    """First place of the band."""
    last: int | None
    """Last place; None has no end."""
    ranks: float
    """By how many places the weights' interval is widened at both ends."""
    dropped: float
    """Share of options that were not eligible, or not open, a quarter later."""


class Coverage(Record):
    """How often intervals held the place a quarter later, on quarters that they were not fitted on."""

    day: date
    """The later day."""
    options: int
    """Options among the first ten on the earlier day."""
    dropped: float
    """Share of them that had dropped off the list."""
    covered: float
    """Share of all whose interval held the later place; those that dropped off count as not held."""
    covered_of_listed: float
    """The same among those still on the list."""
    weights_only: float
    """Share of all that the interval of the weights alone held; those that dropped off count as not held."""


class NextQuarter(Record):
    """The widening of one arrangement's rank intervals, with its record."""

    arrangement: str
    """Its name."""
    method: str
    """How it was fitted."""
    quarters: tuple[date, ...]
    """The later days of the quarters it was fitted on."""
    bands: tuple[Band, ...]
    """By the place on the list."""
    coverage: tuple[Coverage, ...]
    """Out of sample: each quarter with the widening fitted on those before it."""
    covered: float
    """Of all these options, the share whose interval held; drop-outs count as not held."""
    covered_of_listed: float
    """The same among those still on the list."""
    weights_only: float
    """What the weights' interval alone held of all."""
    dropped: float
    """Share that dropped off."""

    @property
    def says(self) -> str:
        """What the intervals cover, in words."""
        return (
            "Likely places cover other reasonable weights, what is unknown and the next quarter's figures: "
            f"on past quarters {self.covered:.0%} of places a quarter later were within "
            f"({self.covered_of_listed:.0%} of options that were still on the list; {self.dropped:.0%} had "
            f"dropped off it)."
        )


class RankIntervals(Record):
    """The file."""

    snapshot: str
    """Hash of the snapshot it was fitted on."""
    arrangements: tuple[NextQuarter, ...]
    """One each."""


def next_quarter(sector: Sector, arrangement: str) -> NextQuarter | None:
    """The widening that ships with a sector for an arrangement; None where there is none."""
    shipped = rank_intervals(sector)
    if shipped is None:
        return None
    return next((one for one in shipped.arrangements if one.arrangement == arrangement), None)


def rank_intervals(sector: Sector) -> RankIntervals | None:
    """All that ship with a sector; None where there are none."""
    file = sector.folder.joinpath("artefacts", FILE)
    return _read(file.read_text("utf-8")) if file.is_file() else None


@cached
def _read(text: str) -> RankIntervals:
    return RankIntervals.model_validate_json(text)


def widened(one: RankUncertainty, rank: int, n_eligible: int, bands: tuple[Band, ...]) -> RankUncertainty:
    """An interval of the weights, widened for the next publication.

    Args:
        one: the interval of the weights.
        rank: the place, from 1; it stays within.
        n_eligible: how many places there are.
        bands: of `NextQuarter`.
    """
    band = next((b for b in bands if b.first <= rank and (b.last is None or rank <= b.last)), None)
    if band is None:
        return one
    low, high = limits(one.rank_low, one.rank_high, rank, n_eligible, band.ranks)
    return replace(one, rank_low=low, rank_high=high, drops_off=band.dropped)


def limits(low: int, high: int, rank: int, n_eligible: int, ranks: float) -> tuple[int, int]:
    """Both ends of an interval moved outwards (inwards where `ranks` is negative), the place kept within."""
    return (
        max(1, min(rank, round(low - ranks))),
        min(n_eligible, max(rank, round(high + ranks))),
    )
