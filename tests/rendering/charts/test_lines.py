"""A trend drawn: round axes, broken lines where years are missing, ratings as steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from matchmaker.features.types import Point, Trend
from matchmaker.rendering.charts.lines import (
    BOTTOM,
    HEIGHT,
    RIGHT,
    TOP,
    WIDTH,
    LineChart,
    line_chart,
    line_charts,
)
from matchmaker.sector import Sector


def trend(values: Sequence[float], years: Sequence[int], unit: str = "berths") -> Trend:
    points = tuple(
        Point(date(year + 1, 6, 30), date(year, 12, 31), value, value - 1, value, value + 1, None)
        for value, year in zip(values, years, strict=True)
    )
    return Trend("figure", "A figure", unit, "none", points)


@pytest.fixture
def chart(harbours: Sector) -> LineChart:
    return line_chart(trend([10, 25, 40], [2018, 2019, 2020]), "fishing", harbours)


def test_everything_stands_within_the_axes(chart: LineChart) -> None:
    ticks = [y for y, _ in chart.y_ticks]
    assert ticks == sorted(ticks, reverse=True) and (ticks[0], ticks[-1]) == (HEIGHT - BOTTOM, TOP)
    assert [label for _, label in chart.y_ticks] == ["0", "10", "20", "30", "40", "50"]
    for x, y, _ in chart.dots:
        assert chart.left < x <= WIDTH - RIGHT and TOP <= y <= HEIGHT - BOTTOM
    assert [label for _, label in chart.x_ticks] == ["2019", "2020"]


def test_it_says_what_it_shows(chart: LineChart) -> None:
    assert chart.caption == (
        "From 10 (December 2018) to 40 berths (December 2020). "
        "The median of fishing harbours went from 10 to 40."
    )
    assert chart.dots[0][2] == "December 2018: 10 berths"


def test_a_line_is_broken_where_years_are_missing(harbours: Sector) -> None:
    whole = line_chart(trend([1, 2, 3], [2016, 2018, 2020]), "fishing", harbours)
    broken = line_chart(trend([1, 2, 3], [2014, 2015, 2020]), "fishing", harbours)
    assert [len(one.stretches) for one in (whole, broken)] == [1, 2]
    alone = [corner.split(",") for corner in broken.stretches[1].line.split()]
    assert alone[0][1] == alone[1][1] and float(alone[1][0]) - float(alone[0][0]) == 10


def test_all_charts_of_a_page_go_over_the_same_years_and_tell_what_they_leave_out(harbours: Sector) -> None:
    early, late = trend([1, 2, 3], [2010, 2011, 2012]), trend([1, 2, 3], [2012, 2013, 2019])
    charts = line_charts([early, late], "fishing", harbours, date(2020, 6, 30))
    assert charts[0].x_ticks == charts[1].x_ticks
    assert charts[0].dots[-1][0] == charts[1].dots[0][0]
    assert charts[0].caption.endswith("No figure after December 2012.")
    assert charts[1].caption.endswith("No figure between December 2013 and December 2019.")
    assert line_charts([], "fishing", harbours, date(2020, 6, 30)) == []


def test_a_rating_stands_until_the_next_one(harbours: Sector) -> None:
    rated = line_chart(trend([2, 4], [2010, 2020], "grade, 1 to 4"), "fishing", harbours)
    assert [label for _, label in rated.y_ticks] == ["Unsafe", "Lacking", "Sound", "Exemplary"]
    (stretch,) = rated.stretches
    first, corner, last = (tuple(map(float, one.split(","))) for one in stretch.line.split())
    assert corner == (last[0], first[1])
