"""Metrics: hand cases, an oracle, ties, chance."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from matchmaker.evaluation.metrics import METRICS, MISSED, TiedRank, chance, hit, percentile, tied_rank

FULL = np.ones(40)


def placed(score: list[float], chosen: int, coverage: list[float] | None = None) -> TiedRank:
    scores = np.array(score)
    covered = np.ones(len(scores)) if coverage is None else np.array(coverage)
    return tied_rank(scores, covered, np.ones(len(scores), dtype=bool), chosen)


def test_by_hand() -> None:
    at = placed([0.9, 0.8, 0.7, 0.6, 0.5], 2)
    assert at == TiedRank(better=2, tied=1, among=5)
    told = {name: metric(at) for name, metric in METRICS.items()}
    assert told == {
        "hit@1": 0.0,
        "hit@3": 1.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "mrr": pytest.approx(1 / 3),
        "ndcg@10": pytest.approx(1 / math.log2(4)),
        "percentile": 0.5,
    }


def test_the_eleventh_is_no_hit_among_ten() -> None:
    at = TiedRank(better=10, tied=1, among=100)
    assert hit(at, 10) == 0.0
    assert METRICS["ndcg@10"](at) == 0.0
    assert METRICS["mrr"](at) == pytest.approx(1 / 11)


def test_candidates_that_are_not_eligible_take_no_place() -> None:
    score, eligible = np.array([0.9, 0.8, 0.7]), np.array([False, True, True])
    assert tied_rank(score, FULL[:3], eligible, 2) == TiedRank(better=1, tied=1, among=2)
    with pytest.raises(ValueError, match="not eligible"):
        tied_rank(score, FULL[:3], eligible, 0)


def test_thin_coverage_stands_after_all_others() -> None:
    assert placed([0.9, 0.1], 1, [0.4, 0.5]) == TiedRank(better=0, tied=1, among=2)
    assert placed([0.9, 0.1], 0, [0.4, 0.5]) == TiedRank(better=1, tied=1, among=2)


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=6).flatmap(
        lambda score: st.tuples(st.just(score), st.integers(0, len(score) - 1))
    )
)
def test_ties_count_as_the_mean_over_every_order(case: tuple[list[int], int]) -> None:
    score, chosen = case
    orders = [
        order
        for order in permutations(range(len(score)))
        if all(score[a] >= score[b] for a, b in pairwise(order))
    ]
    at = placed([float(one) for one in score], chosen)
    for metric in METRICS.values():
        each = [metric(TiedRank(order.index(chosen), 1, len(score))) for order in orders]
        assert metric(at) == pytest.approx(np.mean(each))


@given(st.permutations(range(25)))
def test_ndcg_is_that_of_scikit_learn(order: list[int]) -> None:
    score = np.array(order, dtype=float)
    right = np.zeros(25)
    right[3] = 1
    at = placed(list(score), 3)
    assert METRICS["ndcg@10"](at) == pytest.approx(ndcg_score(right[None], score[None], k=10))


def test_a_constant_ranker_scores_like_chance() -> None:
    """Like the mean over all orders, and not by luck of its codes."""
    for chosen in range(40):
        at = tied_rank(np.full(40, 0.5), FULL, np.ones(40, dtype=bool), chosen)
        assert at == chance(40)
    assert percentile(chance(40)) == 0.5
    assert hit(chance(40), 5) == pytest.approx(5 / 40)
    assert METRICS["mrr"](chance(40)) == pytest.approx(sum(1 / r for r in range(1, 41)) / 40)


def test_all_metrics_are_between_the_first_place_and_a_miss() -> None:
    for name, metric in METRICS.items():
        first, last = metric(TiedRank(0, 1, 200)), metric(TiedRank(199, 1, 200))
        assert first == 1.0 - MISSED[name]
        assert abs(last - MISSED[name]) < 0.01


@pytest.mark.parametrize("case", [(-1, 1, 3), (0, 0, 3), (2, 2, 3)])
def test_impossible_places_are_refused(case: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no place"):
        TiedRank(*case)


@given(
    st.lists(st.floats(0, 1, width=16), min_size=2, max_size=40, unique=True).flatmap(
        lambda score: st.tuples(st.just(score), st.integers(0, len(score) - 1))
    )
)
def test_as_trec_eval_has_it(case: tuple[list[float], int]) -> None:
    """Without ties, all but the percentile are those of trec_eval (by ir-measures)."""
    score, chosen = case
    at = placed(score, chosen)
    theirs = {
        "mrr": ir_measures.RR,
        "ndcg@10": ir_measures.nDCG @ 10,
        **{f"hit@{k}": ir_measures.Success @ k for k in (1, 3, 5, 10)},
    }
    found = ir_measures.calc_aggregate(
        theirs.values(),
        [ir_measures.Qrel("q", str(chosen), 1)],
        [ir_measures.ScoredDoc("q", str(row), value) for row, value in enumerate(score)],
    )
    for name, measure in theirs.items():
        assert METRICS[name](at) == pytest.approx(found[measure]), name
