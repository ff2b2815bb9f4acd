"""A recipient beside some candidates: why each stands where it does, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from matchmaker.features.comparison import Comparison
from matchmaker.features.comparison import Row as Feature
from matchmaker.models.scoring.phrases import DIMENSION_WORDS
from matchmaker.models.types import ExplanationRow, WhyNot
from matchmaker.rendering.charts.waterfall import Step, waterfalls
from matchmaker.web.presenters.overview import ORDER

MOST = 3
"""So many candidates fit beside a recipient."""
DIFFER_MOST = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sums: what it is, and for each candidate its row and bar.

    Attributes:
        share: of all weight, 0 to 1; None for the start and the total.
    """

    label: str
    evidence: tuple[str, ...]
    share: float | None
    cells: tuple[tuple[ExplanationRow, Step], ...]


def sums(explanations: Sequence[Sequence[ExplanationRow]]) -> list[Line]:
    """Several explanations line by line, their bars on one scale."""
    bars = waterfalls(explanations)
    total = explanations[0][-1].weight
    last = len(explanations[0]) - 1
    return [
        Line(
            label=rows[0].label,
            evidence=rows[0].evidence,
            share=rows[0].weight / total if 0 < at < last and total else None,
            cells=tuple((row, bar[at]) for row, bar in zip(rows, bars, strict=True)),
        )
        for at, rows in enumerate(zip(*explanations, strict=True))
    ]


def most_different(comparison: Comparison) -> list[Feature]:
    """The features in which the trusts stand furthest apart."""
    return [row for row in comparison.rows if row.gap is not None][:DIFFER_MOST]


def by_dimension(comparison: Comparison) -> list[tuple[str, list[Feature]]]:
    """All features, dimension by dimension."""
    ordered = sorted(comparison.rows, key=lambda row: ORDER.index(row.dimension))
    groups = groupby(ordered, key=lambda row: row.dimension)
    return [(DIMENSION_WORDS[dimension].capitalize(), list(rows)) for dimension, rows in groups]


def standing(one: WhyNot) -> str:
    """Where a candidate stands, in a few words."""
    if one.rank is None:
        return f"Left out; would be in place {one.would_be}"
    return f"In place {one.rank}"
