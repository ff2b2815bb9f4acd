"""The widening of rank intervals, fitted on past quarters and tested on later ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker.evaluation.interval_coverage import MIN_FITTED, Step, bands_of, coverage, fit


def quarter(month: int, moved: int, dropped: float = 0.0, seed: int = 1) -> Step:
    """A quarter in which places of 300 lists of 20 move by up to so many places, and some drop off."""
    rank = np.tile(np.arange(1, 21), 300)
    generator = np.random.default_rng([seed, month])
    later = rank + generator.integers(-moved, moved + 1, len(rank)).astype(float)
    later[generator.random(len(rank)) < dropped] = np.inf
    day = date(2020 + month // 12, month % 12 + 1, 1)
    later = np.maximum(1, later)
    return Step(day, rank, np.maximum(1, rank - 1), rank + 1, np.full(len(rank), 40), later)


def test_intervals_that_are_too_short_are_widened_until_they_hold_their_share() -> None:
    found = fit("mentoring", [quarter(month, moved=8) for month in range(8)])
    assert len(found.coverage) == 8 - MIN_FITTED
    assert 0.85 <= found.covered <= 0.95
    assert found.weights_only < 0.5
    assert all(band.ranks > 3 for band in found.bands)


def test_dropping_off_counts_as_not_held() -> None:
    found = fit("mentoring", [quarter(month, moved=8, dropped=0.06) for month in range(8)])
    assert found.dropped == pytest.approx(0.06, abs=0.01)
    assert 0.85 <= found.covered <= 0.95
    assert found.covered_of_listed > found.covered


def test_no_interval_becomes_narrower_than_that_of_the_weights() -> None:
    calm = [quarter(month, moved=0) for month in range(4)]
    assert {band.ranks for band in bands_of(calm)} == {0}
    assert coverage(calm[0], bands_of(calm)).covered == 1


def test_a_quarter_is_tested_with_what_was_fitted_on_those_before_it_only() -> None:
    calm = [quarter(month, moved=1) for month in range(MIN_FITTED)]
    stormy = quarter(MIN_FITTED, moved=12)
    found = fit("mentoring", [*calm, stormy])
    assert len(found.coverage) == 1
    assert found.coverage[0] == coverage(stormy, bands_of(calm))
    assert found.covered < 0.5
