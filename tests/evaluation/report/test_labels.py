"""Figures in words."""

from __future__ import annotations

import pytest

from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.report.labels import METRIC_LABELS, number, p_value, rule_label, share, with_limits
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import INCLUSION_RULES


def value(value: float, low: float | None, high: float | None) -> object:
    class Estimate:
        pass

    one = Estimate()
    one.value, one.low, one.high = value, low, high  # type: ignore[attr-defined]
    return one


def test_every_metric_and_rule_has_a_label(harbours: Sector) -> None:
    assert set(METRIC_LABELS) == set(METRICS)
    assert len({rule_label(rule, harbours) for rule in INCLUSION_RULES}) == len(INCLUSION_RULES)
    assert rule_label("service", harbours).startswith("Only a part of a harbour")


def test_shares_and_limits() -> None:
    assert share(0.814) == "81%"
    assert share(None) == "not known"
    assert with_limits(value(0.81, 0.67, 0.94)) == "81% (67% to 94%)"  # type: ignore[arg-type]
    assert with_limits(value(0.81, None, None)) == "81%"  # type: ignore[arg-type]
    assert with_limits(value(-0.05, -0.2, 0.001), points=True) == "-5 (-20 to 0)"  # type: ignore[arg-type]


@pytest.mark.parametrize(("p", "text"), [(0.0004, "<0.001"), (0.004, "0.004"), (0.034, "0.03"), (None, "")])
def test_p_values(p: float | None, text: str) -> None:
    assert p_value(p) == text


def test_a_limit_that_is_not_there_is_said_so() -> None:
    assert (number(1.256), number(None)) == ("1.26", "no limit")
