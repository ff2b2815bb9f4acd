"""Curves go down in steps, from all at the beginning."""

from __future__ import annotations

from itertools import pairwise

from matchmaker.evaluation.report.document import Steps
from matchmaker.rendering.charts.curves import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, curve_chart


def test_curves_go_down_in_steps() -> None:
    chart = curve_chart(Steps("c", (("a", ((6.0, 0.5), (12.0, 0.0))),), "months"))
    ((line, name),) = chart.curves
    corners = [tuple(map(float, corner.split(","))) for corner in line.split()]
    assert name == "a"
    assert all(before[0] == after[0] or before[1] == after[1] for before, after in pairwise(corners))
    assert (corners[0], corners[-1]) == ((LEFT, TOP), (WIDTH - RIGHT, HEIGHT - BOTTOM))
    down, across = [y for _, y in corners], [x for x, _ in corners]
    assert down == sorted(down) and across == sorted(across)


def test_the_axis_ends_with_a_year_and_has_few_labels() -> None:
    short = curve_chart(Steps("c", (("a", ((13.0, 0.5),)),), "months"))
    long = curve_chart(Steps("c", (("a", ((100.0, 0.5),)),), "months"))
    assert [label for _, label in short.x_ticks] == ["0", "12", "24"]
    assert [label for _, label in long.x_ticks] == ["0", "24", "48", "72", "96"]
