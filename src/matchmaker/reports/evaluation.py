"""The evaluation as one self-contained page: no script, nothing fetched, charts as inline SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby

from matchmaker.dates import format_date
from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.export import summary, tables
from matchmaker.evaluation.published import publish, to_json
from matchmaker.evaluation.report.build import TITLE, document, sections
from matchmaker.evaluation.report.document import Dots, Items, Steps, Table, Text
from matchmaker.rendering.environment import environment

WIDTH, LEFT, RIGHT = 720, 330, 20
AXIS = 48
"""Room for the labels of the upright axis."""
ROW, TOP, BOTTOM = 24, 6, 28
HEIGHT = 280
"""Of a chart of curves."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class DotRow:
    """One value with its limits, placed; `low` and `high` are None where there are no limits."""

    label: str
    y: float
    x: float
    low: float | None
    high: float | None
    stressed: bool
    says: str


@dataclass(frozen=True, slots=True)
class DotChart:
    """A chart of values with limits, placed in units of the view box."""

    caption: str
    height: float
    rows: tuple[DotRow, ...]
    ticks: tuple[tuple[float, str], ...]
    line: float | None


@dataclass(frozen=True, slots=True)
class StepChart:
    """A chart of curves: outline and name of each."""

    caption: str
    curves: tuple[tuple[str, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    unit: str


def evaluation_page(one: Evaluation) -> str:
    """The report of an evaluation; the same evaluation gives the same bytes."""
    told = [
        (section.title, section.level, [_placed(block) for block in section.blocks])
        for section in sections(publish(one), one.sector)
    ]
    template = environment().get_template("evaluation.html")
    return template.render(
        title=TITLE,
        as_of=format_date(one.as_of),
        snapshot=one.snapshot[:12],
        version=one.version,
        sections=told,
        width=WIDTH,
        left=LEFT,
        axis=AXIS,
        right=RIGHT,
        curves_height=HEIGHT,
    )


def report_files(one: Evaluation) -> dict[str, str]:
    """File name -> content: the page, the same as a document, the tables, the summary."""
    published = publish(one)
    told = {
        "evaluation.html": evaluation_page(one),
        "evaluation.md": document(published, one.sector),
        "evaluation.json": to_json(published),
    }
    return told | tables(one) | {"summary.json": summary(one)}


def _placed(block: Text | Items | Table | Dots | Steps) -> tuple[str, object]:
    match block:
        case Table():
            return "table", (block, groups(block))
        case Dots():
            return "dots", dot_chart(block)
        case Steps():
            return "steps", step_chart(block)
        case _:
            return block.kind, block


def groups(table: Table) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """What stands in the first column, and the rows below each other that share it without that cell."""
    parts = groupby(table.rows, key=lambda row: row[0])
    return tuple((label, tuple(row[1:] for row in rows)) for label, rows in parts)


def dot_chart(dots: Dots) -> DotChart:
    """Places values and limits; what reaches beyond the scale is cut off at its end."""
    turn = math.log if dots.ratio else float
    low, high = turn(dots.low), turn(dots.high)

    def across(value: float) -> float:
        at = -math.inf if dots.ratio and value <= 0 else turn(value)
        share = min(max((at - low) / (high - low), 0.0), 1.0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    rows = tuple(
        DotRow(
            label=dot.label,
            y=TOP + (at + 0.5) * ROW,
            x=across(dot.value),
            low=None if dot.low is None else across(dot.low),
            high=None if dot.high is None else across(dot.high),
            stressed=dot.stressed,
            says=_said(dot.value, dot.low, dot.high, dots.ratio),
        )
        for at, dot in enumerate(dots.dots)
    )
    ticks = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0) if dots.ratio else SHARES
    return DotChart(
        caption=dots.caption,
        height=TOP + len(rows) * ROW + BOTTOM,
        rows=rows,
        ticks=tuple((across(tick), f"{tick:g}" if dots.ratio else f"{100 * tick:.0f}%") for tick in ticks),
        line=None if dots.line is None else across(dots.line),
    )


def _said(value: float, low: float | None, high: float | None, ratio: bool) -> str:
    def told(number: float) -> str:
        if math.isinf(number):
            return "no limit"
        return f"{number:.2f}" if ratio else f"{100 * number:.0f}%"

    return told(value) if low is None or high is None else f"{told(value)} ({told(low)} to {told(high)})"


def step_chart(steps: Steps, width: float = WIDTH) -> StepChart:
    """Places curves that go down in steps.

    Args:
        steps: the curves.
        width: of the view box.
    """
    longest = max((time for _, points in steps.curves for time, _ in points), default=1.0)
    end = MONTHS * math.ceil(longest / MONTHS)

    def across(time: float) -> float:
        return round(AXIS + time / end * (width - AXIS - RIGHT), 1)

    def up(share: float) -> float:
        return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)

    curves = []
    for name, points in steps.curves:
        corners, before = [(across(0), up(1))], up(1)
        for time, share in points:
            corners += [(across(time), before), (across(time), up(share))]
            before = up(share)
        curves.append((" ".join(f"{a:g},{b:g}" for a, b in corners), name))
    step = MONTHS if end <= 6 * MONTHS else 2 * MONTHS
    return StepChart(
        caption=steps.caption,
        curves=tuple(curves),
        x_ticks=tuple((across(month), str(month)) for month in range(0, end + 1, step)),
        y_ticks=tuple((up(share), f"{100 * share:.0f}%") for share in SHARES),
        unit=steps.unit,
    )
