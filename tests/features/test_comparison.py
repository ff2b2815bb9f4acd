"""Profiles side by side, and their rows as a table."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.features.comparison import MAX_COMPARED, compare
from matchmaker.features.profiles import KNOWN
from matchmaker.features.types import Comparison


def comparison(engine: Matchmaker, *codes: str) -> Comparison:
    return compare([engine.profile(code) for code in codes])


@pytest.fixture(scope="module")
def found(harbour_engine: Matchmaker) -> Comparison:
    return comparison(harbour_engine, "EEL", "FAR", "OSP")


def test_where_they_differ_most_comes_first(harbour_engine: Matchmaker) -> None:
    """Ranks from 0 to 8 of EEL and FAR: on time 0 and 8, groundings 1 and 7 (fewest), surplus 2 and 7, debt
    0 and 5; grades 1 and 3 (0 and 4.5 by halves), levels 4 and 2 (0.5 and 3)."""
    rows = comparison(harbour_engine, "EEL", "FAR").rows
    gaps = {row.feature: row.gap for row in rows if row.dimension in {"money", "safety", "service"}}
    assert gaps == {
        "on_time": 8 / 8,
        "groundings": 6 / 8,
        "surplus_share": 5 / 8,
        "debt_share": 5 / 8,
        "inspection": 4.5 / 8,
        "surplus_trend": 0.0,
    }
    assert list(gaps) == [
        "on_time",
        "groundings",
        "surplus_share",
        "debt_share",
        "inspection",
        "surplus_trend",
    ]


def test_those_known_of_fewer_than_two_come_last(harbour_engine: Matchmaker) -> None:
    rows = comparison(harbour_engine, "EEL", "NET").rows
    gaps = [row.gap for row in rows]
    known = [gap for gap in gaps if gap is not None]
    assert known == sorted(known, reverse=True) and len(known) == 2
    assert gaps[2:] == [None] * (len(gaps) - 2)
    assert {row.feature for row in rows[:2]} == {"berths", "tidal_range"}


def test_each_row_holds_one_feature_of_all_of_them(found: Comparison) -> None:
    for row in found.rows:
        assert [cell.feature for cell in row.cells] == [row.feature] * 3
        assert any(cell.state == KNOWN for cell in row.cells)
        for profile, cell in zip(found.profiles, row.cells, strict=True):
            assert cell in profile.cells


def test_what_applies_to_none_of_them_is_left_out(harbour_engine: Matchmaker, found: Comparison) -> None:
    assert "passengers" in {row.feature for row in found.rows}
    fishing = comparison(harbour_engine, "EEL", "FAR")
    assert "passengers" not in {row.feature for row in fishing.rows}
    for cells in zip(*(one.cells for one in fishing.profiles), strict=True):
        shown = cells[0].feature in {row.feature for row in fishing.rows}
        assert shown == any(cell.state == KNOWN for cell in cells)


def test_too_few_too_many_and_twice_the_same_are_refused(harbour_engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match=r"9 can't be put side by side. Compare 2 to 8"):
        comparison(harbour_engine, "AMB", "BRI", "COR", "DUN", "EEL", "FAR", "GUL", "INK", "KIT")
    with pytest.raises(InvalidParameter, match="1 can't be put side by side"):
        comparison(harbour_engine, "AMB")
    with pytest.raises(InvalidParameter, match="AMB is named more than once"):
        comparison(harbour_engine, "AMB", "BRI", "AMB")
    assert MAX_COMPARED == 8
