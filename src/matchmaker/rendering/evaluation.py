"""What pages and documents show of an evaluation: its sections, with charts placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.evaluation.report.document import Block, Dots, Section, Steps
from matchmaker.rendering.charts.curves import CurveChart, curve_chart
from matchmaker.rendering.charts.dots import DotChart, dot_chart


@dataclass(frozen=True, slots=True)
class Part:
    """A section as a template shows it.

    Attributes:
        at: names it in the address.
        name: by which pages pick it out; empty for most.
    """

    at: str
    title: str
    level: int
    blocks: tuple[Block | DotChart | CurveChart, ...]
    name: str


def parts(sections: Sequence[Section]) -> tuple[Part, ...]:
    """The sections of a report, with charts placed."""
    return tuple(
        Part(f"part-{at}", section.title, section.level, tuple(map(_placed, section.blocks)), section.name)
        for at, section in enumerate(sections, 1)
    )


def _placed(block: Block) -> Block | DotChart | CurveChart:
    match block:
        case Dots():
            return dot_chart(block)
        case Steps():
            return curve_chart(block)
        case _:
            return block
