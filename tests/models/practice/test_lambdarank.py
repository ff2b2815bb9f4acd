"""LambdaRank of past choices: repeatable, monotone, explained, and read without LightGBM."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import MissingExtra
from matchmaker.models.practice.card import shipped_cards
from matchmaker.models.practice.choices import Choice, choices
from matchmaker.models.practice.lambdarank import (
    PracticeLightGBM,
    Trees,
    TreesLearner,
    learn_trees,
    library,
)
from matchmaker.models.practice.logit import FAMILIES, read, stacked
from matchmaker.models.practice.pair_inputs import INPUTS
from matchmaker.models.practice.trees import explained, read_trees


@pytest.fixture(scope="module")
def buddies(engine: Matchmaker) -> list[Choice]:
    return choices(engine, kinds=["buddying"])[0]


@pytest.fixture(scope="module")
def trained(buddies: Sequence[Choice]) -> Trees:
    return learn_trees(buddies)


def test_the_same_choices_give_the_same_bytes(buddies: Sequence[Choice], trained: Trees) -> None:
    assert learn_trees(buddies).model_dump_json() == trained.model_dump_json()


def test_the_models_that_ship_are_those_of_the_snapshot_that_ships(engine: Matchmaker) -> None:
    versions = {
        card.name: card.versions["lightgbm"] for card in shipped_cards() if "lightgbm" in card.versions
    }
    assert len(versions) == len(FAMILIES)
    for family in FAMILIES:
        name = f"practice-lightgbm-{family.name}"
        kept = read(Trees, name)
        assert kept.snapshot == engine.snapshot.hash, "run 'matchmaker train models'"
        assert len(read_trees(kept.text)) == 100
        if versions[name] == version("lightgbm"):
            again = learn_trees(choices(engine, kinds=family.kinds)[0])
            seen, _, _ = stacked(choices(engine, kinds=family.kinds)[0])
            one, other = (explained(read_trees(tree.text), seen) for tree in (again, kept))
            assert one[0] == pytest.approx(other[0], abs=1e-6)
            assert np.abs(one[1] - other[1]).max() < 1e-6


def test_it_is_what_lightgbm_says_of_the_same_text(engine: Matchmaker, trained: Trees) -> None:
    import lightgbm

    ranker = PracticeLightGBM(engine.profiles(), trained)
    rows = np.array([engine.profiles().position["RPA"]])
    scores = ranker.scores(rows)
    seen = ranker._seen(scores.values[:-1], rows)
    theirs = lightgbm.Booster(model_str=trained.text).predict(seen)
    assert np.abs(scores.score[0] - theirs).max() < 1e-12
    assert np.ptp(theirs) > 1


def test_trees_are_small(trained: Trees) -> None:
    trees = read_trees(trained.text)
    assert all(len(tree.asks) <= 6 for tree in trees)  # 7 leaves at most
    assert len(trained.text) < 100_000


def test_more_in_the_right_direction_never_lowers_a_score(buddies: Sequence[Choice], trained: Trees) -> None:
    seen, _, _ = stacked(buddies)
    trees = read_trees(trained.text)
    moved = 0
    for at, one in enumerate(INPUTS):
        if not one.direction:
            continue
        known = seen[~np.isnan(seen[:, at])][::20]
        steps = []
        for value in np.quantile(seen[:, at][~np.isnan(seen[:, at])], np.linspace(0, 1, 15))[
            :: one.direction
        ]:
            changed = known.copy()
            changed[:, at] = value
            start, told = explained(trees, changed)
            steps.append(start + told.sum(axis=0))
        for before, after in pairwise(steps):
            assert (after >= before - 1e-12).all(), one.name
        moved += bool((steps[-1] > steps[0]).any())
    assert moved >= 5


def test_the_unknown_adds_nothing_itself_but_is_told(engine: Matchmaker, trained: Trees) -> None:
    ranker = PracticeLightGBM(engine.profiles(), trained)
    scores = ranker.scores(np.arange(40))
    unknown = np.isnan(scores.values[:-1])
    assert (scores.contributions[:-1][unknown] == 0).all()
    assert scores.values[-1].tolist() == unknown.sum(axis=0).tolist()
    assert (scores.contributions[-1][~unknown.any(axis=0)] == 0).all()
    assert (scores.contributions[-1] != 0).any()
    assert ranker.sentence(len(INPUTS), 3.0, 0, 1) == "Figures not known of it: 3 of 19."
    assert ranker.sentence(0, None, 0, 1) == "Not known: distance."


def test_the_past_choice_most_like_a_chosen_partner_is_its_own(
    buddies: Sequence[Choice], trained: Trees
) -> None:
    for choice in (one for one in buddies if one.chosen is not None):
        assert choice.chosen is not None
        ranker = PracticeLightGBM(choice.profiles, trained)
        alike = ranker.alike(choice.row, choice.chosen, limit=100)
        assert len(alike) == len(trained.past)
        own = next(one for one in alike if one.pairing_id == choice.pairing_id)
        assert own.share == alike[0].share == 1
        assert [one.share for one in alike] == sorted((one.share for one in alike), reverse=True)
        assert alike[-1].share < 1
        assert (own.recipient, own.partner, own.day) == (choice.recipient, choice.partner, choice.day)
        assert ranker.alike(choice.row, choice.chosen, limit=2) == alike[:2]


def test_a_learner_scores_what_it_is_asked(buddies: Sequence[Choice]) -> None:
    *past, asked = (one for one in buddies if one.chosen is not None)
    score, coverage = TreesLearner().learn(past)(asked)
    assert score.shape == coverage.shape == (len(asked.eligible),)
    assert np.ptp(score[asked.eligible]) > 1


def test_a_missing_system_library_is_told_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def broken(name: str, *others: Any) -> Any:
        if name == "lightgbm":
            raise OSError("libgomp.so.1: cannot open shared object file")
        return real(name, *others)

    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(MissingExtra, match=r"libgomp\.so\.1.*apt-get install libgomp1"):
        library()


def test_why_not_tells_the_past_choices_most_like_it(engine: Matchmaker) -> None:
    told = engine.why_not("RPA", "RJ1", method="practice-lightgbm").precedents
    assert len(told) == 3
    assert all(sentence.endswith("of 100 trees it falls into the same leaf.") for sentence in told)
    shares = [int(re.search(r"in (\d+) of 100", sentence)[1]) for sentence in told]  # type: ignore[index]
    assert shares == sorted(shares, reverse=True)
    assert engine.why_not("RPA", "RJ1").precedents == ()
