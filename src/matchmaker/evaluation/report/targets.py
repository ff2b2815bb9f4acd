"""What models of past practice were to reach, what they reached, and how much was within reach at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from matchmaker.evaluation.aggregate import ELIGIBLE
from matchmaker.evaluation.evaluate import EVIDENCE, Evaluation
from matchmaker.evaluation.metrics import LOWER_IS_BETTER
from matchmaker.evaluation.report.document import Block, Items, Table, Text
from matchmaker.evaluation.report.labels import METRIC_LABELS, cell, method_label, share, with_limits

AIMS = (
    ("Structural", "hit@5", 0.80),
    ("Shared leadership", "hit@5", 0.85),
    ("Buddying", "hit@10", 0.65),
    ("Buddying", "percentile", 0.15),
)
"""Family, metric and aim, set before any model of past practice was made."""
HEADING = (
    "Family",
    "Aim",
    "Model of past practice",
    "Reached",
    "Aim met",
    "Where the partner was eligible",
)


def aims(one: Evaluation) -> tuple[Block, ...]:
    """Each aim beside what every model of past practice reached, and the ceiling of each family."""
    rows = []
    for family, metric, aim in AIMS:
        asked = f"{METRIC_LABELS[metric]}: {share(aim)} or {'less' if metric in LOWER_IS_BETTER else 'more'}"
        for name in practice_methods(one):
            if found := cell(one.means, family, name, metric):
                eligible = cell(one.means, family, name, metric, ELIGIBLE)
                within = share(eligible["value"]) if eligible else ""
                met = _met(found, metric, aim)
                rows.append((family, asked, method_label(name), with_limits(found), met, within))
    return (
        Text(
            "These aims were set beforehand, for models of past practice only. The evidence fit is not tuned "
            "to past choices and has no such aim. Where one of several models meets an aim by chance, the "
            "others show it. 'Within doubt' means that the 95% interval holds the aim: so few pairings can't "
            "tell whether the method would meet it on more of them."
        ),
        Table("", HEADING, tuple(rows), (3, 5)),
        Text("How much was within reach:"),
        Items((*_ceilings(one), *_makeup(one))),
    )


def practice_methods(one: Evaluation) -> list[str]:
    """Models of past practice that take part, weights refitted aside."""
    return [
        name
        for name, (_, role) in one.methods.items()
        if role == "practice" and not name.startswith(EVIDENCE)
    ]


def _met(found: dict[str, Any], metric: str, aim: float) -> str:
    reached = found["value"] <= aim if metric in LOWER_IS_BETTER else found["value"] >= aim
    return ("yes" if reached else "no") + (", within doubt" if _doubtful(found, aim) else "")


def _doubtful(found: dict[str, Any], aim: float) -> bool:
    return bool(found["low"] is None or found["low"] <= aim <= found["high"])


def _ceilings(one: Evaluation) -> Iterator[str]:
    """How many partners could be found at all."""
    for family in dict.fromkeys(family for family, _, _ in AIMS):
        for row in one.counts.filter(pl.col("family") == family).iter_rows(named=True):
            yield (
                f"{family}: {row['eligible']} of {row['queries']} partners were eligible, so the most that "
                f"any method could find is {share(row['ceiling'])}."
            )


def _makeup(one: Evaluation) -> Iterator[str]:
    """How much of a mean share placed before comes from partners that could not be found."""
    for family, metric, aim in AIMS:
        for name in practice_methods(one) if metric == "percentile" else ():
            found = cell(one.means, family, name, metric)
            eligible = cell(one.means, family, name, metric, ELIGIBLE)
            if not found or not eligible:
                continue
            out = 1 - eligible["queries"] / found["queries"]
            told = (
                f"{family}, {method_label(name)}: of the mean share placed before, {share(found['value'])}, "
                f"{share(out)} comes from partners that were not eligible, which count as placed behind "
                f"all. Among the other {eligible['queries']} the mean is {share(eligible['value'])}."
            )
            if found["low"] is not None:
                holds = "holds" if _doubtful(found, aim) else "does not hold"
                told += (
                    f" With {found['queries']} pairings of {found['organisations']} recipients the interval, "
                    f"{share(found['low'])} to {share(found['high'])}, {holds} the aim of {share(aim)}."
                )
            yield told
