"""Models of an outcome find an effect that was put in, and none where none was."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from matchmaker.evaluation.effect.regression import (
    Design,
    design,
    interaction_p,
    linear,
    logistic,
    standardised,
    time_to,
)
from matchmaker.evaluation.effect.settings import Confounders

CONFOUNDERS = Confounders(own=("depth",), squared=("depth",), partner=("fleet",))


def population(effect: float, n: int = 4000, partners: int = 400, seed: int = 1) -> pl.DataFrame:
    """Pairings whose chance of a good outcome rises by `effect` with one standard deviation of the exposure.

    Depth raises both the exposure and the outcome, so that leaving it out would mislead; partners differ.
    """
    rng = np.random.default_rng(seed)
    depth, exposure_own = rng.normal(size=n), rng.normal(size=n)
    exposure = (depth + exposure_own) / np.sqrt(2)
    partner = rng.integers(partners, size=n)
    chance = 0.5 + effect * exposure + 0.1 * depth + rng.normal(scale=0.05, size=partners)[partner]
    good = (rng.uniform(size=n) < chance.clip(0.02, 0.98)).astype(float)
    return pl.DataFrame(
        {
            "partner": [f"P{one}" for one in partner],
            "exposure": exposure,
            "km": rng.uniform(1, 60, n),
            "own_depth": depth,
            "partner_fleet": rng.normal(size=n),
            "before": rng.integers(1, 3, n).astype(float),
            "type": rng.choice(["river", "sea"], n),
            "kind": rng.choice(["mentoring", "takeover"], n),
            "region": rng.choice(["north", "south"], n),
            "start": [date(2017 + int(one), 1, 1) for one in rng.integers(4, size=n)],
            "good": good,
            "months_to_good": np.where(good == 1, rng.exponential(20 * np.exp(-exposure), n), 60.0),
            "seen_good": good == 1,
        }
    )


@pytest.mark.parametrize("effect", [0.0, 0.06])
def test_the_effect_is_found_within_its_limits(effect: float) -> None:
    data = design(population(effect), CONFOUNDERS, "good")
    for found in (linear(data), logistic(data)):
        assert found.low <= 100 * effect <= found.high
        assert found.high - found.low < 6
        assert (found.p < 0.001) == (effect > 0)


def test_without_its_confounder_the_estimate_misleads() -> None:
    data = design(population(0.0), Confounders(), "good")
    assert linear(data).low > 3


def test_limits_cover_as_often_as_they_say() -> None:
    covered = 0
    for seed in range(60):
        found = linear(design(population(0.03, n=800, partners=100, seed=seed), CONFOUNDERS, "good"))
        covered += found.low <= 3 <= found.high
    assert covered >= 52  # of 60; 57 are to be expected


def test_errors_follow_partners_and_not_rows() -> None:
    once = population(0.0, n=400, partners=400)
    ten = pl.concat([once] * 10)
    alone, copied = (linear(design(one, CONFOUNDERS, "good")) for one in (once, ten))
    assert copied.se == pytest.approx(alone.se, rel=0.15), "ten copies of a partner are one partner"


def test_unknown_figures_take_the_median_and_are_marked() -> None:
    every = population(0.0, n=600)
    some = every.with_columns(own_depth=pl.when(pl.int_range(pl.len()) % 5 > 0).then("own_depth"))
    data = design(some, CONFOUNDERS, "good")
    assert "own depth unknown" in data.names and len(data.y) == 600
    assert not np.isnan(data.x).any()


def test_rows_without_an_outcome_do_not_count() -> None:
    some = population(0.0, n=600).with_columns(good=pl.when(pl.int_range(pl.len()) >= 100).then("good"))
    data = design(some, CONFOUNDERS, "good")
    assert len(data.y) == 500 and linear(data).n == 500


def test_an_effect_that_differs_by_type_is_seen() -> None:
    alike = population(0.0)
    apart = alike.with_columns(
        good=pl.when(pl.col("type") == "sea")
        .then((pl.col("exposure") > 0).cast(pl.Float64))
        .otherwise("good")
    )
    assert interaction_p(apart, CONFOUNDERS, "good", "type") < 0.001
    assert interaction_p(alike, CONFOUNDERS, "good", "type") > 0.001


def test_who_is_more_exposed_turns_sooner() -> None:
    found = time_to(population(0.0), CONFOUNDERS)
    assert found.low > 1


def test_a_standardised_column_keeps_what_is_unknown() -> None:
    values = standardised(pl.Series([1.0, None, 3.0, 5.0]))
    assert values.null_count() == 1 and values.mean() == pytest.approx(0) and values.std() == pytest.approx(1)


def test_a_design_has_the_exposure_first() -> None:
    data: Design = design(population(0.0, n=300), CONFOUNDERS, "good")
    assert data.names[0] == "exposure" and data.x.shape == (300, 1 + len(data.names))
    assert (data.x[:, 0] == 1).all()
