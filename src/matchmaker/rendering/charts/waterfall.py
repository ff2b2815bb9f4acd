"""Explanations as waterfalls: one bar for each row, from where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from matchmaker.models.types import ExplanationRow
from matchmaker.rendering.charts.scale import Scale, linear

EDGE = 2.0
"""Space at both ends of a line, which is 100 wide."""
MIN_WIDTH = 0.6
SUM_WIDTH = 2.4
"""Of the mark of a sum: a bar would need a beginning at 0, which is not on the scale."""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar, as places from 0 to 100 of a line.

    Attributes:
        tone: `up`, `down`, `none`, or `whole` for the base value and the total, which are marks, not bars.
        end: where the sum stands after it.
    """

    x: float
    width: float
    tone: str
    end: float


def waterfalls(explanations: Sequence[Sequence[ExplanationRow]]) -> list[list[Step]]:
    """The bars of several explanations, all on one scale.

    Args:
        explanations: each a base value, components that add up, and a total.
    """
    sums = _sums(explanations)
    across = linear(*scale_ends(explanations), EDGE, 100 - EDGE, digits=6)
    return [
        [_step(row, at, len(rows), own, across) for at, row in enumerate(rows)]
        for rows, own in zip(explanations, sums, strict=True)
    ]


def scale_ends(explanations: Sequence[Sequence[ExplanationRow]]) -> tuple[float, float]:
    """The sums at the left and at the right end of the scale that several explanations share."""
    every = [value for one in _sums(explanations) for value in one] or [0.0]
    return min(every), max(every)


def _sums(explanations: Sequence[Sequence[ExplanationRow]]) -> list[list[float]]:
    """Where the sum stands after each row."""
    return [
        [*accumulate(row.contribution for row in rows[:-1]), rows[-1].contribution] for rows in explanations
    ]


def _step(row: ExplanationRow, at: int, count: int, sums: Sequence[float], across: Scale) -> Step:
    end = across(sums[at])
    if at in (0, count - 1):
        return Step(round(end - SUM_WIDTH / 2, 2), SUM_WIDTH, "whole", round(end, 2))
    begin = across(sums[at - 1])
    if row.value is None or not row.contribution:
        return Step(round(begin, 2), 0.0, "none", round(end, 2))
    left, width = min(begin, end), max(abs(end - begin), MIN_WIDTH)
    return Step(round(left, 2), round(width, 2), "up" if row.contribution > 0 else "down", round(end, 2))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of several explanations: what it is, and the row and bar of each.

    Attributes:
        share: of all weight, 0 to 1; None for the base value and the total.
    """

    label: str
    evidence: tuple[str, ...]
    share: float | None
    cells: tuple[tuple[ExplanationRow, Step], ...]


def waterfall_lines(explanations: Sequence[Sequence[ExplanationRow]]) -> list[Line]:
    """Several explanations line by line, their bars on one scale."""
    if not explanations:
        return []
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
