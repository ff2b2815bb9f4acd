"""Results in words: shares in percent, intervals, p values, names of metrics and of inclusion rules."""

from __future__ import annotations

from typing import Protocol

from matchmaker.evaluation.drawn import NOT_DRAWN
from matchmaker.evaluation.records import ELIGIBLE, MetricMean, PublishedEvaluation
from matchmaker.sector import Sector

METRIC_LABELS = {
    "hit@1": "In the first place",
    "hit@3": "In the first 3",
    "hit@5": "In the first 5",
    "hit@10": "In the first 10",
    "mrr": "Mean reciprocal rank",
    "ndcg@10": "NDCG at 10",
    "percentile": "Candidates placed before it",
}


class Interval(Protocol):
    """A value with its 95% limits, which may be unknown."""

    @property
    def value(self) -> float:
        """The estimate."""

    @property
    def low(self) -> float | None:
        """Lower limit."""

    @property
    def high(self) -> float | None:
        """Upper limit."""


def rule_label(rule: str, sector: Sector) -> str:
    """Why a pairing does not count, by the rule that left it out."""
    return {
        "service": f"Only a part of a {sector.words.organisation}, one service or one lent leader",
        "abandoned": "Never came about",
        "low confidence": "The pairing or a code is not certain",
        "too early": "Before anything was known",
        "too late": "After the figures end",
        "not open": "The recipient was not open on the day",
        "same body": "Both codes were one organisation on the day",
        "duplicate": "The same two, paired in the same way shortly before",
        NOT_DRAWN: "Not among those drawn for replay",
    }[rule]


def share(value: float | None) -> str:
    """A share in percent."""
    return "not known" if value is None else f"{100 * value:.0f}%"


def with_limits(one: Interval, *, points: bool = False) -> str:
    """A value and its 95% limits: 81% (67% to 94%); differences in percentage points with their sign.

    Args:
        one: value and limits.
        points: whether it is a difference of shares.
    """
    form = _points if points else share
    if one.low is None or one.high is None:
        return form(one.value)
    return f"{form(one.value)} ({form(one.low)} to {form(one.high)})"


def with_exact_limits(one: MetricMean) -> str:
    """A hit rate with its limits by Clopper and Pearson; another metric with those of its own."""
    if one.exact_low is None or one.exact_high is None:
        return with_limits(one)
    return f"{share(one.value)} ({share(one.exact_low)} to {share(one.exact_high)})"


def with_both_limits(one: MetricMean) -> str:
    """A hit rate with its limits from drawing again, and by Clopper and Pearson."""
    if one.exact_low is None or one.exact_high is None:
        return with_limits(one)
    exact = f"exact {share(one.exact_low)} to {share(one.exact_high)}"
    if one.low is None or one.high is None:
        return f"{share(one.value)} ({exact})"
    return f"{share(one.value)} ({share(one.low)} to {share(one.high)}; {exact})"


def percentile_where_eligible(one: PublishedEvaluation, family: str, method: str) -> str:
    """The share of candidates placed before the partner, given that it was eligible: 50% is chance."""
    found = one.figure(family, method, "percentile", ELIGIBLE)
    return "" if found is None else with_limits(found)


def against_nearest(one: PublishedEvaluation, family: str, method: str, metric: str = "hit@10") -> str:
    """Wins and losses against the nearest: "3 to 7"; nothing for the nearest and for chance."""
    found = one.win_loss(family, method, metric)
    return "" if found is None else f"{found.wins} to {found.losses}"


def _points(value: float) -> str:
    return f"{round(100 * value):+d}" if round(100 * value) else "0"


def p_value(p: float | None) -> str:
    """A p value: 0.03, or <0.001; nothing where there is none."""
    if p is None:
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.01 else f"{p:.2f}"


def number(value: float | None) -> str:
    """A ratio or a correlation to two places; a limit that is not there is said so."""
    return "no limit" if value is None else f"{value:.2f}"
