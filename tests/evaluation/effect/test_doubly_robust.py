"""The doubly robust estimate, its balance and the E-value."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.evaluation.effect.doubly_robust import doubly_robust, e_value
from matchmaker.evaluation.effect.regression import Design


def halves(effect: float, n: int = 6000, seed: int = 2) -> Design:
    """More of a confounder makes both the choice and the outcome more likely."""
    rng = np.random.default_rng(seed)
    confounder = rng.normal(size=n)
    exposure = 0.7 * confounder + rng.normal(size=n)
    upper = exposure > np.median(exposure)
    chance = 0.4 + effect * upper + 0.1 * confounder
    y = (rng.uniform(size=n) < chance.clip(0.02, 0.98)).astype(float)
    x = np.column_stack([np.ones(n), exposure, confounder, rng.normal(size=n)])
    return Design(("exposure", "confounder", "noise"), x, y, rng.integers(500, size=n))


@pytest.mark.parametrize("effect", [0.0, 0.1])
def test_the_effect_is_found_within_its_limits(effect: float) -> None:
    found = doubly_robust(halves(effect))
    assert found.estimate.low <= 100 * effect <= found.estimate.high
    assert (found.estimate.p < 0.01) == (effect > 0)


def test_weighting_balances_what_differed() -> None:
    found = doubly_robust(halves(0.0))
    (confounder,) = (one for one in found.balance if one.term == "confounder")
    assert confounder.before > 0.5 and abs(confounder.after) < 0.1
    assert 0.5 < found.overlap <= 1


def test_the_e_value_of_the_paper() -> None:
    """VanderWeele and Ding (2017): a risk ratio of 3.9 with a lower limit of 1.8 gives 7.26 and 3.0."""
    assert e_value(3.9) == pytest.approx(7.26, abs=0.01)
    assert e_value(1.8) == pytest.approx(3.0, abs=0.01)
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9))
    assert e_value(1.0) == 1.0


def test_limits_that_cross_none_need_no_confounder() -> None:
    assert doubly_robust(halves(0.0)).e_value_limit == 1.0
