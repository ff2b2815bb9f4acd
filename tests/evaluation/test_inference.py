"""Intervals and tests: hand cases, exact counts, coverage where the truth is known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from matchmaker.evaluation import inference
from matchmaker.evaluation.inference import (
    bootstrap_difference,
    bootstrap_mean,
    clustered,
    exact_limits,
    holm,
    randomisation_test,
    sign_test,
)


def test_labels_become_numbers_in_order() -> None:
    assert clustered(["RPA", "RJL", "RPA", "RAX"]).tolist() == [0, 1, 0, 2]


def test_without_clusters_the_interval_is_the_ordinary_one() -> None:
    values = np.random.default_rng(1).random(60)
    own = bootstrap_difference(values, np.arange(60))
    other = bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(2))
    assert own.value == pytest.approx(values.mean())
    assert own.low == pytest.approx(other.confidence_interval.low, abs=0.01)
    assert own.high == pytest.approx(other.confidence_interval.high, abs=0.01)


def test_repeating_an_organisation_adds_no_certainty() -> None:
    values = np.random.default_rng(1).random(30)
    once = bootstrap_difference(values, np.arange(30))
    thrice = bootstrap_difference(np.repeat(values, 3), np.repeat(np.arange(30), 3))
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    assert (thrice.n, thrice.clusters) == (90, 30)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        hits = (generator.random(25) < generator.beta(2, 2, 25)).astype(float)  # the mean is 0.5
        found = bootstrap_mean(hits, np.arange(25), draws=500)
        held += found.low <= 0.5 <= found.high
    assert 0.90 <= held / 400 <= 0.98


def test_no_hit_at_all_is_no_certainty() -> None:
    found = bootstrap_mean(np.zeros(12), np.arange(12))
    exact = binomtest(0, 12).proportion_ci()
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    full = bootstrap_mean(np.ones(12), np.arange(12))
    assert (full.low, full.high) == pytest.approx((1 - exact.high, 1.0))


def test_the_test_counts_every_swap() -> None:
    differences = np.array([0.5, -0.25, 1.0, 0.125, 0.0])
    means = [abs(np.dot(signs, differences)) for signs in product((1, -1), repeat=5)]
    expected = np.mean([one >= abs(differences.sum()) for one in means])
    assert randomisation_test(differences, np.arange(5)) == pytest.approx(expected)


def test_queries_of_one_organisation_are_swapped_together() -> None:
    differences = np.ones(8)
    assert randomisation_test(differences, np.arange(8)) == pytest.approx(2 / 2**8)
    assert randomisation_test(differences, np.repeat([0, 1], 4)) == pytest.approx(2 / 2**2)


def test_many_organisations_are_swapped_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(5).normal(0.4, 1, 14)
    exact = randomisation_test(differences, np.arange(14))
    monkeypatch.setattr(inference, "EXACT_UP_TO", 3)
    drawn = randomisation_test(differences, np.arange(14), draws=40_000)
    assert drawn == pytest.approx(exact, abs=0.01)
    assert randomisation_test(np.ones(60), np.arange(60)) == pytest.approx(1 / 10_001)


def test_no_difference_is_no_evidence() -> None:
    assert randomisation_test(np.zeros(7), np.arange(7)) == 1.0


def test_p_is_as_often_small_as_it_says_where_nothing_is_there() -> None:
    generator = np.random.default_rng(6)
    small = [randomisation_test(generator.normal(size=10), np.arange(10)) <= 0.1 for _ in range(600)]
    assert 0.07 <= np.mean(small) <= 0.13


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(15, 19, 0.544, 0.939), (0, 10, 0.0, 0.308), (10, 10, 0.692, 1.0)]
)
def test_exact_limits_are_those_of_clopper_and_pearson(hits: int, n: int, low: float, high: float) -> None:
    assert exact_limits(hits, n) == pytest.approx((low, high), abs=1e-3)


def test_sign_test_by_hand() -> None:
    assert sign_test(0, 5) == pytest.approx(2 / 2**5)
    assert sign_test(3, 3) == sign_test(0, 0) == 1.0


def test_holm_by_hand() -> None:
    raised = holm(np.array([0.01, np.nan, 0.04, 0.03]))
    assert raised == pytest.approx([0.03, np.nan, 0.06, 0.06], nan_ok=True)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="no queries"):
        bootstrap_difference(np.array([]), np.array([], dtype=np.intp))
