"""Demand: fair shares, who counts more, and lists that do not all name the same few."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.models.arrangement import arrangement
from matchmaker.models.demand import LIST_LENGTH, demand, spread_of
from matchmaker.models.scoring.need import rows_in_need

MOST_SHARE, MOST_GINI = 0.25, 0.45


def gini(counts: np.ndarray) -> float:
    ordered = np.sort(counts)
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def first_fives(engine: Matchmaker, org_type: str, spread: float | None = None) -> tuple[np.ndarray, int]:
    """How often each eligible organisation stands in a first five of those in need, and of how many lists."""
    weights = None if spread is None else {"spread": spread}
    matcher = engine.recommender("buddying", weights=weights)
    profiles = matcher.profiles
    rows = rows_in_need(profiles)
    rows = rows[profiles.types[rows] == org_type]
    lists = matcher.ranking(rows)
    counts = np.bincount(np.concatenate([one[:LIST_LENGTH] for one in lists]), minlength=len(profiles.types))
    return counts[np.unique(np.concatenate(lists))], len(rows)


def test_no_trust_stands_on_more_than_a_quarter_of_the_lists_of_those_in_need(engine: Matchmaker) -> None:
    counts, n_lists = first_fives(engine, "acute")
    assert counts.max() / n_lists <= MOST_SHARE
    assert gini(counts) <= MOST_GINI
    without, _ = first_fives(engine, "acute", spread=0.0)
    assert without.max() / n_lists > MOST_SHARE
    assert gini(without) > gini(counts)


def test_the_count_is_that_of_the_lists(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    found = demand(profiles, arrangement(engine.sector, "buddying"))
    counted = np.zeros(len(profiles.types), dtype=int)
    for order in engine.recommender("buddying").ranking(rows_in_need(profiles)):
        counted[order[:LIST_LENGTH]] += 1
    assert found.in_need
    assert found.on_lists.tolist() == counted.tolist()
    assert (found.n_lists >= found.on_lists).all()


def test_a_fair_share_is_worth_the_middle(engine: Matchmaker) -> None:
    """The mean of what is asked of the eligible is their fair share, so spreads lie about the middle."""
    found = demand(engine.profiles(), arrangement(engine.sector, "buddying"))
    known = found.spread[~np.isnan(found.spread)]
    assert ((known >= 0) & (known <= 1)).all()
    assert known.min() < 0.3 < 0.7 < known.max()
    busiest = found.on_lists == found.on_lists.max()
    assert found.spread[busiest].max() < 0.5


def test_it_is_that_of_the_published_arrangement_whatever_a_question_changes(engine: Matchmaker) -> None:
    preset = arrangement(engine.sector, "buddying")
    changed = preset.with_weights({"context": 1.0}).with_rules(("same_type",))
    profiles = engine.profiles()
    first, second = (demand(profiles, one).spread for one in (preset, changed))
    assert np.array_equal(first, second, equal_nan=True)


def test_an_arrangement_that_does_not_weigh_it_has_none(harbour_engine: Matchmaker) -> None:
    profiles = harbour_engine.profiles()
    assert spread_of(profiles, arrangement(harbour_engine.sector, "mentoring")) is None


def test_before_anybody_is_known_to_be_in_need_all_lists_count(engine: Matchmaker) -> None:
    profiles = engine.profiles(date(2015, 6, 30))
    found = demand(profiles, arrangement(engine.sector, "buddying"))
    assert not found.in_need
    assert found.on_lists.sum() == pytest.approx(LIST_LENGTH * len(profiles.types), rel=0.15)
