"""The nearest organisations: of the same type, by circumstances, with an official list beside."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker import Matchmaker
from matchmaker.models.peers import nearest_peers
from matchmaker.models.scoring.criteria import closeness


def test_a_peer_is_compared_in_two_dimensions_at_least() -> None:
    """The sector compares by setting and size; of CCC only the setting is known, of DDD only the size."""
    both = {"tidal_range": 1.0, "summer_share": 0.5, "fog_days": 3, "berths": 10, "staff": 20}
    setting = {name: both[name] for name in ("tidal_range", "summer_share", "fog_days")}
    size = {name: both[name] for name in ("berths", "staff")}
    larger = {name: 2 * value for name, value in both.items()}
    profiles = made_up_profiles({"AAA": both, "BBB": larger, "CCC": setting, "DDD": size})
    assert [peer.organisation.code for peer in nearest_peers(profiles, "AAA", 5)] == ["BBB"]
    assert nearest_peers(profiles, "CCC", 5) == ()


def test_the_nearest_peers_by_hand(harbour_engine: Matchmaker) -> None:
    """Of the 36 pairs of fishing harbours, 15 are nearer in setting than Eelhythe and Heronquay (16 apart).

    Both have 80 berths, like Brineham; three others have 40. So 6 pairs are level in size, and none is nearer.
    """
    found = {peer.organisation.code: peer for peer in harbour_engine.peers("EEL", 20)}
    assert found["HER"].parts == {"setting": pytest.approx(1 - 31 / 72), "size": pytest.approx(1 - 6 / 72)}
    assert found["HER"].closeness == pytest.approx((1 - 31 / 72 + 1 - 6 / 72) / 2)
    assert next(iter(found)) == "HER"
    assert found["FAR"].distance_km == 10.0
    assert not any(peer.benchmark_peer for peer in found.values())
    assert {peer.organisation.type for peer in found.values()} == {"fishing"}


@pytest.mark.parametrize("code", ["RPA", "RYD", "RXT"])
def test_the_nearest_found_again_one_by_one(engine: Matchmaker, code: str) -> None:
    seen = engine.profiles()
    row = seen.position[code]
    org_type = str(seen.types[row])
    measured = []
    for other, its_code in enumerate(seen.organisations["code"]):
        if other == row or seen.types[other] != org_type:
            continue
        parts = [
            closeness(seen, dimension, org_type, np.array([row]))[0, other]
            for dimension in ("context", "size", "scale")
        ]
        known = [part for part in parts if not np.isnan(part)]
        if len(known) >= 2:
            measured.append((-sum(known) / len(known), its_code))
    found = nearest_peers(seen, code, 5)
    assert [peer.organisation.code for peer in found] == [code for _, code in sorted(measured)[:5]]
    assert [peer.closeness for peer in found] == pytest.approx([-far for far, _ in sorted(measured)[:5]])
    assert {peer.organisation.type for peer in found} == {org_type}


def test_one_part_may_be_unknown_and_says_so(engine: Matchmaker) -> None:
    ambulance = engine.peers("RYD")
    assert any(None in peer.parts.values() for peer in ambulance)
    assert all(0 <= peer.closeness <= 1 for peer in ambulance)


def test_official_peers_count_from_when_they_were_public(engine: Matchmaker) -> None:
    marked = [peer.organisation.code for peer in engine.peers("RPA", 20) if peer.benchmark_peer]
    assert {"RBT", "RN7"} & set(marked)
    assert not any(peer.benchmark_peer for peer in engine.peers("RPA", 20, date(2016, 7, 1)))
