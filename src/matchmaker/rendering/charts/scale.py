"""The one scale of all charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Scale = Callable[[float], float]


def linear(
    low: float,
    high: float,
    start: float,
    end: float,
    *,
    log: bool = False,
    clip: bool = False,
    digits: int = 1,
) -> Scale:
    """A map from values to places.

    Args:
        low, high: values that stand at the start and at the end.
        start, end: their places; the end may lie before the start.
        log: whether equal ratios are equally far apart; what is not positive is then as low as can be.
        clip: whether a value beyond the scale stands at its end.
        digits: of a place.
    """
    turn = _log if log else float
    first, last = turn(low), turn(high)
    span = (last - first) or 1.0

    def place(value: float) -> float:
        share = (turn(value) - first) / span
        if clip:
            share = min(max(share, 0.0), 1.0)
        return round(start + share * (end - start), digits)

    return place


def lanes_of(places: Sequence[float], apart: float) -> list[int]:
    """The lowest line for each place, from left to right, on which it is far enough from the one before.

    Args:
        places: in ascending order.
        apart: the least distance on one line.
    """
    ends: list[float] = []
    out = []
    for x in places:
        lane = next((k for k, end in enumerate(ends) if x - end >= apart), len(ends))
        ends[lane : lane + 1] = [x]
        out.append(lane)
    return out


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
