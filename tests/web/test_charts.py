"""Charts say what the figures say, and nothing in them overlaps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from matchmaker import Matchmaker
from matchmaker.models.arrangement import arrangements
from matchmaker.rendering.charts import map as england
from matchmaker.rendering.charts.strip import EDGE, WIDTH, strip
from matchmaker.rendering.charts.waterfall import waterfalls
from matchmaker.web.presenters.overview import dimensions


def test_each_bar_begins_where_the_last_ended(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", limit=5)
    for bars, option in zip(waterfalls([one.rows for one in answer.options]), answer.options, strict=True):
        for row, before, bar in zip(option.rows[1:-1], bars, bars[1:-1], strict=False):
            ends = {round(bar.x, 1), round(bar.x + bar.width, 1)}
            assert any(abs(before.end - end) <= 0.7 for end in ends)
            assert (bar.tone == "up") == (row.value is not None and row.contribution > 0)
        assert bars[-2].end == pytest.approx(bars[-1].end, abs=0.1)
        assert bars[0].tone == bars[-1].tone == "whole"


def test_longer_totals_are_better_fits(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", limit=10)
    totals = [bars[-1].width for bars in waterfalls([one.rows for one in answer.options])]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize("arrangement", sorted(arrangements()))
def test_labels_of_the_map_never_overlap(engine: Matchmaker, arrangement: str) -> None:
    profiles = engine.profiles()
    for recipient in ("RPA", "RJ1", "REF", "RX9", "RNN"):
        answer = engine.shortlist(recipient, arrangement, draws=0)
        options = [option.trust.code for option in answer.options]
        drawn = england.england(profiles, recipient, options)
        assert {place.code for place in drawn.places} | set(drawn.missing) == {recipient, *options}
        for anchor in ("start", "end"):
            heights = sorted(place.label_y for place in drawn.places if place.anchor == anchor)
            assert all(below - above >= england.LINE - 0.2 for above, below in pairwise(heights))
            assert all(0 < height <= england.HEIGHT for height in heights)
        for place in drawn.places:
            assert 0 < place.x < england.WIDTH and 0 < place.y < england.HEIGHT


def test_every_trust_is_within_the_map(engine: Matchmaker) -> None:
    points = england._points(engine.profiles()).values()
    assert all(0 < x < england.WIDTH and 0 < y < england.HEIGHT for x, y in points)


def test_marks_stand_where_the_figures_stand(engine: Matchmaker) -> None:
    for dimension in dimensions(engine.profile("RPA")):
        drawn = strip(dimension.cells)
        assert drawn is not None
        tones = [mark.tone for mark in drawn.marks]
        assert (tones.count("weak"), tones.count("strong")) == (dimension.weak, dimension.strong)
        places = [mark.x for mark in drawn.marks]
        assert places == sorted(places)
        assert all(EDGE <= x <= WIDTH - EDGE for x in places)
