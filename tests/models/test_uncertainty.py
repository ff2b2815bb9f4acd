"""Doubt: seeded, in line with a slow reference, and silent where there is nothing to doubt."""

from __future__ import annotations

import tracemalloc
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaker import Matchmaker
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.sector import load_sector

UNKNOWN = float("nan")


def reference(
    values: np.ndarray, weights: np.ndarray, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same doubt draw by draw and candidate by candidate: (draws, n) scores and ranks."""
    generator = np.random.default_rng(seed)
    known = [[one for one in row.tolist() if one == one] for row in values]
    cells = values.tolist()
    scores = np.empty((draws, values.shape[1]))
    for draw in range(draws):
        share = generator.dirichlet(uncertainty.CONCENTRATION * weights / weights.sum())
        for at in range(values.shape[1]):
            score = 0.0
            for k in range(len(weights)):
                value = cells[k][at]
                if value != value:
                    others = known[k]
                    value = others[generator.integers(len(others))] if others else generator.random()
                score += share[k] * value
            scores[draw, at] = score
    ranks = 1 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    return scores, ranks


@pytest.fixture(scope="module")
def example() -> tuple[np.ndarray, np.ndarray]:
    """Twelve candidates on four criteria, the last known of none, the third of few."""
    values = np.random.default_rng(5).random((4, 12))
    values[2, 4:] = UNKNOWN
    values[3] = UNKNOWN
    return values, np.array([0.4, 0.3, 0.2, 0.1])


def test_draws_agree_with_a_slow_reference(example: tuple[np.ndarray, np.ndarray]) -> None:
    values, weights = example
    scores, ranks = reference(values, weights, 2500, seed=1)
    drawn = uncertainty.rank_draws(values, weights, 40_000)
    assert drawn.shape == (40_000, 12)
    assert np.abs(drawn.mean(axis=0) - scores.mean(axis=0)).max() < 0.015
    assert np.abs(drawn.std(axis=0) - scores.std(axis=0)).max() < 0.01
    assert np.abs(np.corrcoef(drawn.T) - np.corrcoef(scores.T)).max() < 0.08
    for at, told in enumerate(uncertainty.rank_intervals([drawn.T], drawn.T)):
        low, high = np.quantile(ranks[:, at], [0.05, 0.95], method="inverted_cdf")
        assert abs(told.rank_low - low) <= 1
        assert abs(told.rank_high - high) <= 1
        for top, chance in ((3, told.top_3), (5, told.top_5), (10, told.top_10)):
            assert chance == pytest.approx(np.mean(ranks[:, at] <= top), abs=0.04)


@pytest.mark.parametrize("count", [3, 12, 300, 700])
def test_intervals_and_chances_are_those_of_the_ranks(count: int) -> None:
    drawn = np.random.default_rng(2).random((900, count)).astype(np.float32)
    drawn[:, 1] = drawn[:, 0]  # two that are always level share the better place
    ranks = 1 + (drawn[:, None, :] > drawn[:, :3, None]).sum(axis=2)
    for at, told in enumerate(uncertainty.rank_intervals([drawn.T], drawn.T[:3])):
        low, high = np.quantile(ranks[:, at], [0.05, 0.95], method="inverted_cdf")
        assert (told.rank_low, told.rank_high) == (low, high)
        tops = [float(np.mean(ranks[:, at] <= top)) for top in (3, 5, 10)]
        assert [told.top_3, told.top_5, told.top_10] == tops


def test_the_same_seed_gives_the_same_bytes(example: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = (uncertainty.rank_draws(*example, 500) for _ in range(2))
    other = uncertainty.rank_draws(*example, 500, seed=3)
    assert first.tobytes() == second.tobytes() != other.tobytes()


@pytest.mark.parametrize(("at_once", "n_shown"), [(1, 1), (5, 3), (5, 7), (5, 12), (12, 12), (100, 4)])
def test_blocks_of_candidates_change_nothing(
    example: tuple[np.ndarray, np.ndarray], at_once: int, n_shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = np.arange(12) > 9
    whole = uncertainty.rank_draws(*example, 500)
    whole[:, last] -= 2.0
    told = uncertainty.rank_intervals([whole.T], whole.T[:n_shown])
    monkeypatch.setattr(uncertainty, "AT_ONCE", at_once * 500)
    blocks = list(uncertainty.score_blocks(*example, 500, last=last))
    assert max(map(len, blocks)) == min(at_once, 12)
    assert np.concatenate(blocks).T.tobytes() == whole.tobytes()
    assert uncertainty.of_first(blocks, n_shown) == (told, uncertainty.n_tied_with_first(whole.T[:n_shown]))


def test_memory_does_not_grow_with_the_candidates() -> None:
    most = []
    for n in (800, 8000):
        values = np.random.default_rng(3).random((3, n))
        tracemalloc.start()
        uncertainty.of_first(uncertainty.score_blocks(values, np.ones(3), 1000), 5)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    scores = 8000 * 1000 * 4
    assert most[1] < scores / 10
    assert most[1] < 1.5 * most[0]


def test_every_weight_and_unknown_value_goes_through_its_distribution_in_equal_steps() -> None:
    values = np.array([[1.0, 0.0, UNKNOWN, UNKNOWN, 0.2, 0.4, 0.9], [0.0] * 7, [0.0] * 7])
    weights = np.array([0.5, 0.3, 0.2])
    drawn = uncertainty.rank_draws(values, weights, 1000)
    # The first stands where the weight of what it alone has is drawn: 1,000 draws miss its mean by next to
    # nothing, where independent ones miss it by 0.002.
    assert drawn[:, 0].mean() == pytest.approx(0.5, abs=2e-4)
    assert np.median(drawn[:, 0]) == pytest.approx(0.5, abs=1e-3)
    alone = uncertainty.rank_draws(values[:1], np.ones(1), 1000)
    assert np.unique(alone[:, 2], return_counts=True)[1].tolist() == [200] * 5


def test_even_draws_come_nearer_to_the_truth_than_independent_ones() -> None:
    values, weights = np.random.default_rng(8).random((5, 40)), np.array([0.3, 0.3, 0.2, 0.1, 0.1])
    values[1, 10:30] = UNKNOWN
    values = values[:, np.argsort(-weights @ np.nan_to_num(values, nan=0.5))]
    unknown = np.flatnonzero(np.isnan(values[1]))
    others = np.delete(values[1], unknown)

    def independent(draws: int, seed: int) -> np.ndarray:
        generator = np.random.default_rng(seed)
        shares = generator.dirichlet(uncertainty.CONCENTRATION * weights, draws)
        scores = shares @ np.nan_to_num(values)
        scores[:, unknown] += shares[:, [1]] * generator.choice(others, (draws, len(unknown)))
        return scores

    def in_top_5(scores: np.ndarray) -> np.ndarray:
        return ((scores[:, None, :] > scores[:, :10, None]).sum(axis=2) < 5).mean(axis=0)

    truth = np.mean([in_top_5(independent(5000, seed)) for seed in range(40)], axis=0)
    even = [in_top_5(uncertainty.rank_draws(values, weights, 500, seed)) - truth for seed in range(60)]
    apart = [in_top_5(independent(500, 100 + seed)) - truth for seed in range(60)]
    assert np.sqrt(np.mean(np.square(even))) < 0.9 * np.sqrt(np.mean(np.square(apart)))


def test_weights_vary_as_the_concentration_says() -> None:
    weights = np.array([0.2, 0.8])
    values = np.array([[1.0], [0.0]])  # the score is the drawn weight of the first
    drawn = uncertainty.rank_draws(values, weights, 100_000)
    assert drawn.mean() == pytest.approx(0.2, abs=0.001)
    assert drawn.std() == pytest.approx(np.sqrt(0.2 * 0.8 / (uncertainty.CONCENTRATION + 1)), rel=0.02)
    assert np.quantile(drawn, [0.05, 0.95]) == pytest.approx([0.12, 0.29], abs=0.01)


def test_unknowns_are_drawn_from_what_the_others_have() -> None:
    values = np.array([[UNKNOWN, UNKNOWN, 0.1, 0.3, 0.9]])
    drawn = uncertainty.rank_draws(values, np.array([1.0]), 30_000)
    for at in (0, 1):
        assert np.unique(drawn[:, at]) == pytest.approx([0.1, 0.3, 0.9])
        assert np.mean(drawn[:, at] == np.float32(0.3)) == pytest.approx(1 / 3, abs=0.01)
    # Two that are unknown are drawn apart from each other.
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.02
    nobody = uncertainty.rank_draws(np.array([[UNKNOWN, UNKNOWN]]), np.array([1.0]), 30_000)
    assert nobody.mean() == pytest.approx(0.5, abs=0.01)
    assert nobody.std() == pytest.approx(np.sqrt(1 / 12), abs=0.01)


def test_a_criterion_of_no_weight_is_not_drawn(example: tuple[np.ndarray, np.ndarray]) -> None:
    values, weights = example
    with_it = uncertainty.rank_draws(np.vstack([values, values[:1]]), np.append(weights, 0.0), 200)
    assert with_it.tobytes() == uncertainty.rank_draws(values, weights, 200).tobytes()


def test_without_doubt_in_weights_or_figures_the_interval_is_the_rank(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uncertainty, "CONCENTRATION", 1e12)
    values = np.random.default_rng(4).random((5, 20))
    weights = np.array([0.3, 0.3, 0.2, 0.1, 0.1])
    rank = 1 + np.argsort(np.argsort(-(weights @ values)))
    uncertainty._weight_draws.cache_clear()
    told_of_each, _ = uncertainty.of_first(uncertainty.score_blocks(values, weights, 500), 20)
    for at, told in enumerate(told_of_each):
        assert told.rank_low == told.rank_high == rank[at]
        assert [told.top_3, told.top_5, told.top_10] == [float(rank[at] <= top) for top in (3, 5, 10)]
    uncertainty._weight_draws.cache_clear()


@settings(max_examples=50)
@given(
    arrays(float, (3, 6), elements=st.floats(0, 1)),
    arrays(float, 3, elements=st.floats(0.05, 1)),
    arrays(float, 3, elements=st.floats(0, 0.3)),
)
def test_one_that_is_worse_in_everything_never_has_a_better_interval(
    values: np.ndarray, weights: np.ndarray, worse_by: np.ndarray
) -> None:
    values[:, 1] = np.maximum(values[:, 0] - worse_by, 0)
    (better, worse), _ = uncertainty.of_first(uncertainty.score_blocks(values, weights, 200), 2)
    assert better.rank_low <= worse.rank_low
    assert better.rank_high <= worse.rank_high
    assert better.top_3 >= worse.top_3
    assert better.top_5 >= worse.top_5


@pytest.mark.slow
@pytest.mark.parametrize("arrangement", tuple(arrangements(load_sector("nhs"))))
def test_intervals_mostly_hold_the_rank(engine: Matchmaker, arrangement: str) -> None:
    inside = []
    service = any_service(arrangements(engine.sector)[arrangement], engine.profiles())
    for code in engine.profiles().organisations["code"].to_list()[::20]:
        for option in engine.shortlist(code, arrangement, limit=20, n_draws=2000, service=service).options:
            told = option.uncertainty
            assert 1 <= told.rank_low <= told.rank_high
            assert 0 <= told.top_3 <= told.top_5 <= told.top_10 <= 1
            inside.append(told.rank_low <= option.rank <= told.rank_high)
    assert len(inside) > 60
    assert np.mean(inside) > 0.85


def test_chances_add_up_to_the_places(harbour_engine: Matchmaker) -> None:
    options = harbour_engine.shortlist("EEL", "joint_watch", limit=1000, n_draws=1000).options
    for top in (3, 5, 10):
        assert sum(getattr(option.uncertainty, f"top_{top}") for option in options) == pytest.approx(
            top, abs=0.05
        )


def test_more_is_in_doubt_where_less_is_known(engine: Matchmaker) -> None:
    width = {}
    for day in (engine.snapshot.as_of, date(2014, 7, 1)):
        options = engine.shortlist("RPA", "acquisition", as_of=day, limit=30).options
        width[day] = np.mean([one.uncertainty.rank_high - one.uncertainty.rank_low for one in options])
        if day.year > 2014:
            known = [one.coverage for one in options]
    assert np.mean(known) > np.mean([one.coverage for one in options])
    assert width[date(2014, 7, 1)] > width[engine.snapshot.as_of]


def test_no_draws_leave_intervals_out(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", n_draws=0)
    assert answer.ties is None
    assert {option.uncertainty for option in answer.options} == {None}


@pytest.mark.parametrize(
    ("same", "listed", "said"),
    [
        (1, 10, "The first option stays ahead under most reasonable weights."),
        (4, 10, "The first four can't be told apart: read them as a group."),
        (12, 20, "The first 12 can't be told apart: read them as a group."),
        (10, 10, "None of the options shown can be told apart from the first: read them as a group."),
        (1, 1, "The first option stays ahead under most reasonable weights."),
    ],
)
def test_the_verdict_is_one_plain_sentence(same: int, listed: int, said: str) -> None:
    assert uncertainty.describe_ties(same, listed) == said


def test_those_that_can_not_be_told_apart_are_counted() -> None:
    drawn = np.array([[0.9, 0.8, 0.1], [0.7, 0.8, 0.1], [0.9, 0.6, 0.2], [0.6, 0.7, 0.3]], dtype=np.float32)
    assert uncertainty.n_tied_with_first(drawn.T) == 2
    assert uncertainty.n_tied_with_first(drawn.T[[0, 2]]) == 1
    assert uncertainty.n_tied_with_first(drawn.T[:1]) == 1


def test_the_first_stands_out_from_eight_wins_in_ten() -> None:
    def leads(share: float) -> np.ndarray:
        first, other = np.ones(1000, dtype=np.float32), np.full(1000, 2.0, dtype=np.float32)
        other[: round(1000 * share)] = 0.0
        return np.stack([first, other], axis=1)

    assert uncertainty.n_tied_with_first(leads(0.799).T) == 2
    assert uncertainty.n_tied_with_first(leads(0.8).T) == 1
