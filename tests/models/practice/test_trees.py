"""LightGBM's text, scored and explained in numpy: the very numbers that LightGBM gives."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from matchmaker.errors import BadFile
from matchmaker.models.practice.trees import explained, leaves, read_trees

QUIET = {
    "verbosity": -1,
    "deterministic": True,
    "num_threads": 1,
    "force_row_wise": True,
    "min_data_in_leaf": 3,
}
BY_HAND = """tree
version=v4
max_feature_idx=1

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
threshold=0.5 2
decision_type=10 8
left_child=-1 -2
right_child=1 -3
leaf_value=1 2 6
leaf_count=4 3 1
internal_count=8 4
shrinkage=1


end of trees
"""
"""Is input 0 at most 0.5? Then 1. Else, is input 1 at most 2? Then 2, else 6. Unknowns: left, then right."""


def trained(gaps: float, **settings: object) -> tuple[lightgbm.Booster, np.ndarray]:
    random = np.random.default_rng(7)
    seen = random.normal(size=(400, 5))
    seen[random.random(seen.shape) < gaps] = np.nan
    known = np.nan_to_num(seen)
    wanted = known[:, 0] * known[:, 1] + np.abs(known[:, 2]) + random.normal(0, 0.1, 400)
    return lightgbm.train(QUIET | settings, lightgbm.Dataset(seen, wanted), 20), seen


@pytest.mark.parametrize("questions", [2, 4, 7])
@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_scores_leaves_and_shares_are_those_of_lightgbm(questions: int, gaps: float) -> None:
    booster, seen = trained(gaps, num_leaves=questions)
    trees = read_trees(booster.model_to_string())
    asked = np.vstack([seen, np.where(np.random.default_rng(1).random(seen.shape) < 0.5, np.nan, seen)])
    start, told = explained(trees, asked)
    theirs = booster.predict(asked, pred_contrib=True)
    assert np.abs(told.T - theirs[:, :-1]).max() < 1e-12
    assert start == pytest.approx(theirs[0, -1], abs=1e-12)
    assert start + told.sum(axis=0) == pytest.approx(booster.predict(asked), abs=1e-12)
    assert np.array_equal(leaves(trees, asked), booster.predict(asked, pred_leaf=True))
    assert np.ptp(told, axis=1).max() > 0.1


def test_a_tree_worked_by_hand() -> None:
    (tree,) = read_trees(BY_HAND)
    # Of 8 rows 4 gave 1, 3 gave 2 and 1 gave 6.
    assert tree.expected == (4 * 1 + 3 * 2 + 6) / 8 == 2
    seen = np.array([[0.0, 9.0], [1.0, 2.0], [1.0, 2.1], [np.nan, 9.0], [1.0, np.nan]])
    start, told = explained([tree], seen)
    assert (start + told.sum(axis=0)).tolist() == [1, 2, 6, 1, 6]
    assert leaves([tree], seen)[:, 0].tolist() == [0, 1, 2, 0, 2]
    # Third row: with input 0 alone 3 is expected, with input 1 alone (4 * 1 + 4 * 6) / 8 = 3.5.
    assert told[:, 2].tolist() == [((3 - 2) + (6 - 3.5)) / 2, ((3.5 - 2) + (6 - 3)) / 2]


def test_a_tree_that_asks_nothing_says_the_same_of_all() -> None:
    booster = lightgbm.train(
        QUIET | {"min_data_in_leaf": 999}, lightgbm.Dataset(np.arange(20.0)[:, None], np.ones(20)), 1
    )
    start, told = explained(read_trees(booster.model_to_string()), np.zeros((3, 1)))
    assert start == pytest.approx(1)
    assert not told.any()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("max_feature_idx=1\n", ""),
        ("num_leaves=3\n", "num_leaves=three\n"),
        ("num_leaves=3\n", "num_leaves=40\n"),
        ("num_cat=0", "num_cat=1"),
        ("leaf_count=4 3 1\n", ""),
        ("left_child=-1 -2", "left_child=-1"),
    ],
)
def test_what_is_no_such_text_is_refused(before: str, after: str) -> None:
    assert before in BY_HAND
    with pytest.raises(BadFile, match="Train it again"):
        read_trees(BY_HAND.replace(before, after))
