"""Profiles side by side, where they differ most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.errors import InvalidParameter
from matchmaker.features.profile import FeatureValue, Profile
from matchmaker.features.profiles import KNOWN

MOST = 5
"""So many trusts fit side by side."""


@dataclass(frozen=True, slots=True)
class Row:
    """One feature of several trusts.

    Attributes:
        gap: between the highest and the lowest share of its own kind that a trust exceeds; None where
            fewer than two are known.
    """

    feature: str
    dimension: str
    label: str
    gap: float | None
    cells: tuple[FeatureValue, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several trusts as of one day: their profiles, and `rows` with the largest gap first."""

    profiles: tuple[Profile, ...]
    rows: tuple[Row, ...]


def compare(profiles: Sequence[Profile]) -> Comparison:
    """Put profiles of one day side by side.

    Features that apply to none of them, or are known of none, are left out; those known of fewer
    than two come last.

    Raises:
        OutOfRange: the trusts are fewer than two, or too many, or one is given twice.
    """
    codes = [profile.code for profile in profiles]
    if len(set(codes)) < len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise InvalidParameter(f"{twice} is named more than once.", "Name each trust to compare once.")
    if not 2 <= len(codes) <= MOST:
        raise InvalidParameter(
            f"{len(codes)} trusts can't be put side by side.", f"Compare 2 to {MOST} trusts in all."
        )
    rows = []
    for cells in zip(*(profile.cells for profile in profiles), strict=True):
        if any(cell.state == KNOWN for cell in cells):
            shares = [cell.percentile for cell in cells if cell.percentile is not None]
            gap = max(shares) - min(shares) if len(shares) > 1 else None
            rows.append(Row(cells[0].feature, cells[0].dimension, cells[0].label, gap, cells))
    rows.sort(key=lambda row: -1.0 if row.gap is None else row.gap, reverse=True)  # stable
    return Comparison(tuple(profiles), tuple(rows))
