"""How results are put into words: shares in percent, intervals, p values, names of metrics and families."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from matchmaker.evaluation.aggregate import ALL
from matchmaker.evaluation.cross_validation import FORWARD

METRIC_LABELS = {
    "hit@1": "In the first place",
    "hit@3": "In the first 3",
    "hit@5": "In the first 5",
    "hit@10": "In the first 10",
    "mrr": "Mean reciprocal rank",
    "ndcg@10": "NDCG at 10",
    "percentile": "Candidates placed before it",
}
RULE_LABELS = {
    "service": "Only a part of a trust, one service or one lent leader",
    "abandoned": "Never came about",
    "low confidence": "The pairing or a code is not certain",
    "too early": "Before anything was known",
    "not open": "The recipient was not open on the day",
    "same body": "Both codes were one organisation on the day",
    "duplicate": "The same two, paired in the same way shortly before",
}
METHOD_LABELS = {
    "random": "Chance",
    "nearest": "Nearest by distance",
    "same-locality": "Same local system, then region",
    "biggest": "Biggest",
    "best-rated": "Best rated",
    "size-only": "Most similar size",
    "context-only": "Most similar context",
    "nhs-peer-finder": "NHS Trust Peer Finder",
    "nhs-published-script": "Peer Finder, published script",
    "evidence": "Evidence fit (the default)",
    "evidence-refitted": "Evidence fit, weights refitted",
    "practice": "Past practice (conditional logit)",
    "practice-lightgbm": "Past practice (LightGBM)",
}
HINDSIGHT = "-hindsight"


def method_label(name: str) -> str:
    """A method's name for people."""
    for ending, words in ((FORWARD, ", earlier years only"), (HINDSIGHT, ", with hindsight")):
        if name.endswith(ending):
            return METHOD_LABELS.get(name.removesuffix(ending), name.removesuffix(ending)) + words
    return METHOD_LABELS.get(name, name)


def share(value: float | None) -> str:
    """A share in percent."""
    return "not known" if value is None else f"{100 * value:.0f}%"


def with_limits(row: Mapping[str, Any], *, points: bool = False) -> str:
    """A value and its 95% limits: 81% (67% to 94%); differences in percentage points with their sign.

    Args:
        row: value, low and high; limits may be None.
        points: whether it is a difference of shares.
    """
    if points:
        told, low, high = (
            None if row[key] is None else _points(row[key]) for key in ("value", "low", "high")
        )
    else:
        told, low, high = (None if row[key] is None else share(row[key]) for key in ("value", "low", "high"))
    return str(told) if low is None else f"{told} ({low} to {high})"


def _points(value: float) -> str:
    return f"{round(100 * value):+d}" if round(100 * value) else "0"


def p_value(p: float) -> str:
    """A p value: 0.03, or less than 0.001; nothing where there is none."""
    if math.isnan(p):
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.01 else f"{p:.2f}"


def number(value: float) -> str:
    """A ratio or a correlation to two places; no limit is said so."""
    return "no limit" if value == float("inf") else f"{value:.2f}"


def cell(
    means: pl.DataFrame, family: str, method: str, metric: str, population: str = ALL
) -> dict[str, Any] | None:
    """One row of `summary.means`; None where there is none."""
    found = means.filter(
        (pl.col("family") == family)
        & (pl.col("method") == method)
        & (pl.col("metric") == metric)
        & (pl.col("population") == population)
    )
    return None if found.is_empty() else found.row(0, named=True)
