"""Several organisations over the years: one axis, gaps told, numbers apart."""

from __future__ import annotations

from itertools import pairwise

import pytest

from matchmaker import Matchmaker
from matchmaker.rendering.charts.series import HEIGHT, LINE, WIDTH, SeriesChart, series_charts


@pytest.fixture(scope="module")
def charts(engine: Matchmaker) -> dict[str, SeriesChart]:
    found = engine.compare(["RPA", "RN7", "RKE", "RJ6", "RWF"])
    return {chart.feature: chart for chart in series_charts(found, engine.sector)}


def test_all_charts_go_over_the_same_years(charts: dict[str, SeriesChart]) -> None:
    assert len({tuple(year for _, year in chart.x_ticks) for chart in charts.values()}) == 1


def test_missing_years_and_old_ends_are_told_in_words(charts: dict[str, SeriesChart]) -> None:
    assert any("between December 2019 and December 2025" in one for one in charts["mortality"].gaps)
    (stopped,) = (one for one in charts["surplus_share"].gaps if "RPA" in one)
    assert stopped.endswith("no figure after March 2019.")
    assert all(len(line.stretches) == 2 for line in charts["mortality"].lines)
    assert charts["staff"].gaps == ()


def test_numbers_at_the_right_are_apart_and_inside(charts: dict[str, SeriesChart]) -> None:
    for chart in charts.values():
        heights = sorted(line.label_y for line in chart.lines)
        assert all(below - above >= LINE - 0.2 for above, below in pairwise(heights))
        assert heights[0] > 0 and heights[-1] < HEIGHT
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for line in chart.lines for x, y in line.dots)


def test_the_table_holds_every_dot(charts: dict[str, SeriesChart]) -> None:
    for chart in charts.values():
        filled = sum(text != "" for row in chart.cells for text in row)
        assert filled == sum(len(line.dots) for line in chart.lines)
