"""A spine chart: good at the right, marks apart, nothing beyond its edges."""

from __future__ import annotations

from itertools import combinations

import pytest

from matchmaker import Matchmaker
from matchmaker.features.types import ComparedFeature
from matchmaker.rendering.charts.spine import EDGE, RADIUS, WIDTH, spine

CODES = ("RPA", "RN7", "RKE", "RJ6", "RWF", "RTP", "RQX", "RJ2")


@pytest.fixture(scope="module")
def rows(engine: Matchmaker) -> tuple[ComparedFeature, ...]:
    return engine.compare(CODES, own=["oversight_segment=1"]).rows


def test_marks_are_apart_and_everything_is_inside(rows: tuple[ComparedFeature, ...]) -> None:
    drawn = [one for row in rows if (one := spine(row)) is not None]
    assert len(drawn) > 40
    for one in drawn:
        for mark, other in combinations(one.marks, 2):
            assert abs(mark.x - other.x) > 2 * RADIUS or abs(mark.y - other.y) >= 2 * RADIUS
        for track in one.tracks:
            assert list(track.places) == sorted(track.places)
            assert track.places[0] >= EDGE and track.places[-1] <= WIDTH - EDGE
            assert RADIUS < track.y < one.height
        assert all(mark.y >= RADIUS and EDGE <= mark.x <= WIDTH - EDGE for mark in one.marks)


def test_good_is_at_the_right_whichever_way_the_figure_runs(rows: tuple[ComparedFeature, ...]) -> None:
    by_name = {row.feature: row for row in rows}
    for name, sign in (("mortality", -1), ("cancer_28_days", 1)):
        row = by_name[name] if name in by_name else next(one for one in rows if one.direction == "higher")
        drawn = spine(row)
        assert drawn and (drawn.low, drawn.high) == ("Weaker", "Stronger")
        at = {mark.number: mark.x for mark in drawn.marks}
        values = {k: sign * (cell.value or 0.0) for k, cell in enumerate(row.cells, 1) if k in at}
        assert sorted(at, key=lambda k: (at[k], k)) == sorted(at, key=lambda k: (values[k], k))


def test_every_known_figure_has_its_mark_even_where_two_are_equal(rows: tuple[ComparedFeature, ...]) -> None:
    for row in rows:
        drawn = spine(row)
        if drawn is not None:
            known = {k for k, cell in enumerate(row.cells, 1) if cell.state == "known"}
            assert {mark.number for mark in drawn.marks} == known
