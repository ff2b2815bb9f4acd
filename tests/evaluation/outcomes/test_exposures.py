"""Exposures: the actual pair's own criteria, unknown where unknown, later figures for context alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.outcomes.exposures import EXPOSURES, PRIMARY, STAND_IN, Exposures
from matchmaker.models.arrangement import arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker


@pytest.fixture(scope="module")
def read(snapshot: Snapshot) -> Exposures:
    return Exposures(snapshot)


def test_the_question_comes_first_and_each_names_a_criterion() -> None:
    assert EXPOSURES[0].name == PRIMARY
    criteria = {criterion.name for criterion in arrangement("buddying").criteria}
    assert {one.criterion for one in EXPOSURES} - {""} <= criteria
    assert [one.name for one in EXPOSURES if one.stands_in] == ["context"]


def test_they_are_the_criteria_of_the_day(read: Exposures, buddies: list[ChoiceSituation]) -> None:
    how = arrangement("buddying")
    at = [criterion.name for criterion in how.criteria].index("size_similarity")
    seen = 0
    for choice in buddies:
        found = read.of(choice)
        assert set(found) == {one.name for one in EXPOSURES}
        assert all(value is None or 0 <= value <= 1 for value in found.values())
        if choice.partner_row is not None:
            scores = WeightedSumRanker(choice.profiles, how).scores(np.array([choice.row]))
            own = scores.values[at, 0, choice.partner_row]
            assert (found["size"] is None) == bool(np.isnan(own))
            if found["size"] is not None:
                assert found["size"] == pytest.approx(own)
                seen += 1
            assert found["fit"] == pytest.approx(scores.score[0, choice.partner_row])
    assert seen > 10


def test_only_context_uses_later_figures(read: Exposures, buddies: list[ChoiceSituation]) -> None:
    """On its own day the context of the early pairs was not known."""
    early = [one for one in buddies if one.day.year < 2014 and one.partner_row is not None]
    assert read.stand_in.as_of == STAND_IN
    assert sum(read.of(one)["context"] is not None for one in early) > 5
    moved = replace(early[0], profiles=read.stand_in)
    assert read.of(moved)["context"] == read.of(early[0])["context"]


def test_trusts_that_had_closed_by_then_have_what_was_published_of_them(
    read: Exposures, engine: Matchmaker
) -> None:
    """Burton joined Derby in 2018; what it had published before is asked about nonetheless."""
    assert "RJF" not in engine.profiles(STAND_IN).position
    at = read.stand_in.position["RJF"]
    assert np.count_nonzero(~np.isnan(read.stand_in.values[at])) > 10


def test_a_partner_that_is_not_there_is_unknown(read: Exposures, buddies: list[ChoiceSituation]) -> None:
    gone = replace(buddies[0], partner="RZZ")
    assert set(read.of(gone).values()) == {None}
