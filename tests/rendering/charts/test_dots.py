"""Dots stand where their values are, and say them."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.report.document import Dot, Dots
from matchmaker.rendering.charts.dots import EDGE, dot_chart, format_interval, rank_ranges


def test_ratios_stand_on_a_log_scale_and_what_is_beyond_is_cut() -> None:
    dots = (Dot("a", 1.0, 0.1, float("inf"), stressed=True), Dot("b", 0.25, None, None))
    chart = dot_chart(Dots("A chart", dots, 0.25, 4.0, 1.0, ratio=True))
    first, second = chart.rows
    assert (first.low, first.at, first.high, chart.line) == (0.0, 50.0, 100.0, 50.0)
    assert (second.low, second.at, second.high) == (None, 0.0, None)
    assert (first.stressed, second.stressed) == (True, False)
    assert (first.text, second.text) == ("1.00 (0.10 to no limit)", "0.25")
    assert chart.ticks == ("0.25", "1", "4")


def test_shares_stand_in_percent() -> None:
    chart = dot_chart(Dots("c", (Dot("a", 0.16, 0.0, 0.35),), 0.0, 1.0))
    (row,) = chart.rows
    assert (row.at, row.low, row.high, row.text) == (16.0, 0.0, 35.0, "16% (0% to 35%)")
    assert (chart.ticks, chart.line) == (("0%", "50%", "100%"), None)


@pytest.mark.parametrize(
    ("limits", "text"), [((0.1, 0.3), "20% (10% to 30%)"), ((None, None), "20%"), ((0.1, None), "20%")]
)
def test_an_interval_needs_both_limits(limits: tuple[float | None, float | None], text: str) -> None:
    assert format_interval(0.2, *limits) == text


def test_ranks_of_all_options_stand_on_one_line(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL")
    ranges = rank_ranges(answer.options)
    last = max(option.uncertainty.rank_high for option in answer.options if option.uncertainty)
    for option, dot in zip(answer.options, ranges, strict=True):
        assert option.uncertainty and dot and dot.low is not None and dot.high is not None
        assert dot.low <= dot.at <= dot.high
        assert (dot.at == EDGE) == (option.rank == 1)
        assert (dot.high == 100 - EDGE) == (option.uncertainty.rank_high == last)


def test_without_draws_no_rank_has_a_range(harbour_engine: Matchmaker) -> None:
    assert set(rank_ranges(harbour_engine.shortlist("EEL", n_draws=0).options)) == {None}
