"""Refitted weights: the gradient is right, the penalty holds, and a planted preference is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad

from matchmaker import Matchmaker
from matchmaker.evaluation.refit import (
    PENALTIES,
    ChoiceSets,
    RefittedWeights,
    _cost,
    choose_penalty,
    criteria_of,
    fit_weights,
    stack_criteria,
)
from matchmaker.models.learned.choice_set import ChoiceSituation

SIZE = 12


def planted(sets: int = 60, seed: int = 7, unknown: float = 0.1) -> ChoiceSets:
    """Choices made by the first of three criteria alone; the preset weighs all alike."""
    generator = np.random.default_rng(seed)
    values = generator.random((sets * SIZE, 3))
    known = generator.random(values.shape) > unknown
    starts = np.arange(sets) * SIZE
    best = np.where(known[:, 0], values[:, 0], 0.5).reshape(sets, SIZE).argmax(axis=1)
    numbers = np.repeat(np.arange(sets), SIZE)
    return ChoiceSets(known, np.where(known, values, 0.0), numbers, starts + best, np.full(3, 1 / 3))


def test_a_planted_preference_is_found() -> None:
    weights = fit_weights(planted(), penalty=1.0)
    assert weights[0] > 0.6
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_a_firm_penalty_keeps_the_preset() -> None:
    sets = planted()
    apart = [np.abs(fit_weights(sets, penalty) - sets.preset).max() for penalty in (1e6, *PENALTIES)]
    assert apart[0] < 1e-3
    assert apart == sorted(apart)


def test_the_gradient_is_that_of_the_cost() -> None:
    sets = planted(sets=8)
    for seed in range(3):
        at = np.random.default_rng(seed).normal(size=4)
        error = check_grad(lambda x: _cost(x, sets, 2.0)[0], lambda x: _cost(x, sets, 2.0)[1], at)
        assert error < 1e-4


def test_cross_validation_lets_go_only_where_that_helps_the_unseen() -> None:
    recipients = [str(at) for at in range(60)]
    assert choose_penalty(planted(), recipients) < PENALTIES[0]
    noise = planted()
    at_random = np.arange(60) * SIZE + np.random.default_rng(3).integers(0, SIZE, 60)
    blind = ChoiceSets(noise.known, noise.values, noise.sets, at_random, noise.preset)
    assert choose_penalty(blind, recipients) == PENALTIES[0]


def test_a_recipient_is_left_out_with_all_its_choices() -> None:
    """One recipient alone leaves nobody to check on."""
    assert choose_penalty(planted(sets=5), ["RA1"] * 5) == PENALTIES[-1]


def test_some_of_the_sets_keep_their_rows_and_choices() -> None:
    sets = planted(sets=5)
    some = sets.only(np.array([False, True, False, False, True]))
    assert np.bincount(some.sets).tolist() == [SIZE, SIZE]
    for at, which in enumerate((1, 4)):
        own = slice(SIZE * which, SIZE * which + SIZE)
        assert np.array_equal(some.values[SIZE * at : SIZE * at + SIZE], sets.values[own])
        assert some.chosen[at] - SIZE * at == sets.chosen[which] - SIZE * which


def test_past_choices_stack_up(mentors: list[ChoiceSituation], excluded: ChoiceSituation) -> None:
    sets = stack_criteria([excluded, *mentors])
    assert np.bincount(sets.sets).tolist() == [int(one.eligible.sum()) for one in mentors]
    for one, row in zip(mentors, sets.chosen, strict=True):
        values, _ = criteria_of(one)
        stacked = np.where(sets.known[row], sets.values[row], np.nan)
        assert np.array_equal(stacked, values[:, one.chosen], equal_nan=True)
    with pytest.raises(ValueError, match="no choice"):
        stack_criteria([excluded])


def test_an_arrangement_that_was_not_learned_is_not_answered(
    harbour_engine: Matchmaker, mentors: list[ChoiceSituation], past: list[ChoiceSituation]
) -> None:
    score = RefittedWeights(harbour_engine.registry.latest).learn(mentors[:-1])
    assert score(mentors[-1]) is not None
    assert score(next(one for one in past if one.kind == "takeover")) is None
