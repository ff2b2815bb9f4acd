"""Small line charts: a figure over the years, beside the middle half of its type."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from matchmaker.dates import format_date
from matchmaker.features.formatting import format_short, format_value
from matchmaker.features.types import Point, Trend
from matchmaker.rendering.charts.scale import linear
from matchmaker.sector import Sector

WIDTH, HEIGHT = 340, 190
TOP, RIGHT, BOTTOM = 10, 14, 26
LETTER_WIDTH = 7.0
"""Of a label, about."""
N_STEPS = 4
"""Steps on each axis, about."""
ALONE = 5.0
"""Half the width of a stretch of one figure."""
LATE_DAYS = 550
"""A series whose last figure is so much older than the day is told to have stopped."""
MAX_GAP_DAYS = 800
"""A line is broken where the next figure is further away, about two missing years."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Figures without a gap: outline of the middle half of the type, its median, the organisation's own."""

    band: str
    median: str
    line: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """One trend, ready to be drawn in a view box of `WIDTH` by `HEIGHT`.

    Attributes:
        left: where the axis stands.
        x_ticks, y_ticks: place and label.
        stretches: lines to draw, one after the other.
        dots: the organisation's figures, each with its text.
        caption: the chart in a sentence or two.
    """

    trend: Trend
    left: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    stretches: tuple[Stretch, ...]
    dots: tuple[tuple[float, float, str], ...]
    caption: str


def line_charts(
    trends: Sequence[Trend], organisation_type: str, sector: Sector, as_of: date
) -> list[LineChart]:
    """Several trends, all from and to the same year, with what they leave out told.

    Args:
        trends, organisation_type, sector: as for `line_chart`.
        as_of: the day of the profile, at which all end.
    """
    every = [point.period_end for trend in trends for point in trend.points]
    if not every:
        return []
    years = (date(min(every).year, 1, 1), as_of)
    return [line_chart(trend, organisation_type, sector, years) for trend in trends]


def line_chart(
    trend: Trend, organisation_type: str, sector: Sector, years: tuple[date, date] | None = None
) -> LineChart:
    """Place one trend.

    Args:
        trend: with at least two figures.
        organisation_type: of the organisation.
        sector: whose ratings are drawn as steps, since a rating stands until the next one.
        years: the first and last day of the axis; by default those of its figures.
    """
    points, unit = trend.points, trend.unit
    scale = sector.display.scales.get(unit)
    every = [v for p in points for v in (p.value, p.lower_quartile, p.upper_quartile)]
    ticks = [float(rating) for rating in scale] if scale else value_ticks(min(every), max(every))
    labels = tick_labels([format_short(tick, unit, sector) for tick in ticks])
    left = 10 + LETTER_WIDTH * max(map(len, labels))
    days = [point.period_end.toordinal() for point in points]
    first, last = (points[0].period_end, points[-1].period_end) if years is None else years
    across = linear(first.toordinal(), last.toordinal(), left + 6, WIDTH - RIGHT)
    up = linear(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)

    def path(values: Callable[[Point], float], run: Sequence[Point]) -> list[str]:
        places = [(across(p.period_end.toordinal()), up(values(p))) for p in run]
        if len(places) == 1:  # a figure between two gaps: wide enough to be seen
            ((x, y),) = places
            places = [(x - ALONE, y), (x + ALONE, y)]
        corners = [f"{x:g},{y:g}" for x, y in places]
        return stepped(corners) if scale else corners

    def stretch(run: Sequence[Point]) -> Stretch:
        upper, lower = path(lambda p: p.upper_quartile, run), path(lambda p: p.lower_quartile, run)
        median, own = path(lambda p: p.median, run), path(lambda p: p.value, run)
        return Stretch(" ".join(upper + lower[::-1]), " ".join(median), " ".join(own))

    return LineChart(
        trend=trend,
        left=round(left, 1),
        x_ticks=tuple((across(day.toordinal()), str(day.year)) for day in _years(first, last)),
        y_ticks=tuple((up(tick), label) for tick, label in zip(ticks, labels, strict=True)),
        stretches=tuple(map(stretch, [points] if scale else runs_of(points))),
        dots=tuple(
            (across(day), up(p.value), f"{_month(p)}: {format_value(p.value, unit, sector)}")
            for day, p in zip(days, points, strict=True)
        ),
        caption=" ".join(
            (_caption(trend, organisation_type, sector), *_gaps(points, last, is_rating=bool(scale)))
        ),
    )


def stepped(corners: Sequence[str]) -> list[str]:
    """The same corners with a level line up to each next one."""
    out = list(corners[:1])
    for before, after in pairwise(corners):
        out += [f"{after.split(',')[0]},{before.split(',')[1]}", after]
    return out


def runs_of(points: Sequence[Point]) -> list[list[Point]]:
    """The points without gaps of more than `MAX_GAP_DAYS`, one list for each stretch."""
    runs = [[points[0]]]
    for before, after in pairwise(points):
        if (after.period_end - before.period_end).days > MAX_GAP_DAYS:
            runs.append([])
        runs[-1].append(after)
    return runs


def value_ticks(low: float, high: float) -> list[float]:
    """Round numbers from below the lowest to above the highest."""
    rough = ((high - low) or abs(high) or 1.0) / N_STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(at * step, 10) for at in range(first, last + 1)]


def tick_labels(labels: list[str]) -> list[str]:
    """Without decimals where all are whole shares."""
    whole = all(label.endswith((".0%", "0%")) for label in labels)
    return [label.replace(".0%", "%") for label in labels] if whole else labels


def _years(since: date, until: date) -> list[date]:
    """The beginnings of some years between two days."""
    first, last = since.year + (since > date(since.year, 1, 1)), until.year
    step = max(1, math.ceil((last - first + 1) / N_STEPS))
    return [date(year, 1, 1) for year in range(first, last + 1, step)]


def _gaps(points: Sequence[Point], until: date, *, is_rating: bool) -> list[str]:
    """What the line leaves out; a rating stands until the next one."""
    if is_rating:
        return []
    said = [
        f"No figure between {_month(before[-1])} and {_month(after[0])}."
        for before, after in pairwise(runs_of(points))
    ]
    if (until - points[-1].period_end).days > LATE_DAYS:
        said.append(f"No figure after {_month(points[-1])}.")
    return said


def _month(point: Point) -> str:
    return format_date(point.period_end, "month")


def _caption(trend: Trend, organisation_type: str, sector: Sector) -> str:
    first, last = trend.points[0], trend.points[-1]

    def short(value: float) -> str:
        return format_short(value, trend.unit, sector)

    now = format_value(last.value, trend.unit, sector)
    own = f"From {short(first.value)} ({_month(first)}) to {now} ({_month(last)})."
    before, after = short(first.median), short(last.median)
    went = f"was {after} both times" if before == after else f"went from {before} to {after}"
    return f"{own} The median of {sector.type_plural(organisation_type)} {went}."
