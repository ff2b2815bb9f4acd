"""Dot-and-whisker charts: a value and its limits on one line, for figures and for ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.evaluation.report.document import Dots
from matchmaker.models.types import Option
from matchmaker.rendering.charts.scale import linear

EDGE = 4
"""Space at both ends of a line of ranks, which is 100 wide."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One value with its limits, as places from 0 to 100 of a line; limits are None where unknown.

    Attributes:
        text: the value and its limits in words.
    """

    at: float
    low: float | None
    high: float | None
    label: str = ""
    text: str = ""
    stressed: bool = False


@dataclass(frozen=True, slots=True)
class DotChart:
    """A chart whose rows are those of a table.

    Attributes:
        line: where a line stands (chance, no effect); None for none.
        ticks: what stands at the left, in the middle and at the right of the scale.
    """

    caption: str
    rows: tuple[Dot, ...]
    line: float | None
    ticks: tuple[str, str, str]
    kind: str = "dots"


def dot_chart(dots: Dots) -> DotChart:
    """Place values and limits; what lies beyond the scale stands at its end."""
    across = linear(dots.low, dots.high, 0, 100, log=dots.ratio, clip=True)
    middle = math.sqrt(dots.low * dots.high) if dots.ratio else (dots.low + dots.high) / 2
    return DotChart(
        caption=dots.caption,
        rows=tuple(
            Dot(
                at=across(dot.value),
                low=None if dot.low is None else across(dot.low),
                high=None if dot.high is None else across(dot.high),
                label=dot.label,
                text=format_interval(dot.value, dot.low, dot.high, ratio=dots.ratio),
                stressed=dot.stressed,
            )
            for dot in dots.dots
        ),
        line=None if dots.line is None else across(dots.line),
        ticks=(
            _tick(dots.low, dots.ratio),
            _tick(middle, dots.ratio),
            _tick(dots.high, dots.ratio),
        ),
    )


def rank_ranges(options: Sequence[Option]) -> list[Dot | None]:
    """The rank of each option and its interval, all on one line; None where no interval is known."""
    highest = [option.uncertainty.rank_high for option in options if option.uncertainty]
    across = linear(1, max([*highest, len(options), 2]), EDGE, 100 - EDGE, digits=2)
    return [
        Dot(across(option.rank), across(option.uncertainty.rank_low), across(option.uncertainty.rank_high))
        if option.uncertainty
        else None
        for option in options
    ]


def format_interval(value: float, low: float | None, high: float | None, *, ratio: bool = False) -> str:
    """A share or ratio with its limits: 16% (0% to 35%)."""
    text, *limits = [_number(one, ratio) for one in (value, low, high) if one is not None]
    return f"{text} ({limits[0]} to {limits[1]})" if len(limits) > 1 else text


def _number(value: float, ratio: bool) -> str:
    if math.isinf(value):
        return "no limit"
    return f"{value:.2f}" if ratio else f"{100 * value:.0f}%"


def _tick(value: float, ratio: bool) -> str:
    return f"{value:.2g}" if ratio else f"{100 * value:.0f}%"
