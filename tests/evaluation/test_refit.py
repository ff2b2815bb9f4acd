"""Refitted weights: the slope is right, the hold holds, and a planted preference is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad

from matchmaker import Matchmaker
from matchmaker.evaluation.refit import (
    HOLDS,
    RefittedWeights,
    Sets,
    _cost,
    chosen_hold,
    criteria_of,
    refitted,
    stacked,
)
from matchmaker.models.learned.choice_set import ChoiceSituation


def planted(sets: int = 60, seed: int = 7, unknown: float = 0.1) -> Sets:
    """Choices made by the first of three criteria alone; the preset weighs all alike."""
    generator = np.random.default_rng(seed)
    size = 12
    values = generator.random((sets * size, 3))
    known = generator.random(values.shape) > unknown
    starts = np.arange(sets) * size
    best = np.where(known[:, 0], values[:, 0], 0.5).reshape(sets, size).argmax(axis=1)
    return Sets(known, np.where(known, values, 0.0), starts, starts + best, np.full(3, 1 / 3))


def test_a_planted_preference_is_found() -> None:
    weights = refitted(planted(), hold=1.0)
    assert weights[0] > 0.6
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_a_firm_hold_keeps_the_preset() -> None:
    sets = planted()
    apart = [np.abs(refitted(sets, hold) - sets.preset).max() for hold in (1e6, *HOLDS)]
    assert apart[0] < 1e-3
    assert apart == sorted(apart)


def test_the_slope_is_that_of_the_cost() -> None:
    sets = planted(sets=8)
    for seed in range(3):
        at = np.random.default_rng(seed).normal(size=4)
        error = check_grad(lambda x: _cost(x, sets, 2.0)[0], lambda x: _cost(x, sets, 2.0)[1], at)
        assert error < 1e-4


def test_cross_validation_lets_go_only_where_that_helps_the_unseen() -> None:
    assert chosen_hold(planted(), [str(at) for at in range(60)]) < HOLDS[0]
    noise = planted()
    generator = np.random.default_rng(3)
    at_random = Sets(
        noise.known, noise.values, noise.starts, noise.starts + generator.integers(0, 12, 60), noise.preset
    )
    assert chosen_hold(at_random, [str(at) for at in range(60)]) == HOLDS[0]


def test_a_recipient_is_left_out_with_all_its_choices() -> None:
    """One recipient alone leaves nobody to check on."""
    assert chosen_hold(planted(sets=5), ["RA1"] * 5) == HOLDS[-1]


def test_only_the_asked_for_sets_are_kept() -> None:
    sets = planted(sets=5)
    some = sets.of(np.array([1, 4]))
    assert len(some.values) == 24
    assert some.starts.tolist() == [0, 12]
    for at, which in enumerate((1, 4)):
        own = slice(sets.starts[which], sets.starts[which] + 12)
        assert np.array_equal(some.values[12 * at : 12 * at + 12], sets.values[own])
        assert some.chosen[at] - some.starts[at] == sets.chosen[which] - sets.starts[which]


def test_past_choices_stack_up(buddies: list[ChoiceSituation]) -> None:
    sets = stacked(buddies)
    scored = [one for one in buddies if one.chosen is not None]
    assert len(sets.starts) == len(scored)
    assert len(sets.values) == sum(one.eligible.sum() for one in scored)
    for one, row in zip(scored, sets.chosen, strict=True):
        values, _ = criteria_of(one)
        told = np.where(sets.known[row], sets.values[row], np.nan)
        assert np.array_equal(told, values[:, one.chosen], equal_nan=True)
    with pytest.raises(ValueError, match="no choice"):
        stacked([one for one in buddies if one.chosen is None])


def test_an_arrangement_that_was_not_learned_is_not_answered(
    engine: Matchmaker, buddies: list[ChoiceSituation], past: list[ChoiceSituation]
) -> None:
    score = RefittedWeights(engine.directory.latest).learn(buddies[:10])
    assert score(buddies[-1]) is not None
    assert score(next(one for one in past if one.kind == "merger")) is None
