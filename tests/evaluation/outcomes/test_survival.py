"""Survival methods against published results and by hand."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from matchmaker.evaluation.outcomes.survival import (
    cox,
    detectable,
    events_needed,
    kaplan_meier,
    permutation_test,
    power,
    residuals,
)

# Weeks in remission of 42 children with leukaemia (Freireich and others 1963), the textbook example.
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSED = [True] * 9 + [False] * 12
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TIME = np.array(TREATED + PLACEBO, dtype=float)
EVENT = np.array(RELAPSED + [True] * 21)
ON_PLACEBO = np.array([0.0] * 21 + [1.0] * 21)
ONE = np.zeros(42, dtype=np.intp)


def test_kaplan_meier_is_that_of_the_textbook() -> None:
    """Collett, Modelling Survival Data, and many others: the treated, with Greenwood's errors."""
    curve = kaplan_meier(np.array(TREATED, dtype=float), np.array(RELAPSED))
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    expected = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.staying == pytest.approx(expected, abs=5e-4)
    assert curve.median == 23
    # Log-log limits as R's survfit prints them with conf.type = "log-log".
    assert (curve.low[0], curve.high[0]) == pytest.approx((0.620, 0.952), abs=1e-3)
    assert kaplan_meier(np.array(PLACEBO, dtype=float), np.ones(21, dtype=bool)).median == 8


def test_all_left_leaves_nobody() -> None:
    curve = kaplan_meier(np.array([1.0, 2.0]), np.array([True, True]))
    assert curve.staying.tolist() == [0.5, 0.0]
    assert curve.low[-1] == 0.0
    assert math.isnan(curve.high[-1])


def test_cox_is_that_of_the_textbook() -> None:
    """Efron's coefficient for these data is 1.572 (standard error 0.412)."""
    found = cox(TIME, EVENT, ON_PLACEBO, draws=2000)
    per_unit = math.log(found.ratio) / found.spread
    assert per_unit == pytest.approx(1.572, abs=1e-3)
    assert found.events == 30
    assert found.p == pytest.approx(1 / 2001)
    low, high = math.log(found.low) / found.spread, math.log(found.high) / found.spread
    assert low == pytest.approx(1.572 - 1.96 * 0.412, abs=0.06)  # profile limits are near Wald's here
    assert high == pytest.approx(1.572 + 1.96 * 0.412, abs=0.06)


def test_one_who_never_leaves_gives_no_limit() -> None:
    x = np.array([0.0, 0.0, 1.0, 1.0])
    found = cox(np.array([1.0, 2.0, 9.0, 9.0]), np.array([True, True, False, False]), x)
    assert found.low == 0.0
    assert found.high < math.inf


def test_turning_the_covariate_round_turns_the_ratio_round() -> None:
    x = np.random.default_rng(4).normal(size=42)
    one, other = cox(TIME, EVENT, x, draws=500), cox(TIME, EVENT, -x, draws=500)
    assert one.ratio * other.ratio == pytest.approx(1.0)
    assert one.low * other.high == pytest.approx(1.0)


def test_a_stratum_has_its_own_baseline() -> None:
    """A difference between strata alone is no effect."""
    time = np.array([1.0, 2.0, 3.0, 4.0, 101.0, 102.0, 103.0, 104.0])
    x = np.array([5.0, 6.0, 6.0, 5.0, 1.0, 2.0, 2.0, 1.0])
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    event = np.ones(8, dtype=bool)
    assert cox(time, event, x).low > 1
    within = cox(time, event, x, strata)
    assert within.low < 1 < within.high
    assert within.p > 0.5


def test_residuals_are_events_less_hazard() -> None:
    """By hand: hazards 1/4 at time 1 and 1/2 at time 3."""
    time, event = np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False])
    found = residuals(time, event, np.zeros(4, dtype=np.intp))
    assert found == pytest.approx([0.75, -0.25, 0.25, -0.75])
    assert residuals(TIME, EVENT, ONE).sum() == pytest.approx(0)


def test_the_permutation_test_counts_every_order() -> None:
    x, y = np.array([1.0, 2.0, 4.0, 7.0]), np.array([0.5, -1.0, 2.0, 1.5])
    seen = abs((x - x.mean()) @ (y - y.mean()))
    each = [abs((np.array(order) - x.mean()) @ (y - y.mean())) for order in permutations(x)]
    assert permutation_test(y, x) == pytest.approx(np.mean([one >= seen - 1e-9 for one in each]))


def test_random_orders_agree_with_all_orders() -> None:
    generator = np.random.default_rng(8)
    x, y = generator.normal(size=7), generator.normal(size=7)
    strata = np.array([0] * 7)
    exact = permutation_test(y, x)
    beside = permutation_test(np.append(y, [0.0]), np.append(x, [0.0]), np.append(strata, [1]), draws=40_000)
    assert beside == pytest.approx(exact, abs=0.01)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        cox(np.array([1.0, 2.0]), np.array([True, True]), np.array([3.0, 3.0]))


def test_events_needed_is_that_of_schoenfeld() -> None:
    """Two equal groups and a ratio of 2: 4 (1.96 + 0.84)² / (ln 2)² = 65.3."""
    assert events_needed(2.0, 0.5) == 66
    assert events_needed(1.5) == 48


def test_power_is_near_the_formula_with_many_events_and_below_it_with_few() -> None:
    x = np.random.default_rng(9).normal(size=150)
    ratio = math.exp((1.96 + 0.8416) / math.sqrt(150))
    assert events_needed(ratio) in (150, 151)
    assert power(x, ratio, draws=200) == pytest.approx(0.8, abs=0.08)
    few = math.exp((1.96 + 0.8416) / math.sqrt(15))
    assert power(x[:15], few, draws=200) < 0.75


def test_no_effect_is_found_as_often_as_the_test_allows() -> None:
    assert power(np.random.default_rng(2).normal(size=16), 1.0) == pytest.approx(0.05, abs=0.03)


def test_what_is_detectable_has_that_power() -> None:
    x = np.random.default_rng(3).normal(size=16)
    ratio = detectable(x)
    assert power(x, ratio) >= 0.8 > power(x, ratio - 0.1)
    assert detectable(x[:3]) == math.inf
