"""What is told of organisations as of a day: one profile, several side by side, and figures over the years.

Records only, which a program without NumPy and Polars can read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from matchmaker.extras import named_if_missing
from matchmaker.features.states import KNOWN, STALE, UNKNOWN

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


@dataclass(frozen=True, slots=True)
class FeatureValue:
    """One feature of one organisation."""

    feature: str
    """Name of the feature."""
    dimension: str
    """The dimension that it belongs to."""
    label: str
    """What it is, in plain language."""
    unit: str
    """Unit of the value; shares are from 0 to 1."""
    change: bool
    """Whether the value is a change over time."""
    value: float | None
    """As published; None is unknown."""
    text: str
    """The value as people read it."""
    state: str
    """known, stale (too old to be used), unknown, or not applicable to this type of organisation."""
    percentile: float | None
    """Share of its type that it exceeds, 0 to 1; None where it is not known."""
    standing: float | None
    """The percentile turned so that 1 is good; None for features without a direction."""
    period_start: date | None
    """First day of the period that the figure is of."""
    period_end: date | None
    """Last day of that period."""
    known_from: date | None
    """The day on which the figure was published."""
    months_old: int | None
    """Whole months from the end of the period to the day of the profile."""
    source: str | None
    """Identifier of the publication it comes from."""
    publisher: str | None
    """Who published it."""
    merger: str | None = None
    """What a merger means for the figure: added up from the parts, or from before another was taken in."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One organisation as of one day."""

    code: str
    """Its identifier."""
    name: str
    """Its name."""
    type: str
    """Its type on the day."""
    region: str | None
    """The region that it belongs to; None is unknown."""
    locality: str | None
    """The locality that it belongs to; None is unknown."""
    as_of: date
    """The day; nothing published later is used."""
    snapshot: str
    """Content hash of the figures."""
    cells: tuple[FeatureValue, ...]
    """Every feature, by dimension."""

    def in_state(self, *states: str) -> tuple[FeatureValue, ...]:
        """The cells in one of some states, in their order."""
        return tuple(cell for cell in self.cells if cell.state in states)

    def rows(self) -> list[dict[str, Any]]:
        """One row per feature that applies to its type, with the organisation and the day in each."""
        own = {"code": self.code, "name": self.name, "type": self.type, "as_of": self.as_of}
        applying = self.in_state(KNOWN, STALE, UNKNOWN)
        return [own | asdict(cell) | {"snapshot": self.snapshot} for cell in applying]


@dataclass(frozen=True, slots=True)
class ComparisonSet:
    """Some organisations to compare with."""

    label: str
    """What they are, in plain language."""
    codes: tuple[str, ...]
    """Their codes, in alphabetical order."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One feature within one set, from its weak end to its strong one; from low to high without direction."""

    label: str
    """Of the set."""
    known: int
    """How many of the set have a figure that is not too old."""
    weakest: float
    """The figure at the weak end."""
    weaker_quarter: float
    """A quarter of the set is weaker."""
    median: float
    """Half of the set is weaker."""
    stronger_quarter: float
    """A quarter of the set is stronger."""
    strongest: float
    """The figure at the strong end."""


@dataclass(frozen=True, slots=True)
class ComparedFeature:
    """One feature of several organisations."""

    feature: str
    """Name of the feature."""
    dimension: str
    """The dimension that it belongs to."""
    label: str
    """What it is, in plain language."""
    gap: float | None
    """The highest less the lowest percentile among their types; None where fewer than two are known."""
    cells: tuple[FeatureValue, ...]
    """Its value for each organisation, in their order."""
    direction: str = "none"
    """Which way is good: higher, lower or none."""
    spreads: tuple[Spread, ...] = ()
    """How it is spread in each comparison set that knows enough of it."""
    is_change: bool = False
    """Whether it is a change over time: that of a share is in percentage points."""


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


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several organisations as of one day."""

    profiles: tuple[Profile, ...]
    """Their profiles, in the order asked for."""
    rows: tuple[ComparedFeature, ...]
    """Every feature that is known of any, the largest gap first."""
    sets: tuple[ComparisonSet, ...] = ()
    """What they are compared with: all of the type of the first, those of its region, and an own set."""
    trends: tuple[tuple[Trend, ...], ...] = ()
    """The key features of each organisation over the years, in the order of the profiles."""

    def to_rows(self) -> list[dict[str, Any]]:
        """One row per feature and organisation, with its period and source and the spread in each set."""
        out = []
        for row in self.rows:
            ends = {
                f"{name}, {spread.label}": getattr(spread, name)
                for spread in row.spreads
                for name in ("weakest", "median", "strongest")
            }
            spreads = {key: ends.get(key) for key in self._ends()}
            for profile, cell in zip(self.profiles, row.cells, strict=True):
                own = {"code": profile.code, "name": profile.name, "as_of": profile.as_of}
                figure = asdict(cell) | {"gap": row.gap, "direction": row.direction}
                out.append(own | figure | spreads | {"snapshot": profile.snapshot})
        return out

    def to_polars(self) -> pl.DataFrame:
        """`to_rows` as a polars frame."""
        import polars as pl

        return pl.DataFrame(self.to_rows(), infer_schema_length=None)

    @named_if_missing()
    def to_pandas(self) -> pd.DataFrame:
        """`to_rows` as a pandas frame."""
        import pandas as pd

        return pd.DataFrame(self.to_rows())

    def _ends(self) -> list[str]:
        return [f"{name}, {one.label}" for one in self.sets for name in ("weakest", "median", "strongest")]
