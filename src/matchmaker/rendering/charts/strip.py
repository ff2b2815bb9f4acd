"""One dimension as a strip: a mark for each figure, placed by its percentile within the type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.features.profile import FeatureValue
from matchmaker.models.early_warning.signs import WORST_SHARE
from matchmaker.rendering.charts.scale import linear

WIDTH, HEIGHT, EDGE = 400, 30, 10
MIDDLE = 15.0
"""Height of the line of marks."""
SIZE = 5.0
"""Half the width of a mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure: outline or circle, its tone, and its text.

    Attributes:
        tone: `weak`, `strong` or `plain`; each has a form of its own, so that colour is never alone.
        outline: corners of a triangle; empty for a circle.
    """

    x: float
    tone: str
    outline: str
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A dimension, ready to be drawn in a view box of `WIDTH` by `HEIGHT`.

    Attributes:
        low, high: what the ends mean.
        fifths: where the weakest and the strongest fifth end.
    """

    low: str
    high: str
    fifths: tuple[float, float]
    marks: tuple[Mark, ...]


def strip(cells: Sequence[FeatureValue]) -> Strip | None:
    """Place the known figures of one dimension; None where none can be placed.

    Where some figures have a good direction, only those are placed, the strongest at the right;
    otherwise all are, the highest at the right.
    """
    directed = any(cell.standing is not None for cell in cells)
    placed = [
        (cell, at) for cell in cells if (at := cell.standing if directed else cell.percentile) is not None
    ]
    if not placed:
        return None
    across = linear(0, 1, EDGE, WIDTH - EDGE)
    low, high = ("Weaker", "Stronger") if directed else ("Lower", "Higher")
    marks = [
        _mark(across(at), at, directed, f"{cell.label}: {cell.text}")
        for cell, at in sorted(placed, key=lambda one: one[1])
    ]
    return Strip(low, high, (across(WORST_SHARE), across(1 - WORST_SHARE)), tuple(marks))


def _mark(x: float, at: float, directed: bool, text: str) -> Mark:
    if directed and at <= WORST_SHARE:
        return Mark(x, "weak", _triangle(x, SIZE), text)
    if directed and at >= 1 - WORST_SHARE:
        return Mark(x, "strong", _triangle(x, -SIZE), text)
    return Mark(x, "plain", "", text)


def _triangle(x: float, up: float) -> str:
    """Pointing down where `up` is above 0, and up otherwise."""
    return f"{x - SIZE:g},{MIDDLE - up:g} {x + SIZE:g},{MIDDLE - up:g} {x:g},{MIDDLE + up:g}"
