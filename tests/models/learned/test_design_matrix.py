"""Design matrices: centred on those that a recipient could join with, and stacked choice by choice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker.errors import InvalidParameter
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.design_matrix import (
    centre_within_set,
    design_matrix,
    mean_abs_contribution,
    stack_choice_sets,
)
from matchmaker.models.learned.pair_features import comparable_candidates, pair_features, pair_values


def test_the_median_of_those_it_could_join_with_is_0(mentors: Sequence[ChoiceSituation]) -> None:
    for choice in mentors:
        seen = design_matrix(choice.profiles, choice.row)
        could = comparable_candidates(choice.profiles, choice.row)
        for at, one in enumerate(pair_features(choice.profiles.sector)):
            known = seen[could, at][~np.isnan(seen[could, at])]
            if len(known):
                assert np.median(known) == pytest.approx(0, abs=1e-12), one.name
        assert np.nanmax(np.abs(seen)) > 1


def test_transforms_come_before_the_median() -> None:
    """Sizes of 2, 4 and 16 times: by their logarithms the middle one is 0, and the last is log 4 above."""
    berths = {"A": 10, "B": 20, "C": 40, "D": 160}
    then = made_up_profiles({code: {"berths": n, "staff": 1.5 * n} for code, n in berths.items()})
    seen = design_matrix(then, then.position["A"])
    size = [one.name for one in pair_features(then.sector)].index("size")
    assert seen[[then.position[code] for code in "BCD"], size] == pytest.approx(np.log([0.5, 1, 4]))


def test_the_unknown_stays_unknown(mentors: Sequence[ChoiceSituation]) -> None:
    choice = mentors[0]
    inputs, rows = pair_features(choice.profiles.sector), np.array([choice.row])
    values = pair_values(inputs, choice.profiles, rows)
    seen = centre_within_set(inputs, values, choice.profiles, rows)
    assert np.array_equal(np.isnan(values), np.isnan(seen))
    assert np.isnan(seen).any()


def test_choices_are_stacked_with_the_eligible_only(mentors: Sequence[ChoiceSituation]) -> None:
    seen, chosen, sets = stack_choice_sets(mentors)
    assert np.bincount(sets).tolist() == [int(one.eligible.sum()) for one in mentors]
    assert np.bincount(sets, chosen).tolist() == [1] * len(mentors)
    assert seen.shape == (len(sets), len(pair_features(mentors[0].profiles.sector)))
    first = mentors[0]
    assert first.chosen is not None
    at = np.flatnonzero(chosen)[0]
    assert np.array_equal(seen[at], design_matrix(first.profiles, first.row)[first.chosen], equal_nan=True)


def test_partners_that_were_not_eligible_teach_nothing(buddies: Sequence[ChoiceSituation]) -> None:
    _, _, sets = stack_choice_sets(buddies)
    usable = [one for one in buddies if one.chosen is not None]
    assert len(usable) < len(buddies)
    assert sets.max() + 1 == len(usable)
    with pytest.raises(InvalidParameter, match="no past choice to learn from"):
        stack_choice_sets([one for one in buddies if one.chosen is None])


def test_the_mean_contribution_counts_what_is_known() -> None:
    contributions = np.array([[1.0, np.nan, 0.0], [-3.0, 4.0, 0.0]])
    assert mean_abs_contribution(contributions) == (2, 4, 0)
    assert mean_abs_contribution(np.zeros((2, 2))) == (1, 1)
