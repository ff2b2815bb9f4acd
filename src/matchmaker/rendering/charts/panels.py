"""The geometry of small line charts: from a trend to the points and labels that a page draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from matchmaker.features.formatting import RATINGS, format_short, format_value
from matchmaker.features.history import Point, Trend

WIDTH, HEIGHT = 340, 190
TOP, RIGHT, BOTTOM = 10, 14, 26
LETTER = 7.0
"""Width of a letter of a label, about."""
STEPS = 4
"""About so many steps on each axis."""
STANDING = {"rating, 1 to 4"}
"""Units of judgements that stand until the next one: drawn as steps, never broken."""
ALONE = 5.0
"""Half the width of a stretch of one figure."""
GAP_DAYS = 800
"""A line is broken where the next figure is more than so many days away, about two missing years."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of figures without a gap: outline of the middle half of the kind, its middle, the trust."""

    band: str
    median: str
    line: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One trend, ready to be drawn: x to the right and y down, in units of the view box.

    Attributes:
        x_ticks, y_ticks: place and label.
        stretches: lines to draw, one after the other.
        dots: the trust's figures, each with what it says.
        caption: the chart in a sentence or two.
    """

    trend: Trend
    left: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    stretches: tuple[Stretch, ...]
    dots: tuple[tuple[float, float, str], ...]
    caption: str


def chart(trend: Trend, kind: str) -> Chart:
    """Lay out one trend.

    Args:
        trend: with at least two figures.
        kind: of the trust, in words.
    """
    points = trend.points
    every = [v for p in points for v in (p.value, p.lower_quartile, p.upper_quartile)]
    ticks = _ticks(min(every), max(every), trend.unit)
    labels = _labels(ticks, trend.unit)
    left = 10 + LETTER * max(map(len, labels))
    across = _scale(
        points[0].period_end.toordinal(), points[-1].period_end.toordinal(), left + 6, WIDTH - RIGHT
    )
    up = _scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)

    def path(values: Callable[[Point], float], run: Sequence[Point]) -> list[str]:
        places = [(across(p.period_end.toordinal()), up(values(p))) for p in run]
        if len(places) == 1:  # a figure between two gaps: wide enough to be seen
            ((x, y),) = places
            places = [(x - ALONE, y), (x + ALONE, y)]
        return [f"{x:g},{y:g}" for x, y in places]

    def stretch(run: Sequence[Point]) -> Stretch:
        upper, lower = path(lambda p: p.upper_quartile, run), path(lambda p: p.lower_quartile, run)
        middle, own = path(lambda p: p.median, run), path(lambda p: p.value, run)
        if trend.unit in STANDING:
            upper, lower, middle, own = map(_stepped, (upper, lower, middle, own))
        return Stretch(" ".join(upper + lower[::-1]), " ".join(middle), " ".join(own))

    runs = [points] if trend.unit in STANDING else _runs(points)
    return Chart(
        trend=trend,
        left=round(left, 1),
        x_ticks=tuple((across(day.toordinal()), str(day.year)) for day in _years(points)),
        y_ticks=tuple((up(tick), label) for tick, label in zip(ticks, labels, strict=True)),
        stretches=tuple(map(stretch, runs)),
        dots=tuple((across(p.period_end.toordinal()), up(p.value), _said(p, trend)) for p in points),
        caption=_caption(trend, kind),
    )


def _stepped(corners: Sequence[str]) -> list[str]:
    """The same corners with a level line up to each next one."""
    out = list(corners[:1])
    for before, after in pairwise(corners):
        out += [f"{after.split(',')[0]},{before.split(',')[1]}", after]
    return out


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    runs = [[points[0]]]
    for before, after in pairwise(points):
        if (after.period_end - before.period_end).days > GAP_DAYS:
            runs.append([])
        runs[-1].append(after)
    return runs


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    spread = (high - low) or 1.0
    return lambda value: round(start + (value - low) / spread * (end - start), 1)


def _ticks(low: float, high: float, unit: str) -> list[float]:
    """Round numbers from below the lowest to above the highest; ratings have their own."""
    if unit == "rating, 1 to 4":
        return [float(rating) for rating in RATINGS]
    rough = ((high - low) or abs(high) or 1.0) / STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(at * step, 10) for at in range(first, last + 1)]


def _labels(ticks: Sequence[float], unit: str) -> list[str]:
    labels = [format_short(tick, unit) for tick in ticks]
    whole = all(label.endswith((".0%", "0%")) for label in labels)
    return [label.replace(".0%", "%") for label in labels] if whole else labels


def _years(points: Sequence[Point]) -> list[date]:
    """The beginnings of some years between the first point and the last."""
    first, last = points[0].period_end.year + 1, points[-1].period_end.year
    step = max(1, math.ceil((last - first + 1) / STEPS))
    return [date(year, 1, 1) for year in range(first, last + 1, step)]


def _said(point: Point, trend: Trend) -> str:
    return f"{point.period_end:%B %Y}: {format_value(point.value, trend.unit)}"


def _caption(trend: Trend, kind: str) -> str:
    first, last = trend.points[0], trend.points[-1]
    own = f"From {format_short(first.value, trend.unit)} ({first.period_end:%B %Y}) "
    own += f"to {format_value(last.value, trend.unit)} ({last.period_end:%B %Y})."
    before, after = format_short(first.median, trend.unit), format_short(last.median, trend.unit)
    went = f"was {after} both times" if before == after else f"went from {before} to {after}"
    return f"{own} The median of {kind} trusts {went}."
