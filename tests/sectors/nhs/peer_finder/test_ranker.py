"""The official methods as rankers, and the official lists out of a snapshot."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.models.arrangement import arrangement
from matchmaker.sectors.nhs.peer_finder.inputs import official_inputs
from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder, NhsPublishedScript
from matchmaker.sectors.nhs.peer_finder.official_lists import official_peers
from matchmaker.sectors.nhs.peer_finder.ranker import OfficialPeers, peer_finder, published_script


@pytest.fixture(scope="module")
def both(engine: Matchmaker) -> tuple[OfficialPeers, OfficialPeers]:
    how = arrangement(engine.sector, "buddying")
    return peer_finder(engine.profiles(), how, ()), published_script(engine.profiles(), how, ())


def test_scores_are_the_distances_of_the_estimators(
    engine: Matchmaker, both: tuple[OfficialPeers, OfficialPeers]
) -> None:
    measures = engine.snapshot.measures
    codes, inputs = official_inputs(measures.filter(measures["source"] == "peer_finder"))
    position = engine.profiles().position
    here = [code for code in codes if code in position]
    rows, at = [position[code] for code in here], [codes.index(code) for code in here]
    assert len(here) > 150
    squared, plain = (ranker.scores(np.array(rows)).score[:, rows] for ranker in both)
    np.testing.assert_allclose(-squared, NhsPeerFinder().fit(inputs).distances()[np.ix_(at, at)] ** 2)
    np.testing.assert_allclose(-plain, NhsPublishedScript().fit(inputs).distances()[np.ix_(at, at)])


def test_names_and_variables(both: tuple[OfficialPeers, OfficialPeers]) -> None:
    assert [ranker.name for ranker in both] == ["nhs-peer-finder", "nhs-published-script"]
    assert [len(ranker.components) for ranker in both] == [14, 21]
    assert both[0].describe(0, 1.234, 0, 1) == "1.2 standard deviations apart."


def test_before_the_inputs_were_published_nothing_is_known(engine: Matchmaker) -> None:
    ranker = peer_finder(engine.profiles(date(2016, 7, 1)), arrangement(engine.sector, "buddying"), ())
    assert np.isnan(ranker.scores(np.array([0])).values).all()


def test_lists_exist_from_the_day_they_were_public(snapshot: Snapshot) -> None:
    assert official_peers(snapshot, date(2020, 3, 30)) == {}
    lists = official_peers(snapshot, date(2020, 3, 31))
    assert {"RBT", "RN7"} <= lists["RPA"]
    assert all(code not in peers for code, peers in lists.items())


def test_closed_trusts_count_as_their_successors(snapshot: Snapshot) -> None:
    lists = official_peers(snapshot, snapshot.as_of)
    listed = snapshot.official_peers
    assert {"R1C", "RY9"} <= set(listed["code"]) & set(listed["peer"])
    assert not {"R1C", "RY9"} & set(lists)
    assert not any({"R1C", "RY9"} & peers for peers in lists.values())
    assert "RAX" in lists  # followed RY9 in 2024
