"""Profiles side by side, where they differ most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from matchmaker.errors import InvalidParameter
from matchmaker.features.comparison_sets import spread_of
from matchmaker.features.history import trends
from matchmaker.features.profiles import KNOWN, Profiles
from matchmaker.features.types import ComparedFeature, Comparison, ComparisonSet, Profile

if TYPE_CHECKING:
    pass

MAX_COMPARED = 8
"""Maximum number of organisations side by side."""


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
