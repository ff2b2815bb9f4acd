"""Marks stand where the figures stand, weak and strong ones in a form of their own."""

from __future__ import annotations

import math
from itertools import combinations

from matchmaker import Matchmaker
from matchmaker.rendering.charts.strip import EDGE, SIZE, WIDTH, strip
from matchmaker.rendering.organisation import dimensions, strong, weak


def test_marks_stand_where_the_figures_stand(harbour_engine: Matchmaker) -> None:
    drawn = 0
    for code in ("EEL", "GUL"):
        for dimension in dimensions(harbour_engine.profile(code), harbour_engine.sector):
            assert dimension.strip is not None
            tones = [mark.tone for mark in dimension.strip.marks]
            assert tones.count("weak") == len(weak(dimension.cells))
            assert tones.count("strong") == len(strong(dimension.cells))
            places = [mark.x for mark in dimension.strip.marks]
            assert places == sorted(places)
            assert [mark.number for mark in dimension.strip.marks] == list(range(1, len(places) + 1))
            assert all(EDGE <= x <= WIDTH - EDGE for x in places)
            drawn += tones.count("weak") + tones.count("strong")
    assert drawn > 4


def test_no_mark_lies_on_another_and_each_figure_has_one(engine: Matchmaker) -> None:
    crowded = 0
    for dimension in dimensions(engine.profile("RPA"), engine.sector):
        if dimension.strip is None:
            continue
        marks = dimension.strip.marks
        directed = [cell for cell in dimension.cells if cell.standing is not None]
        assert len(marks) == len(directed or dimension.cells)
        for one, other in combinations(marks, 2):
            assert math.dist((one.x, one.y), (other.x, other.y)) > 2 * SIZE
        crowded += len({mark.y for mark in marks}) > 1
        assert all(SIZE <= mark.y <= dimension.strip.height - SIZE for mark in marks)
    assert crowded


def test_the_ends_say_what_they_mean(harbour_engine: Matchmaker) -> None:
    ends = {
        one.name: one.strip and one.strip.low
        for one in dimensions(harbour_engine.profile("EEL"), harbour_engine.sector)
    }
    assert (ends["size"], ends["safety"]) == ("Lower", "Weaker")


def test_without_a_figure_to_compare_there_is_no_strip(harbour_engine: Matchmaker) -> None:
    cells = harbour_engine.profile("NET").in_state("unknown")
    assert cells and strip(cells) is None
