"""One feature of several organisations over the years, on one axis, with gaps told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from matchmaker.dates import format_date
from matchmaker.features.formatting import format_short, join_and
from matchmaker.features.types import Comparison, Point, Trend
from matchmaker.rendering.charts.lines import (
    LATE_DAYS,
    LETTER_WIDTH,
    runs_of,
    stepped,
    tick_labels,
    value_ticks,
)
from matchmaker.rendering.charts.scale import linear
from matchmaker.sector import Sector

WIDTH, HEIGHT = 360, 220
TOP, RIGHT, BOTTOM = 12, 36, 26
LINE = 18.0
"""The least distance between two numbers at the right."""


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One organisation: its number, its stretches without a gap, its dots, and where its number stands."""

    number: int
    stretches: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    end: tuple[float, float]
    label_y: float


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """A chart, ready to be drawn in a view box of `WIDTH` by `HEIGHT`.

    Attributes:
        gaps: sentences about missing years and series that stop.
        dates: the last days of all periods, the rows of its table.
        cells: for each of them, the value of each organisation as text; empty where there is none.
    """

    feature: str
    label: str
    good: str
    left: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    lines: tuple[SeriesLine, ...]
    gaps: tuple[str, ...]
    dates: tuple[date, ...]
    cells: tuple[tuple[str, ...], ...]


def series_charts(found: Comparison, sector: Sector) -> list[SeriesChart]:
    """A chart for each key feature that at least one has over the years; all from and to the same year."""
    by_feature: dict[str, dict[int, Trend]] = {}
    for number, own in enumerate(found.trends, 1):
        for trend in own:
            by_feature.setdefault(trend.feature, {})[number] = trend
    every = [point.period_end for own in found.trends for trend in own for point in trend.points]
    if not every:
        return []
    years = (date(min(every).year, 1, 1), found.profiles[0].as_of)
    order = [name for name in sector.display.key_features if name in by_feature]
    return [_chart(by_feature[name], years, [one.code for one in found.profiles], sector) for name in order]


def _chart(
    trends: dict[int, Trend], years: tuple[date, date], codes: Sequence[str], sector: Sector
) -> SeriesChart:
    one = next(iter(trends.values()))
    scale = sector.display.scales.get(one.unit)
    values = [point.value for trend in trends.values() for point in trend.points]
    ticks = [float(rating) for rating in scale] if scale else value_ticks(min(values), max(values))
    labels = tick_labels([format_short(tick, one.unit, sector) for tick in ticks])
    left = 10 + LETTER_WIDTH * max(map(len, labels))
    across = linear(years[0].toordinal(), years[1].toordinal(), left + 6, WIDTH - RIGHT)
    up = linear(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)

    def place(point: Point) -> tuple[float, float]:
        return across(point.period_end.toordinal()), up(point.value)

    def stretch(run: Sequence[Point]) -> str:
        corners = [f"{x:g},{y:g}" for x, y in map(place, run)]
        return " ".join(stepped(corners) if scale else corners)

    lines = [
        SeriesLine(
            number,
            tuple(stretch(run) for run in ([trend.points] if scale else runs_of(trend.points))),
            tuple(map(place, trend.points)),
            place(trend.points[-1]),
            0.0,
        )
        for number, trend in trends.items()
    ]
    dates = tuple(sorted({point.period_end for trend in trends.values() for point in trend.points}))
    at = {
        (number, point.period_end): format_short(point.value, one.unit, sector)
        for number, trend in trends.items()
        for point in trend.points
    }
    first, last = years[0].year, years[1].year
    return SeriesChart(
        feature=one.feature,
        label=one.label,
        good={"higher": "Higher is better", "lower": "Lower is better"}.get(one.direction, ""),
        left=round(left, 1),
        x_ticks=tuple(
            (across(date(year, 1, 1).toordinal()), str(year))
            for year in range(first, last + 1, max(1, (last - first) // 4))
        ),
        y_ticks=tuple((up(tick), label) for tick, label in zip(ticks, labels, strict=True)),
        lines=_numbered(lines),
        gaps=tuple(_gaps(trends, years[1], codes, is_rating=bool(scale))),
        dates=dates,
        cells=tuple(tuple(at.get((number, day), "") for number in range(1, len(codes) + 1)) for day in dates),
    )


def _numbered(lines: Sequence[SeriesLine]) -> tuple[SeriesLine, ...]:
    """The same with the heights of their numbers at the right, no two on each other."""
    ordered = sorted(lines, key=lambda line: (line.end[1], line.number))
    heights: list[float] = []
    for line in ordered:
        heights.append(max(line.end[1], heights[-1] + LINE) if heights else max(line.end[1], LINE / 2))
    lowest = HEIGHT - LINE / 2
    for k in range(len(heights) - 1, -1, -1):
        heights[k] = min(heights[k], lowest)
        lowest = heights[k] - LINE
    placed = [
        SeriesLine(line.number, line.stretches, line.dots, line.end, round(height, 1))
        for line, height in zip(ordered, heights, strict=True)
    ]
    return tuple(sorted(placed, key=lambda line: line.number))


def _gaps(trends: dict[int, Trend], as_of: date, codes: Sequence[str], *, is_rating: bool) -> list[str]:
    """What the lines leave out, the same gap of several once; a rating stands until the next one."""
    said: dict[str, list[int]] = {}
    for number, trend in () if is_rating else trends.items():
        for before, after in pairwise(runs_of(trend.points)):
            since, until = before[-1].period_end, after[0].period_end
            said.setdefault(f"between {_month(since)} and {_month(until)}", []).append(number)
        last = trend.points[-1].period_end
        if (as_of - last).days > LATE_DAYS:
            said.setdefault(f"after {_month(last)}", []).append(number)
    out = []
    for gap, numbers in said.items():
        who = join_and([codes[number - 1] for number in numbers])
        out.append(f"{who} {'has' if len(numbers) == 1 else 'have'} no figure {gap}.")
    none = [code for number, code in enumerate(codes, 1) if number not in trends]
    return [*out, f"Too few years are known of {join_and(none)}."] if none else out


def _month(day: date) -> str:
    return format_date(day, "month")
