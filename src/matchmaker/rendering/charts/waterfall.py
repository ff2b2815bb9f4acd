"""An explanation as a waterfall: one bar for each line of it, from where the last ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.models.types import ExplanationRow

Across = Callable[[float], float]
EDGE = 2.0
"""Room at both ends of a bar's line, which is 100 wide."""
THINNEST = 0.6


@dataclass(frozen=True, slots=True)
class Step:
    """One bar, as points from 0 to 100 of a line.

    Attributes:
        tone: `up`, `down`, `none`, or `whole` for the start and the total.
        end: where the sum stands after it.
    """

    x: float
    width: float
    tone: str
    end: float


def waterfalls(explanations: Sequence[Sequence[ExplanationRow]]) -> list[list[Step]]:
    """The bars of several explanations, all on one scale.

    Args:
        explanations: each a start, terms that add up, and a total.
    """
    sums = [_sums(rows) for rows in explanations]
    every = [value for one in sums for value in one] or [0.0]
    low, high = min(every), max(every)
    spread = (high - low) or 1.0

    def across(value: float) -> float:
        return EDGE + (100 - 2 * EDGE) * (value - low) / spread

    return [
        [_step(row, at, len(rows), own, across) for at, row in enumerate(rows)]
        for rows, own in zip(explanations, sums, strict=True)
    ]


def _sums(rows: Sequence[ExplanationRow]) -> list[float]:
    """Where the sum stands after each row."""
    out: list[float] = []
    for row in rows[:-1]:
        out.append((out[-1] if out else 0.0) + row.contribution)
    return [*out, rows[-1].contribution]


def _step(row: ExplanationRow, at: int, count: int, sums: Sequence[float], across: Across) -> Step:
    end = across(sums[at])
    if at in (0, count - 1):
        return Step(0.0, round(max(end, THINNEST), 2), "whole", round(end, 2))
    begin = across(sums[at - 1])
    if row.value is None or not row.contribution:
        return Step(round(begin, 2), 0.0, "none", round(end, 2))
    left, width = min(begin, end), max(abs(end - begin), THINNEST)
    return Step(round(left, 2), round(width, 2), "up" if row.contribution > 0 else "down", round(end, 2))
