"""Comparison sets by rule and by hand, and the spread of a feature in them."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter


def codes(engine: Matchmaker, *terms: str) -> set[str]:
    return set(engine.compare(["RPA", "RN7"], own=terms).sets[-1].codes)


def test_all_rules_must_hold_and_those_by_hand_are_added(engine: Matchmaker) -> None:
    acute, south = codes(engine, "type=acute"), codes(engine, "region=London,south east")
    both = codes(engine, "type=acute", "region=London,South East")
    assert both == acute & south and len(both) < len(acute)
    by_hand = codes(engine, "type=acute", "region=London,South East", "RX9, Bolton")
    assert by_hand == both | {"RX9", "RMC"}
    assert codes(engine, "RJ6,RKE,RTP") == {"RJ6", "RKE", "RTP"}


def test_a_rule_about_a_feature_leaves_the_unknown_out(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    column = profiles.values[:, profiles.column["oversight_segment"]]
    expected = {code for code, value in zip(profiles.position, column, strict=True) if value in (1, 2)}
    assert codes(engine, "oversight_segment=1,2") == expected and np.isnan(column).any()


def test_the_usual_sets_are_those_of_the_type_and_its_region(engine: Matchmaker) -> None:
    found = engine.compare(["RPA", "RN7"])
    assert [one.label for one in found.sets] == ["acute trusts", "acute trusts, South East"]
    assert set(found.sets[1].codes) == codes(engine, "type=acute", "region=South East")


@pytest.mark.parametrize(
    ("term", "says"),
    [
        ("type=warp", "There is no trust type 'warp'"),
        ("colour=red", "a rule about 'colour'"),
        ("oversight_segment=low", "asks for no number"),
        ("oversight_segment=77", "is in the set"),
    ],
)
def test_a_set_that_can_not_be_read_says_why(engine: Matchmaker, term: str, says: str) -> None:
    with pytest.raises(InvalidParameter, match=says) as caught:
        codes(engine, term)
    assert caught.value.loc == ("set",)


def test_a_spread_runs_from_weak_to_strong_over_its_set_alone(engine: Matchmaker) -> None:
    found = engine.compare(["RPA", "RN7"], own=["region=London", "type=acute"])
    (row,) = (row for row in found.rows if row.feature == "mortality")
    profiles = engine.profiles()
    for one, spread in zip(found.sets, row.spreads, strict=True):
        at = [profiles.position[code] for code in one.codes]
        values = profiles.values[at, profiles.column["mortality"]]
        values = values[~np.isnan(values)]
        assert spread.known == len(values)
        assert (spread.weakest, spread.strongest) == (values.max(), values.min())
        assert spread.median == pytest.approx(np.median(values))
        assert spread.weakest >= spread.weaker_quarter >= spread.stronger_quarter >= spread.strongest


def test_what_has_a_good_end_comes_before_what_has_none(engine: Matchmaker) -> None:
    rows = [row for row in engine.compare(["RPA", "RN7", "RX9"]).rows if row.gap is not None]
    directed = [row.direction != "none" for row in rows]
    assert directed == sorted(directed, reverse=True) and 0 < sum(directed) < len(rows)
    gaps = [row.gap for row in rows if row.direction != "none"]
    assert gaps == sorted(gaps, key=lambda gap: -(gap or 0.0))
