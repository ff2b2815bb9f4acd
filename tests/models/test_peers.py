"""The nearest trusts: of the same kind, by circumstances, with the official list beside."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.models.peers import DIMENSIONS, MIN_SHARED_FEATURES, nearest_peers
from matchmaker.models.scoring.criteria import closeness


@pytest.mark.parametrize("code", ["RPA", "RYD", "RXT"])
def test_the_nearest_found_again_one_by_one(engine: Matchmaker, code: str) -> None:
    seen = engine.profiles()
    row = seen.position[code]
    org_type = str(seen.types[row])
    measured = []
    for other, code in enumerate(seen.organisations["code"]):
        if other == row or seen.types[other] != org_type:
            continue
        parts = [closeness(seen, dimension, org_type, np.array([row]))[0, other] for dimension in DIMENSIONS]
        known = [part for part in parts if not np.isnan(part)]
        if len(known) >= MIN_SHARED_FEATURES:
            measured.append((-sum(known) / len(known), code))
    found = nearest_peers(seen, code, 5)
    assert [peer.trust.code for peer in found] == [code for _, code in sorted(measured)[:5]]
    assert [peer.closeness for peer in found] == pytest.approx([-far for far, _ in sorted(measured)[:5]])
    assert {peer.trust.type for peer in found} == {org_type}


def test_one_part_may_be_unknown_and_says_so(engine: Matchmaker) -> None:
    ambulance = engine.peers("RYD")
    assert any(None in peer.parts.values() for peer in ambulance)
    assert all(0 <= peer.closeness <= 1 for peer in ambulance)


def test_official_peers_are_told_from_when_they_were_public(engine: Matchmaker) -> None:
    now = engine.overview("RPA").official_peers
    assert {"RBT", "RN7"} <= {trust.code for trust in now}
    assert engine.overview("RPA", date(2016, 7, 1)).official_peers == ()
    marked = [peer.trust.code for peer in engine.peers("RPA", 20) if peer.official]
    assert marked and set(marked) <= {trust.code for trust in now}
