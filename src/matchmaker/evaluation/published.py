"""The evaluation that comes with the package: what pages and service tell without replaying anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl
from pydantic import TypeAdapter

from matchmaker.dates import format_date
from matchmaker.evaluation.aggregate import ALL
from matchmaker.evaluation.error_analysis import Miss
from matchmaker.evaluation.evaluate import CHANCE, EVIDENCE, Evaluation
from matchmaker.evaluation.export import DIGITS
from matchmaker.evaluation.report.build import sections
from matchmaker.evaluation.report.context import NEAREST
from matchmaker.evaluation.report.document import Section
from matchmaker.evaluation.report.labels import cell, method_label
from matchmaker.evaluation.report.outcomes import answer
from matchmaker.evaluation.report.practice import families
from matchmaker.evaluation.report.targets import practice_methods

FILE = "evaluation.json"
METRICS = ("hit@5", "hit@10", "percentile")


@dataclass(frozen=True, slots=True)
class Figure:
    """One main figure: the mean of a metric over the past pairings of a family.

    Attributes:
        role: of the method: `baseline`, `evidence` or `practice`.
        metric: `hit@5` and `hit@10` are the share of partners among the first 5 and 10; `percentile`
            is the share of candidates placed before the partner.
        low, high: 95% limits; None where there are too few organisations, or where chance is worked out.
        queries, organisations: pairings, and different recipients among them.
    """

    family: str
    method: str
    label: str
    role: str
    metric: str
    value: float
    low: float | None
    high: float | None
    queries: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How the evidence fit did beside a baseline, on the pairings that both rank.

    Attributes:
        value: its share of partners among the first 5 minus the baseline's; low, high: 95% limits.
        p: of the paired randomisation test.
    """

    family: str
    baseline: str
    label: str
    value: float
    low: float | None
    high: float | None
    p: float
    queries: int


@dataclass(frozen=True, slots=True)
class PublishedEvaluation:
    """An evaluation as data, with what it was made from.

    Attributes:
        snapshot: hash of the figures it was made from.
        figures: the main figures; `beside`: the evidence fit beside the nearest and beside chance.
        left_out: why pairings don't count -> how many.
        outcome: whether better-suited partners went with better outcomes, in a sentence or two.
        sections: the whole report.
        misses: the worst replays of the evidence fit, the worst first.
    """

    snapshot: str
    version: str
    as_of: date
    replayed: int
    left_out: dict[str, int]
    leaks_checked: int
    leaks_found: int
    figures: tuple[Figure, ...]
    beside: tuple[Difference, ...]
    outcome: str | None
    sections: tuple[Section, ...]
    misses: tuple[Miss, ...]

    def differs(self, snapshot: str, as_of: date) -> str | None:
        """What to say where the snapshot in use is another one; None where it is the same.

        Args:
            snapshot: hash of the one in use.
            as_of: its day.
        """
        if snapshot == self.snapshot:
            return None
        return (
            f"This evaluation was made from snapshot {self.snapshot[:12]} of {format_date(self.as_of)}. "
            f"The snapshot in use is {snapshot[:12]} of {format_date(as_of)}, and its results may differ. "
            "Run 'matchmaker evaluate' for an evaluation of your own."
        )


_ADAPTER = TypeAdapter(PublishedEvaluation)


@cache
def published_evaluation() -> PublishedEvaluation:
    """The evaluation that was made when the package was."""
    return _ADAPTER.validate_json((files("matchmaker.sectors.nhs") / "artefacts" / FILE).read_bytes())


def publish(one: Evaluation) -> str:
    """An evaluation as the file that `bundled` reads; the same evaluation gives the same bytes."""
    left_out: dict[str, int] = {}
    for skipped in one.skipped:
        left_out[skipped.why] = left_out.get(skipped.why, 0) + 1
    made = PublishedEvaluation(
        snapshot=one.snapshot,
        version=one.version,
        as_of=one.as_of,
        replayed=len(one.choices),
        left_out=left_out,
        leaks_checked=one.leak_checks,
        leaks_found=len(one.leaks),
        figures=figures(one),
        beside=_beside(one),
        outcome=None if one.outcomes is None else answer(one.outcomes),
        sections=tuple(sections(one)),
        misses=tuple(one.misses.get(EVIDENCE, ())),
    )
    text = _ADAPTER.dump_json(made)
    # Sums differ in their last bits from processor to processor: what is kept is rounded.
    rounded = json.loads(text, parse_float=lambda number: round(float(number), DIGITS))
    return json.dumps(rounded, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def figures(one: Evaluation) -> tuple[Figure, ...]:
    """The main figures: chance, the nearest, the evidence fit and what was learned, family by family."""
    return tuple(
        Figure(
            family=family,
            method=method,
            label=method_label(method),
            role=one.methods[method][1],
            metric=metric,
            value=row["value"],
            low=None if method == CHANCE else row["low"],
            high=None if method == CHANCE else row["high"],
            queries=row["queries"],
            organisations=row["organisations"],
        )
        for family in families(one)
        for method in (CHANCE, NEAREST, EVIDENCE, *practice_methods(one))
        for metric in METRICS
        if (row := cell(one.means, family, method, metric, ALL))
    )


def _beside(one: Evaluation) -> tuple[Difference, ...]:
    own = one.comparisons.filter((pl.col("method") == EVIDENCE) & (pl.col("metric") == METRICS[0]))
    return tuple(
        Difference(
            family=family,
            baseline=baseline,
            label=method_label(baseline),
            **{name: row[name] for name in ("value", "low", "high", "p", "queries")},
        )
        for family in families(one)
        for baseline in (NEAREST, CHANCE)
        for row in own.filter(family=family, baseline=baseline).iter_rows(named=True)
    )
