"""How lists move between quarters, on the real snapshot."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.movement import ALL, CAUSES, Movement, movement, overlap, without_new
from matchmaker.evaluation.past_lists import quarter_days
from matchmaker.models.arrangement import arrangement


@pytest.fixture(scope="module")
def found(engine: Matchmaker) -> list[Movement]:
    return movement(engine, arrangement(engine.sector, "buddying"), quarters=2)


def test_quarters_end_on_the_day_itself_and_keep_to_the_ends_of_short_months() -> None:
    assert quarter_days(date(2026, 5, 31), 2) == [date(2025, 11, 30), date(2026, 2, 28), date(2026, 5, 31)]


def test_overlap_counts_places_of_the_first_five_whatever_their_order() -> None:
    assert overlap("ABCDEF", "EDCBAX") == 5
    assert overlap("ABCDE", "ABXYZ") == 2
    assert overlap("AB", "BA") == 5
    assert overlap("A", "AB") == 2.5


def test_lists_are_compared_over_one_quarter_and_over_two(engine: Matchmaker, found: list[Movement]) -> None:
    assert [(one.gap, one.group) for one in found] == [(1, "acute"), (1, ALL), (2, "acute"), (2, ALL)]
    assert {one.days[-1] for one in found} == {engine.snapshot.as_of}
    for one in found:
        assert 0 <= one.mean_overlap <= 5
        assert 0 < one.median_tau < 1
        assert len(one.median_by_day) == len(one.days) == 2
    assert found[0].mean_overlap > found[2].mean_overlap


def test_figures_and_eligibility_move_lists_more_than_focus_and_new_measures(found: list[Movement]) -> None:
    for one in found:
        held = {cause: mean for cause, _, mean in one.held}
        assert tuple(held) == CAUSES
        assert min(held["figures"], held["eligibility"]) > max(held["focus areas"], held["newly published"])
        assert held["figures"] > one.mean_overlap
        assert held["focus areas"] != one.mean_overlap


def test_newly_published_features_are_left_out_for_the_types_they_are_new_to(engine: Matchmaker) -> None:
    later = engine.profiles()
    earlier = engine.profiles(date(2025, 2, 22))
    kept = without_new(earlier, later)
    new = ~np.isnan(later.values) & np.isnan(kept.values)
    assert new.any()
    for org_type in np.unique(later.types):
        columns = new[later.types == org_type].any(axis=0)
        assert np.isnan(earlier.values[earlier.types == org_type][:, columns]).all()
    assert np.array_equal(without_new(later, later).values, later.values, equal_nan=True)
