"""Profiles side by side, where they differ most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from matchmaker.errors import InvalidParameter
from matchmaker.extras import named_if_missing
from matchmaker.features.comparison_sets import ComparisonSet, Spread, spread_of
from matchmaker.features.history import Trend, trends
from matchmaker.features.profile import FeatureValue, Profile
from matchmaker.features.profiles import KNOWN, Profiles

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

MAX_COMPARED = 8
"""Maximum number of organisations side by side."""


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


def compare(profiles: Sequence[Profile]) -> Comparison:
    """Put profiles of one day side by side.

    Features that apply to none of them, or are known of none, are left out; those known of fewer
    than two come last.

    Raises:
        InvalidParameter: they are fewer than two, or too many, or one is given twice.
    """
    codes = [profile.code for profile in profiles]
    if len(set(codes)) < len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise InvalidParameter(f"{twice} is named more than once.", "Name each one to compare once.")
    if not 2 <= len(codes) <= MAX_COMPARED:
        raise InvalidParameter(
            f"{len(codes)} can't be put side by side.", f"Compare 2 to {MAX_COMPARED} in all."
        )
    rows = []
    for cells in zip(*(profile.cells for profile in profiles), strict=True):
        if any(cell.state == KNOWN for cell in cells):
            shares = [cell.percentile for cell in cells if cell.percentile is not None]
            gap = max(shares) - min(shares) if len(shares) > 1 else None
            rows.append(ComparedFeature(cells[0].feature, cells[0].dimension, cells[0].label, gap, cells))
    rows.sort(key=lambda row: -1.0 if row.gap is None else row.gap, reverse=True)  # stable
    return Comparison(tuple(profiles), tuple(rows))


def with_sets(found: Comparison, profiles: Profiles, sets: Sequence[ComparisonSet]) -> Comparison:
    """A comparison with the spread of each feature in some sets and the years of each organisation.

    What has a good end comes first, since only there a difference is better or worse; within both halves
    the largest gap is first.
    """
    rows = []
    for row in found.rows:
        column = profiles.column[row.feature]
        spreads = tuple(one for each in sets if (one := spread_of(profiles, column, each)) is not None)
        feature = profiles.features[column]
        change = feature.how == "trend"
        rows.append(replace(row, direction=feature.direction, spreads=spreads, is_change=change))
    rows.sort(key=lambda row: (row.gap is None, row.direction == "none"))  # stable
    past = tuple(trends(profiles.snapshot, one.code, profiles.as_of) for one in found.profiles)
    return Comparison(found.profiles, tuple(rows), tuple(sets), past)
