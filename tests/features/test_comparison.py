"""Profiles side by side, and their rows as a table."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.features.comparison import MOST, Comparison, compare
from matchmaker.features.profile import Profile, profile_of
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE


def profile(engine: Matchmaker, code: str) -> Profile:
    return profile_of(engine.profiles(), code)


@pytest.fixture(scope="module")
def found(engine: Matchmaker) -> Comparison:
    return compare([profile(engine, code) for code in ("RPA", "RWF", "RYD")])


def test_where_they_differ_most_comes_first(found: Comparison) -> None:
    gaps = [row.gap for row in found.rows]
    known = [gap for gap in gaps if gap is not None]
    assert known == sorted(known, reverse=True) and len(known) > 10
    assert gaps[len(known) :] == [None] * (len(gaps) - len(known))
    for row in found.rows:
        shares = [cell.percentile for cell in row.cells if cell.percentile is not None]
        assert row.gap == (max(shares) - min(shares) if len(shares) > 1 else None)


def test_each_row_holds_one_feature_of_all_of_them(found: Comparison) -> None:
    for row in found.rows:
        assert [cell.feature for cell in row.cells] == [row.feature] * 3
        assert any(cell.state == KNOWN for cell in row.cells)
        for told, cell in zip(found.profiles, row.cells, strict=True):
            assert cell in told.cells


def test_what_is_known_of_none_is_left_out(engine: Matchmaker, found: Comparison) -> None:
    shown = {row.feature for row in found.rows}
    for cells in zip(*(one.cells for one in found.profiles), strict=True):
        assert (cells[0].feature in shown) == any(cell.state == KNOWN for cell in cells)
    assert len(shown) < len(found.profiles[0].cells)


def test_too_few_too_many_and_twice_the_same_are_refused(engine: Matchmaker) -> None:
    codes = engine.profiles().organisations["code"].to_list()[: MOST + 1]
    with pytest.raises(InvalidParameter, match="2 to 5"):
        compare([profile(engine, code) for code in codes])
    with pytest.raises(InvalidParameter, match="2 to 5"):
        compare([profile(engine, "RPA")])
    with pytest.raises(InvalidParameter, match="RPA is named more than once"):
        compare([profile(engine, code) for code in ("RPA", "RWF", "RPA")])


def test_rows_hold_every_feature_that_applies(engine: Matchmaker) -> None:
    one = profile(engine, "RYD")
    rows = one.rows()
    assert {row["feature"] for row in rows} == {c.feature for c in one.cells if c.state != NOT_APPLICABLE}
    assert 0 < len(rows) < len(one.cells)
    assert {row["code"] for row in rows} == {"RYD"}
