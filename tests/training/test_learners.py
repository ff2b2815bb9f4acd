"""Learners: the learned methods of a sector, trained on some choices and scored on others."""

from __future__ import annotations

import numpy as np

from matchmaker import Matchmaker
from matchmaker.models.learned.logit_ranker import LogitRanker, fit_logit
from matchmaker.training.choice_sets import build_choice_sets
from matchmaker.training.learners import RECIPES, method_learners


def test_each_learned_method_of_the_sector_has_a_learner(harbour_engine: Matchmaker) -> None:
    (learner,) = method_learners(harbour_engine.sector)
    assert (learner.name, learner.label) == ("past-choices", "Past choices")
    assert learner.says == "What was chosen before, by a conditional logit."
    assert learner.recipe is RECIPES["conditional_logit"]


def test_a_learner_scores_as_a_ranker_of_what_it_learned(harbour_engine: Matchmaker) -> None:
    *past, query = build_choice_sets(harbour_engine, kinds=["mentoring"])[0]
    (learner,) = method_learners(harbour_engine.sector)
    scored = learner.learn(past)(query)
    assert scored is not None
    ranker = LogitRanker(query.profiles, fit_logit(past), learner.name)
    scores = ranker.scores(np.array([query.row]))
    assert np.array_equal(scored[0], scores.score[0])
    assert np.array_equal(scored[1], scores.coverage[0])
    assert np.ptp(scored[0][query.eligible]) > 0.1


def test_trees_learn_too(engine: Matchmaker) -> None:
    logit, trees = method_learners(engine.sector)
    assert (logit.name, trees.name) == ("practice", "practice-lightgbm")
    *past, query = (one for one in build_choice_sets(engine, kinds=["buddying"])[0] if one.chosen is not None)
    scored = trees.learn(past)(query)
    assert scored is not None
    score, coverage = scored
    assert score.shape == coverage.shape == (len(query.eligible),)
    assert np.ptp(score[query.eligible]) > 1
