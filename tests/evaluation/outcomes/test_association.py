"""Associations: exact where they can be, and a planted effect is found, no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import permutations

import numpy as np
import polars as pl
import pytest

from matchmaker.evaluation.inference import clustered, holm
from matchmaker.evaluation.outcomes.association import (
    MIN_ROWS,
    SUPPOSED,
    _correlation,
    _correlation_limits,
    power_analysis,
    repeated,
    survival_by_half,
    with_exits,
    with_ratings,
)
from matchmaker.evaluation.outcomes.spells import FIRST, LATER
from matchmaker.evaluation.outcomes.survival import permutation_test
from matchmaker.evaluation.records import Association
from matchmaker.evaluation.settings import Exposure

N = 24
HALVES = ("More similar half", "Less similar half")
EXPOSURES = (
    Exposure(name="setting", label="Similar setting", halves=HALVES),
    Exposure(name="size", label="Similar size"),
    Exposure(name="nearness", label="Nearness"),
    Exposure(name="fit", label="Fit"),
)
PRIMARY = EXPOSURES[0]


def rows(effect: float, seed: int = 3, n: int = N) -> pl.DataFrame:
    """Spells that end the sooner, and ratings that are the higher, the more similar the setting."""
    generator = np.random.default_rng(seed)
    x = generator.random(n)
    months = generator.exponential(20 * np.exp(-effect * (x - 0.5)))
    exposures = {one.name: x if one is PRIMARY else generator.random(n) for one in EXPOSURES}
    rating = np.clip(np.round(2.5 + effect * (x - 0.5) + generator.normal(0, 0.4, n)), 1, 4)
    return pl.DataFrame(
        {
            "recipient": [f"R{at // 2:02}" for at in range(n)],
            "entry": [date(2013, 1, 1) + timedelta(days=30 * at) for at in range(n)],
            "day": [date(2013, 1, 1) + timedelta(days=30 * at) for at in range(n)],
            "months": np.maximum(months, 0.1),
            "left": generator.random(n) > 0.1,
            "cohort": [FIRST if at % 3 else LATER for at in range(n)],
            "before": [2.0 if at % 2 else None for at in range(n)],
            "after": rating,
            **exposures,
        }
    )


def primary_of(found: Sequence[Association]) -> Association:
    return next(one for one in found if one.exposure == PRIMARY.name)


def test_a_strong_effect_is_found_and_none_is_not() -> None:
    for found in (with_exits(rows(5.0), EXPOSURES), with_ratings(rows(3.0), EXPOSURES)):
        primary = primary_of(found)
        none = 1.0 if found[0].within is not None else 0.0
        assert primary.low is not None
        assert primary.high is not None
        assert primary.low > none
        assert primary.p < 0.01
        assert primary.low <= primary.effect <= primary.high
        assert none < primary.least <= primary.effect <= primary.most
    quiet = primary_of(with_exits(rows(0.0), EXPOSURES))
    assert quiet.low is not None
    assert quiet.high is not None
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
    found = with_ratings(rows(1.0), EXPOSURES)
    assert [one.label for one in found] == [one.label for one in EXPOSURES]
    assert primary_of(found).p_holm is None
    others = [one for one in found if one.exposure != PRIMARY.name]
    assert [one.p_holm for one in others] == holm(np.array([one.p for one in others])).tolist()
    assert all(one.p_holm is not None and one.p_holm >= one.p for one in others)


@pytest.mark.parametrize("analyse", [with_exits, with_ratings])
def test_too_few_or_all_alike_are_not_estimated(
    analyse: Callable[[pl.DataFrame, Sequence[Exposure]], Sequence[Association]],
) -> None:
    assert analyse(rows(1.0, n=MIN_ROWS - 1), EXPOSURES) == ()
    assert len(analyse(rows(1.0, n=MIN_ROWS), EXPOSURES)) == len(EXPOSURES)
    alike = rows(1.0).with_columns(size=pl.lit(0.5), nearness=pl.lit(None, pl.Float64))
    assert {one.exposure for one in analyse(alike, EXPOSURES)} == {"setting", "fit"}


def test_without_an_exit_there_is_no_hazard() -> None:
    """Not of the whole, and not where leaving one out leaves none."""
    assert with_exits(rows(1.0).with_columns(left=pl.lit(False)), EXPOSURES) == ()
    only_one = rows(1.0).with_columns(left=pl.col("recipient") == "R00")
    assert primary_of(with_exits(only_one, EXPOSURES)).events == 2


def test_a_rating_that_one_recipient_alone_makes_vary_is_no_correlation_without_it() -> None:
    """Left out, nothing varies: that is no correlation, not an error."""
    one_apart = rows(1.0).with_columns(after=pl.when(pl.col("recipient") == "R00").then(3.0).otherwise(2.0))
    primary = primary_of(with_ratings(one_apart, EXPOSURES))
    assert primary.least <= 0.0 <= primary.most
    assert _correlation(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == 0.0


def test_limits_draw_recipients_whole() -> None:
    """Every row twice over says no more than once."""
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


def test_halves_are_split_at_the_median() -> None:
    found = survival_by_half(rows(5.0), PRIMARY)
    assert tuple(found) == HALVES
    more, less = found.values()
    assert more.median is not None
    assert less.median is not None
    assert more.median < less.median
    assert survival_by_half(rows(5.0, n=MIN_ROWS - 1), PRIMARY) == {}


def test_power_says_how_often_an_effect_would_be_found() -> None:
    found = power_analysis(rows(0.0, n=14), PRIMARY)
    assert found is not None
    assert found.n == 14
    assert [row.ratio for row in found.sizes] == list(SUPPOSED)
    assert [row.power for row in found.sizes] == sorted(row.power for row in found.sizes)
    assert [row.needed for row in found.sizes] == sorted((row.needed for row in found.sizes), reverse=True)
    assert found.detectable is not None
    assert found.detectable > 1.5
    assert power_analysis(rows(0.0, n=MIN_ROWS - 1), PRIMARY) is None


def test_each_recipient_counts_once_beside_all_its_spells() -> None:
    """Every recipient has two spells here, so half of them are first ones."""
    table = rows(5.0)
    for analyse in (with_exits, with_ratings):
        primary = primary_of(analyse(table, EXPOSURES))
        assert primary.organisations == (N + 1) // 2
        assert primary.first is not None and primary.last is not None
        assert (primary.first.n, primary.last.n) == (primary.organisations, primary.organisations)
        once = table.unique("recipient", keep="first", maintain_order=True)
        assert primary.first.effect == pytest.approx(primary_of(analyse(once, EXPOSURES)).effect)
    assert repeated(table.head(5), PRIMARY) == {"R00": 2, "R01": 2}


def test_an_interval_that_lets_spells_go_together_holds_the_effect() -> None:
    primary = primary_of(with_exits(rows(5.0), EXPOSURES))
    assert primary.robust_low is not None and primary.robust_high is not None
    assert primary.robust_low < primary.effect < primary.robust_high
