"""What the evaluation says, in plain words and in charts, from the bundled results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.evaluation.published import Difference, Figure, PublishedEvaluation
from matchmaker.evaluation.report.document import Block, Dots, Section, Steps
from matchmaker.evaluation.report.labels import p_value, share
from matchmaker.reports.evaluation import StepChart, step_chart

EVIDENCE, NEAREST, CHANCE, PRACTICE = "evidence", "nearest", "random", "practice"
FEWEST = 10
"""A family with fewer pairings than this is not told in words: nothing can be said of it."""
FAMILIES = {
    "Buddying": ("past buddying", "buddy"),
    "Structural": ("past mergers and acquisitions", "partner"),
    "Shared leadership": ("past cases of shared leadership", "partner"),
}
"""Family -> what its pairings are called, and what the partner is called."""
STEPS_WIDTH = 400
"""Of a chart of curves: small, so that its words can be read on a phone."""
BARS = (CHANCE, NEAREST, EVIDENCE, PRACTICE)
"""Methods in the charts of the families, from the simplest."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its limits, placed in hundredths of the width; limits are None where unknown."""

    label: str
    told: str
    value: float
    low: float | None
    high: float | None
    stressed: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart whose rows are those of a table.

    Attributes:
        line: where a line stands (chance, no effect), in hundredths; None for none.
        ticks: what stands at the left, in the middle and at the right of the scale.
    """

    caption: str
    rows: tuple[Bar, ...]
    line: float | None
    ticks: tuple[str, ...]
    kind: str = "bars"


@dataclass(frozen=True, slots=True)
class Family:
    """One family of pairings in words and as charts."""

    name: str
    title: str
    sentences: tuple[str, ...]
    charts: tuple[Bars, ...]


def families(one: PublishedEvaluation) -> tuple[Family, ...]:
    """Every family of which there are pairings enough, in words and as charts."""
    return tuple(
        Family(
            name,
            f"{called[:1].upper()}{called[1:]}",
            _sentences(one, name),
            tuple(_bars(one, name, metric, words) for metric, words in (("hit@5", "5"), ("hit@10", "10"))),
        )
        for name, (called, _) in FAMILIES.items()
        if (found := figure(one, name, EVIDENCE, "hit@5")) and found.queries >= FEWEST
    )


def shortly(one: PublishedEvaluation) -> tuple[str, ...]:
    """The default method beside the nearest and beside chance, in a sentence for each family."""
    told = []
    for name, (called, _) in FAMILIES.items():
        own, near = (figure(one, name, method, "hit@5") for method in (EVIDENCE, NEAREST))
        beside = {found.baseline: found for found in one.beside if found.family == name}
        if own is None or near is None or not {NEAREST, CHANCE} <= beside.keys():
            continue
        way = "more" if own.value > near.value else "fewer" if own.value < near.value else "as many"
        told.append(
            f"For {called}, the default method named {way} of the chosen partners among its first 5 "
            f"{'as' if way == 'as many' else 'than'} a plain list of the nearest trusts "
            f"({share(own.value)} against {share(near.value)}). "
            f"{'That could be chance.' if not _clear(beside[NEAREST]) else 'That is more than chance.'} "
            f"{_than_chance(beside[CHANCE])}"
        )
    return tuple(told)


def _than_chance(found: Difference) -> str:
    if not _clear(found):
        return "It can't be told apart from picking at random."
    return f"It did {'better' if found.value > 0 else 'worse'} than picking at random."


def _clear(found: Difference) -> bool:
    """Whether the interval leaves no difference out."""
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def figure(one: PublishedEvaluation, family: str, method: str, metric: str) -> Figure | None:
    """One of the main figures; None where there is none."""
    asked = (family, method, metric)
    return next((f for f in one.figures if (f.family, f.method, f.metric) == asked), None)


def limits(found: Figure) -> str:
    """A share and its limits: 16% (0% to 35%)."""
    told = share(found.value)
    return told if found.low is None else f"{told} ({share(found.low)} to {share(found.high)})"


def _sentences(one: PublishedEvaluation, family: str) -> tuple[str, ...]:
    _, partner = FAMILIES[family]
    own, near, chance = (figure(one, family, name, "hit@5") for name in (EVIDENCE, NEAREST, CHANCE))
    if own is None or near is None or chance is None:
        return ()
    told = [
        f"{own.queries} were replayed. The {partner} chosen in fact was among the first 5 options of the "
        f"default method in {limits(own)}. A plain list of the nearest trusts had it in {limits(near)}, "
        f"and chance would have had it in {share(chance.value)}."
    ]
    return (*told, *(_beside(found) for found in one.beside if found.family == family))


def _beside(found: Difference) -> str:
    against = "chance" if found.baseline == CHANCE else "the nearest trusts"
    points = round(100 * abs(found.value))
    way = "more" if found.value > 0 else "fewer"
    told = (
        f"Of the {found.queries} that both could rank, the default method named {points} in 100 {way} than "
        f"{against}"
    )
    if found.low is None or found.high is None:
        return f"{told}; there are too few trusts for an interval."
    told += f" (95% interval {_points(found.low)} to {_points(found.high)}, p {p_value(found.p)})"
    return f"{told}." if _clear(found) else f"{told}: the difference could be chance."


def _points(value: float) -> str:
    points = round(100 * value)
    return f"{abs(points)} {'more' if points > 0 else 'fewer'}" if points else "0"


def _bars(one: PublishedEvaluation, family: str, metric: str, words: str) -> Bars:
    found = [f for method in BARS if (f := figure(one, family, method, metric))]
    chance = figure(one, family, CHANCE, metric)
    rows = tuple(
        Bar(
            f.label,
            limits(f),
            round(100 * f.value, 1),
            None if f.low is None else round(100 * f.low, 1),
            None if f.high is None else round(100 * f.high, 1),
            f.method == EVIDENCE,
        )
        for f in found
    )
    caption = f"Share of {FAMILIES[family][0]} with the {FAMILIES[family][1]} among the first {words} options"
    return Bars(
        caption, rows, None if chance is None else round(100 * chance.value, 1), ("0%", "50%", "100%")
    )


def bars(dots: Dots) -> Bars:
    """A chart of the report, placed; what reaches beyond the scale is cut off at its end."""
    turn = math.log if dots.ratio else float
    low, high = turn(dots.low), turn(dots.high)

    def across(value: float) -> float:
        if dots.ratio and value <= 0:
            return 0.0
        at = 1.0 if math.isinf(value) else (turn(value) - low) / (high - low)
        return round(100 * min(max(at, 0.0), 1.0), 1)

    def number(value: float) -> str:
        if math.isinf(value):
            return "no limit"
        return f"{value:.2f}" if dots.ratio else share(value)

    middle = math.exp((low + high) / 2) if dots.ratio else (low + high) / 2
    return Bars(
        caption=dots.caption,
        rows=tuple(
            Bar(
                dot.label,
                number(dot.value)
                if dot.low is None or dot.high is None
                else f"{number(dot.value)} ({number(dot.low)} to {number(dot.high)})",
                across(dot.value),
                None if dot.low is None else across(dot.low),
                None if dot.high is None else across(dot.high),
                dot.stressed,
            )
            for dot in dots.dots
        ),
        line=None if dots.line is None else across(dots.line),
        ticks=tuple(f"{at:.2g}" if dots.ratio else share(at) for at in (dots.low, middle, dots.high)),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the report as a template shows it: `at` names it in the address."""

    at: str
    title: str
    level: int
    blocks: tuple[Block | Bars | StepChart, ...]


def parts(sections: Sequence[Section]) -> tuple[Part, ...]:
    """The sections of the report, with charts placed."""
    return tuple(
        Part(f"part-{at}", section.title, section.level, tuple(map(_placed, section.blocks)))
        for at, section in enumerate(sections, 1)
    )


def named(one: PublishedEvaluation, title: str) -> Part | None:
    """One section by its title."""
    return next((part for part in parts(one.sections) if part.title == title), None)


def _placed(block: Block) -> Block | Bars | StepChart:
    match block:
        case Dots():
            return bars(block)
        case Steps():
            return step_chart(block, STEPS_WIDTH)
        case _:
            return block
