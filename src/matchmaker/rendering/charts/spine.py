"""A spine chart: several organisations on one line from weak to strong, above the spread of some sets."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.features.profiles import KNOWN
from matchmaker.features.types import ComparedFeature
from matchmaker.rendering.charts.scale import lanes_of, linear

WIDTH, EDGE = 400, 14
RADIUS = 9.0
"""Of a mark, which holds the number of its organisation."""
LANE = 20.0
"""Height of a line of marks; marks that would lie on each other get further lines."""
TRACK = 15.0
"""Height of the line of one set."""


@dataclass(frozen=True, slots=True)
class SpineMark:
    """One organisation: its number, from 1, and the middle of its mark."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SpineTrack:
    """One set: its ends, its quarters and its median, weak to strong, and its height."""

    label: str
    places: tuple[float, float, float, float, float]
    y: float


@dataclass(frozen=True, slots=True)
class Spine:
    """One feature, ready to be drawn in a view box of `WIDTH` by `height`.

    Attributes:
        low, high: what the ends mean.
    """

    low: str
    high: str
    height: float
    marks: tuple[SpineMark, ...]
    tracks: tuple[SpineTrack, ...]


def spine(row: ComparedFeature) -> Spine | None:
    """Place one compared feature; None where no set knows enough of it.

    Good is always at the right, and without a good end the high values are. The scale goes from the weakest
    to the strongest of all that is shown, so no part of it is hidden.
    """
    values = {at: cell.value for at, cell in enumerate(row.cells, 1) if cell.state == KNOWN}
    shown = {at: value for at, value in values.items() if value is not None}
    if not row.spreads:
        return None
    five = [
        (one.weakest, one.weaker_quarter, one.median, one.stronger_quarter, one.strongest)
        for one in row.spreads
    ]
    every = [*shown.values(), *(value for one in five for value in one)]
    ends = (min(every), max(every))
    weak, strong = reversed(ends) if row.direction == "lower" else ends
    across = linear(weak, strong, EDGE, WIDTH - EDGE)
    placed = _lanes({at: across(value) for at, value in shown.items()})
    n_lanes = 1 + max((lane for _, lane in placed.values()), default=0)
    top = n_lanes * LANE + 4
    low, high = ("Lower", "Higher") if row.direction == "none" else ("Weaker", "Stronger")
    return Spine(
        low,
        high,
        top + len(five) * TRACK,
        tuple(SpineMark(at, x, (n_lanes - lane - 0.5) * LANE) for at, (x, lane) in placed.items()),
        tuple(
            SpineTrack(spread.label, tuple(map(across, one)), top + (at + 0.5) * TRACK)  # type: ignore[arg-type]
            for at, (spread, one) in enumerate(zip(row.spreads, five, strict=True))
        ),
    )


def _lanes(places: dict[int, float]) -> dict[int, tuple[float, int]]:
    """The lowest line for each mark on which none lies on another."""
    ordered = sorted(places.items(), key=lambda one: (one[1], one[0]))
    lanes = lanes_of([x for _, x in ordered], 2 * RADIUS + 1)
    return {at: (x, lane) for (at, x), lane in zip(ordered, lanes, strict=True)}
