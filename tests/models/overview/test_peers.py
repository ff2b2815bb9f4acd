"""The nearest organisations: of the same type, by circumstances, with the official list beside."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made_up import HARBOURS, made_up_profiles

from matchmaker import Matchmaker
from matchmaker.models.overview.peers import MIN_SHARED_DIMENSIONS, benchmark_peers, nearest_peers
from matchmaker.models.scoring.criteria import closeness
from matchmaker.sector import Sector, read_sector

FIGURES = {
    code: {"tidal_range": at, "summer_share": at, "fog_days": at, "berths": 2**at, "staff": 2**at}
    for code, at in {"HAA": 0, "HBB": 2, "HCC": 3, "HDD": 7, "HEE": 12}.items()
}


def test_the_nearest_by_hand(harbour_engine: Matchmaker) -> None:
    """Settings of EEL (25) and FAR (27) are 2 apart, one pair is nearer; HER (41) is as large as EEL."""
    peers = {peer.organisation.code: peer for peer in harbour_engine.peers("EEL", 8)}
    assert peers["FAR"].parts["setting"] == pytest.approx(69 / 72)
    assert peers["FAR"].distance_km == 10.0
    assert peers["HER"].parts["size"] == max(peer.parts["size"] for peer in peers.values())
    assert all(
        peer.closeness == pytest.approx((peer.parts["setting"] + peer.parts["size"]) / 2)
        for peer in peers.values()
    )
    order = [peer.closeness for peer in peers.values()]
    assert order == sorted(order, reverse=True)
    assert {peer.organisation.type for peer in peers.values()} == {"fishing"}


def test_two_dimensions_must_be_comparable() -> None:
    """Of HXX only the size is known: it is the nearest in that, and no peer."""
    seen = made_up_profiles({**FIGURES, "HXX": {"berths": 8, "staff": 8}})
    assert seen.sector.criteria.peers == ("setting", "size")
    found = [peer.organisation.code for peer in nearest_peers(seen, "HCC", 10)]
    assert found == ["HBB", "HAA", "HDD", "HEE"]
    assert nearest_peers(seen, "HXX", 10) == ()


def with_peers(folder: Path, peers: str) -> Sector:
    """Harbours with other dimensions by which peers are found."""
    copy = Path(shutil.copytree(HARBOURS, folder / "harbours"))
    text = (copy / "sector.toml").read_text("utf-8")
    assert 'peers = ["setting", "size"]' in text
    (copy / "sector.toml").write_text(
        text.replace('peers = ["setting", "size"]', f"peers = {peers}"), "utf-8"
    )
    return read_sector(copy)


def test_or_all_where_there_are_fewer(tmp_path: Path) -> None:
    figures = {**FIGURES, "HXX": {"berths": 8, "staff": 8}}
    seen = made_up_profiles(figures, sector=with_peers(tmp_path, '["size"]'))
    first = nearest_peers(seen, "HCC", 1)[0]
    assert (first.organisation.code, first.parts.keys()) == ("HXX", {"size"})


@pytest.mark.parametrize("peers", ["[]", '["supervision"]'])
def test_a_sector_whose_circumstances_are_not_known_has_no_peers(tmp_path: Path, peers: str) -> None:
    seen = made_up_profiles(FIGURES, sector=with_peers(tmp_path, peers))
    assert nearest_peers(seen, "HCC", 5) == ()


def test_those_of_another_type_and_without_a_place(harbour_engine: Matchmaker) -> None:
    seen = made_up_profiles(FIGURES, types={"HBB": "marina"}, km={"HCC": 0, "HDD": 30})
    found = nearest_peers(seen, "HCC", 10)
    assert [peer.organisation.code for peer in found] == ["HAA", "HDD", "HEE"]
    assert [peer.distance_km for peer in found] == [None, 30.0, None]


def test_a_sector_without_official_lists_marks_nobody(harbour_engine: Matchmaker) -> None:
    assert benchmark_peers(harbour_engine.profiles()) == {}
    assert not any(peer.benchmark_peer for peer in harbour_engine.peers("EEL", 8))


# On the figures of the NHS


@pytest.mark.parametrize("code", ["RPA", "RYD", "RXT"])
def test_the_nearest_found_again_one_by_one(engine: Matchmaker, code: str) -> None:
    seen = engine.profiles()
    row = seen.position[code]
    org_type = str(seen.types[row])
    measured = []
    for other, other_code in enumerate(seen.organisations["code"]):
        if other == row or seen.types[other] != org_type:
            continue
        parts = [
            closeness(seen, dimension, org_type, np.array([row]))[0, other]
            for dimension in ("context", "size", "scale")
        ]
        known = [part for part in parts if not np.isnan(part)]
        if len(known) >= MIN_SHARED_DIMENSIONS:
            measured.append((-sum(known) / len(known), other_code))
    found = nearest_peers(seen, code, 5)
    assert [peer.organisation.code for peer in found] == [name for _, name in sorted(measured)[:5]]
    assert [peer.closeness for peer in found] == pytest.approx([-far for far, _ in sorted(measured)[:5]])
    assert {peer.organisation.type for peer in found} == {org_type}


def test_one_part_may_be_unknown_and_says_so(engine: Matchmaker) -> None:
    ambulance = engine.peers("RYD")
    assert any(None in peer.parts.values() for peer in ambulance)
    assert all(0 <= peer.closeness <= 1 for peer in ambulance)


def test_official_peers_are_listed_from_when_they_were_public(engine: Matchmaker) -> None:
    now = engine.overview("RPA").benchmark_peers
    assert {"RBT", "RN7"} <= {one.code for one in now}
    assert engine.overview("RPA", date(2016, 7, 1)).benchmark_peers == ()
    marked = [peer.organisation.code for peer in engine.peers("RPA", 20) if peer.benchmark_peer]
    assert marked and set(marked) <= {one.code for one in now}
