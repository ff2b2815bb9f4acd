"""Rank intervals that cover the next publication, where a sector has measured it."""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker import Matchmaker
from matchmaker.models import recommender as room
from matchmaker.models.next_quarter import WEIGHTS_ONLY, Band, NextQuarter, limits, widened
from matchmaker.models.types import RankUncertainty

BANDS = (Band(first=1, last=3, ranks=2, dropped=0.05), Band(first=4, last=None, ranks=6, dropped=0.1))


def test_intervals_are_widened_by_the_band_of_the_place_and_keep_what_the_weights_say() -> None:
    one = RankUncertainty(2, 5, 0.5, 0.9, 1.0, weights_low=2, weights_high=5)
    found = widened(one, 3, 40, BANDS)
    assert (found.rank_low, found.rank_high, found.drops_off) == (1, 7, 0.05)
    assert (found.weights_low, found.weights_high) == (2, 5)
    assert widened(one, 4, 9, BANDS).rank_high == 9


def test_the_place_itself_stays_within() -> None:
    assert limits(3, 9, 5, 20, -4) == (5, 5)


def test_a_sector_that_has_not_measured_it_says_so(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", "mentoring")
    assert answer.interval_basis == WEIGHTS_ONLY
    for option in answer.options:
        assert option.uncertainty is not None
        assert option.uncertainty.drops_off is None
        assert option.uncertainty.rank_high == option.uncertainty.weights_high


def test_a_list_tells_the_record_of_its_intervals(
    engine: Matchmaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = NextQuarter(
        arrangement="buddying",
        method="-",
        quarters=(date(2026, 8, 22),),
        bands=BANDS,
        coverage=(),
        covered=0.9,
        covered_of_listed=0.95,
        weights_only=0.8,
        dropped=0.05,
    )
    monkeypatch.setattr(room, "next_quarter", lambda sector, arrangement: shipped)
    answer = engine.shortlist("RPA", "buddying", n_draws=500)
    assert answer.interval_basis == shipped.says
    for option in answer.options:
        found = option.uncertainty
        assert found is not None
        assert (found.weights_low, found.weights_high) != (None, None)
        assert found.rank_low <= option.rank <= found.rank_high
        assert found.rank_high >= found.weights_high
    assert answer.options[0].uncertainty.drops_off == 0.05


def test_an_option_says_on_how_many_lists_it_stands(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", "buddying", n_draws=0)
    for option, row in zip(answer.options, answer.to_rows(), strict=True):
        assert option.on_lists is not None
        assert option.n_lists is not None
        assert 0 <= option.on_lists <= option.n_lists
        assert (row["on_lists"], row["n_lists"]) == (option.on_lists, option.n_lists)
    assert len({option.on_lists for option in answer.options}) > 1
