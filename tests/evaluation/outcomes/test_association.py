"""Associations: exact where they can be, and a planted effect is found, no more."""

from __future__ import annotations

import math
from datetime import date
from itertools import permutations

import numpy as np
import polars as pl
import pytest

from matchmaker.evaluation.inference import clustered, holm
from matchmaker.evaluation.outcomes.association import (
    FEWEST,
    SUPPOSED,
    _correlation,
    _correlation_limits,
    curves,
    power_analysis,
    with_exits,
    with_ratings,
)
from matchmaker.evaluation.outcomes.exposures import EXPOSURES, PRIMARY
from matchmaker.evaluation.outcomes.survival import permutation_test

N = 24


def rows(effect: float, seed: int = 3, n: int = N) -> pl.DataFrame:
    """Spells that end the sooner, and ratings that are the higher, the more similar the context."""
    generator = np.random.default_rng(seed)
    x = generator.random(n)
    months = generator.exponential(20 * np.exp(-effect * (x - 0.5)))
    exposures = {one.name: x if one.name == PRIMARY else generator.random(n) for one in EXPOSURES}
    rating = np.clip(np.round(2.5 + effect * (x - 0.5) + generator.normal(0, 0.4, n)), 1, 4)
    return pl.DataFrame(
        {
            "recipient": [f"R{at // 2:02}" for at in range(n)],
            "months": np.maximum(months, 0.1),
            "left": generator.random(n) > 0.1,
            "cohort": ["2013" if at % 3 else "later" for at in range(n)],
            "entry": [date(2013, 7, 16)] * n,
            "before": [2.0 if at % 2 else None for at in range(n)],
            "after": rating,
            **exposures,
        }
    )


def test_a_strong_effect_is_found_and_none_is_not() -> None:
    for found in (with_exits(rows(5.0)), with_ratings(rows(3.0))):
        primary = next(one for one in found if one.exposure.name == PRIMARY)
        none = 1.0 if found[0].within is not None else 0.0
        assert primary.low > none
        assert primary.p < 0.01
        assert primary.low <= primary.effect <= primary.high
        assert none < primary.least <= primary.effect <= primary.most
    quiet = next(one for one in with_exits(rows(0.0)) if one.exposure.name == PRIMARY)
    assert quiet.low < 1 < quiet.high


def test_the_p_value_is_exact_where_all_orders_can_be_seen() -> None:
    """By brute force over all 720 orders of six."""
    y = np.array([2.0, 3.0, 3.0, 1.0, 4.0, 2.0])
    x = np.array([0.1, 0.7, 0.4, 0.2, 0.9, 0.3])
    seen = abs(np.corrcoef(x, y)[0, 1])
    every = [abs(np.corrcoef(order, y)[0, 1]) >= seen - 1e-12 for order in permutations(x)]
    assert permutation_test(y, x) == pytest.approx(np.mean(every))


def test_within_strata_the_p_value_comes_close_to_all_orders() -> None:
    y = np.array([1.0, 3.0, 2.0, 6.0, 5.0, 9.0])
    x = np.array([0.2, 0.5, 0.1, 0.6, 0.4, 0.9])
    strata = np.array([0, 0, 0, 1, 1, 1])

    def statistic(order: np.ndarray) -> float:
        return sum(
            float((order[own] - order[own].mean()) @ (y[own] - y[own].mean()))
            for own in (strata == 0, strata == 1)
        )

    every = [
        abs(statistic(np.concatenate([one, other]))) >= abs(statistic(x)) - 1e-9
        for one in permutations(x[:3])
        for other in permutations(x[3:])
    ]
    assert permutation_test(y, x, strata, draws=20_000) == pytest.approx(np.mean(every), abs=0.015)


def test_the_first_question_is_one_test_and_the_others_are_raised() -> None:
    found = with_ratings(rows(1.0))
    assert len(found) == len(EXPOSURES)
    assert math.isnan(next(one for one in found if one.exposure.name == PRIMARY).p_holm)
    others = [one for one in found if one.exposure.name != PRIMARY]
    assert [one.p_holm for one in others] == holm(np.array([one.p for one in others])).tolist()
    assert all(one.p_holm >= one.p for one in others)


@pytest.mark.parametrize("analyse", [with_exits, with_ratings])
def test_too_few_or_all_alike_are_not_estimated(analyse: object) -> None:
    few = rows(1.0, n=FEWEST - 1)
    assert analyse(few) == []
    alike = rows(1.0).with_columns(size=pl.lit(0.5), scale=pl.lit(None, pl.Float64))
    assert {"size", "scale"}.isdisjoint(one.exposure.name for one in analyse(alike))


def test_a_rating_that_one_trust_alone_makes_vary_is_no_correlation_without_it() -> None:
    """Left out, nothing varies: that is no correlation, not an error."""
    one_apart = rows(1.0).with_columns(after=pl.when(pl.col("recipient") == "R00").then(3.0).otherwise(2.0))
    (primary, *_) = with_ratings(one_apart)
    assert primary.least <= 0.0 <= primary.most
    assert _correlation(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == 0.0


def test_limits_draw_trusts_whole() -> None:
    """Every row of a trust twice over tells no more than once."""
    generator = np.random.default_rng(5)
    x = generator.normal(size=20)
    y = x + generator.normal(size=20)
    once = _correlation_limits(x, y, clustered([str(at) for at in range(20)]))
    twice = _correlation_limits(
        np.repeat(x, 2), np.repeat(y, 2), clustered([str(at // 2) for at in range(40)])
    )
    apart = _correlation_limits(np.repeat(x, 2), np.repeat(y, 2), clustered([str(at) for at in range(40)]))
    assert twice == pytest.approx(once)
    assert apart[1] - apart[0] < 0.9 * (once[1] - once[0])


def test_halves_are_split_at_the_middle() -> None:
    own = rows(5.0)
    found = curves(own)
    assert set(found) == {"More similar half", "Less similar half"}
    assert found["More similar half"].median < found["Less similar half"].median


def test_reach_says_how_often_an_effect_would_be_found() -> None:
    found = power_analysis(rows(0.0, n=14))
    assert found.n == 14
    assert list(found.power) == list(found.needed) == list(SUPPOSED)
    assert list(found.power.values()) == sorted(found.power.values())
    assert list(found.needed.values()) == sorted(found.needed.values(), reverse=True)
    assert found.detectable > 1.5
