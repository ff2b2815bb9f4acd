"""Each bar begins where the last one ended, and all explanations share one scale."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.rendering.charts.waterfall import EDGE, scale_ends, waterfall_lines, waterfalls


def test_each_bar_begins_where_the_last_ended(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL")
    assert len(answer.options) > 2
    for bars, option in zip(waterfalls([one.rows for one in answer.options]), answer.options, strict=True):
        for row, before, bar in zip(option.rows[1:-1], bars, bars[1:-1], strict=False):
            ends = {round(bar.x, 1), round(bar.x + bar.width, 1)}
            assert any(abs(before.end - end) <= 0.7 for end in ends)
            assert (bar.tone == "up") == (row.value is not None and row.contribution > 0)
            assert (bar.width == 0) == (bar.tone == "none")
        assert bars[-2].end == pytest.approx(bars[-1].end, abs=0.1)
        assert bars[0].tone == bars[-1].tone == "whole"


def test_sums_are_marks_of_one_width_on_a_scale_that_is_told(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL")
    explained = [one.rows for one in answer.options]
    bars = waterfalls(explained)
    assert len({own[at].width for own in bars for at in (0, -1)}) == 1
    totals = [own[-1].end for own in bars]
    assert totals == sorted(totals, reverse=True) and len(set(totals)) > 1
    low, high = scale_ends(explained)
    for own, option in zip(bars, answer.options, strict=True):
        share = (option.rows[-1].contribution - low) / (high - low)
        assert own[-1].end == pytest.approx(EDGE + share * (100 - 2 * EDGE), abs=0.01)


def test_lines_hold_the_row_of_each_and_its_share_of_the_weight(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", limit=2)
    lines = waterfall_lines([option.rows for option in answer.options])
    assert [line.label for line in lines] == [row.label for row in answer.options[0].rows]
    assert lines[0].share is lines[-1].share is None
    shares = {line.label: line.share for line in lines[1:-1]}
    assert shares["Setting"] == pytest.approx(0.4) and sum(filter(None, shares.values())) == pytest.approx(1)
    for at, line in enumerate(lines):
        assert [row for row, _ in line.cells] == [option.rows[at] for option in answer.options]


def test_nothing_to_explain_has_no_lines() -> None:
    assert waterfall_lines([]) == []
