"""Charts of curves that go down in steps, such as survival curves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matchmaker.evaluation.report.document import Steps
from matchmaker.rendering.charts.scale import linear

WIDTH, HEIGHT = 400, 280
LEFT, RIGHT, TOP, BOTTOM = 48, 20, 6, 28
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class CurveChart:
    """Curves, ready to be drawn in a view box of `WIDTH` by `HEIGHT`: outline and name of each."""

    caption: str
    curves: tuple[tuple[str, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    unit: str
    kind: str = "curves"


def curve_chart(steps: Steps) -> CurveChart:
    """Place curves that go down in steps from 1."""
    longest = max((time for _, points in steps.curves for time, _ in points), default=1.0)
    end = MONTHS * math.ceil(longest / MONTHS)
    across, up = linear(0, end, LEFT, WIDTH - RIGHT), linear(0, 1, HEIGHT - BOTTOM, TOP)
    curves = []
    for name, points in steps.curves:
        corners = [(across(0), up(1))]
        for time, share in points:
            corners += [(across(time), corners[-1][1]), (across(time), up(share))]
        curves.append((" ".join(f"{x:g},{y:g}" for x, y in corners), name))
    step = MONTHS if end <= 6 * MONTHS else 2 * MONTHS
    return CurveChart(
        caption=steps.caption,
        curves=tuple(curves),
        x_ticks=tuple((across(month), str(month)) for month in range(0, end + 1, step)),
        y_ticks=tuple((up(share), f"{100 * share:.0f}%") for share in SHARES),
        unit=steps.unit,
    )
