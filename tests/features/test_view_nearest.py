"""The nearest trusts: of the same kind, by circumstances, with the official list beside."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.models.criteria import closeness
from matchmaker.models.portraits.nearest import DIMENSIONS, FEWEST, nearest


@pytest.mark.parametrize("ods", ["RPA", "RYD", "RXT"])
def test_the_nearest_found_again_one_by_one(engine: Matchmaker, ods: str) -> None:
    seen = engine.profiles()
    row = seen.position[ods]
    kind = str(seen.kinds[row])
    measured = []
    for other, code in enumerate(seen.organisations["ods"]):
        if other == row or seen.kinds[other] != kind:
            continue
        parts = [closeness(seen, dimension, kind, np.array([row]))[0, other] for dimension in DIMENSIONS]
        known = [part for part in parts if not np.isnan(part)]
        if len(known) >= FEWEST:
            measured.append((-sum(known) / len(known), code))
    found = nearest(seen, ods, 5)
    assert [peer.trust.ods for peer in found] == [code for _, code in sorted(measured)[:5]]
    assert [peer.closeness for peer in found] == pytest.approx([-far for far, _ in sorted(measured)[:5]])
    assert {peer.trust.kind for peer in found} == {kind}


def test_one_part_may_be_unknown_and_says_so(engine: Matchmaker) -> None:
    ambulance = engine.peers("RYD")
    assert any(None in peer.parts.values() for peer in ambulance)
    assert all(0 <= peer.closeness <= 1 for peer in ambulance)


def test_official_peers_are_told_from_when_they_were_public(engine: Matchmaker) -> None:
    now = engine.portrait("RPA").official_peers
    assert {"RBT", "RN7"} <= {trust.ods for trust in now}
    assert engine.portrait("RPA", date(2016, 7, 1)).official_peers == ()
    marked = [peer.trust.ods for peer in engine.peers("RPA", 20) if peer.official]
    assert marked and set(marked) <= {trust.ods for trust in now}
