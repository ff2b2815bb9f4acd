"""One dimension as a strip: a mark for each figure, placed by its percentile within the type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.features.types import FeatureValue
from matchmaker.models.early_warning.signs import WORST_SHARE
from matchmaker.rendering.charts.scale import lanes_of, linear

WIDTH, EDGE = 400, 12
SIZE = 9.0
"""Half the width of a mark, which holds its number."""
LANE = 21.0
"""Height of a line of marks; marks that would lie on each other get further lines."""
TOP = 4.0
"""Space above the first line and below the last."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure: its number, outline or circle, its tone, and its text.

    Attributes:
        number: from 1, the weakest first; the key below the strip says what it is.
        x, y: its middle.
        tone: `weak`, `strong` or `plain`; each has a form of its own, so that colour is never alone.
        outline: corners of a triangle; empty for a circle.
    """

    number: int
    x: float
    y: float
    tone: str
    outline: str
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A dimension, ready to be drawn in a view box of `WIDTH` by `height`.

    Attributes:
        height: as much as its lines of marks need.
        low, high: what the ends mean.
        fifths: where the weakest and the strongest fifth end.
    """

    height: float
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
    ordered = sorted(placed, key=lambda one: one[1])
    xs = [across(at) for _, at in ordered]
    lanes = lanes_of(xs, 2 * SIZE + 1)
    n_lanes = 1 + max(lanes)
    marks = [
        _mark(
            number,
            x,
            TOP + (n_lanes - lane - 0.5) * LANE,
            at if directed else None,
            f"{cell.label}: {cell.text}",
        )
        for number, ((cell, at), x, lane) in enumerate(zip(ordered, xs, lanes, strict=True), 1)
    ]
    fifths = (across(WORST_SHARE), across(1 - WORST_SHARE))
    return Strip(n_lanes * LANE + 2 * TOP, low, high, fifths, tuple(marks))


def _mark(number: int, x: float, y: float, standing: float | None, text: str) -> Mark:
    if standing is not None and standing <= WORST_SHARE:
        return Mark(number, x, y, "weak", _pointed(x, y, SIZE), text)
    if standing is not None and standing >= 1 - WORST_SHARE:
        return Mark(number, x, y, "strong", _pointed(x, y, -SIZE), text)
    return Mark(number, x, y, "plain", "", text)


def _pointed(x: float, y: float, down: float) -> str:
    """A square with a point, at its lower side where `down` is above 0 and at its upper side otherwise."""
    corners = [(-SIZE, -down), (SIZE, -down), (SIZE, 0.35 * down), (0.0, 1.1 * down), (-SIZE, 0.35 * down)]
    return " ".join(f"{x + across:g},{round(y + up, 2):g}" for across, up in corners)
