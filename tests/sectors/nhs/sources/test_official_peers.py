"""The official peer lists."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import official_peers


@pytest.fixture(scope="module")
def peers(raw_data: Path) -> pl.DataFrame:
    return official_peers.read(raw_data / "raw/nhp-inputs/peers.csv")


def listed(peers: pl.DataFrame, code: str) -> list[str]:
    return peers.filter(code=code)["peer"].to_list()


def test_lists_are_those_of_the_file_nearest_first(peers: pl.DataFrame) -> None:
    # rows 3 to 12 (R0A), and the rows of RBA, which begin with its successor RH5
    assert listed(peers, "R0A") == ["R1H", "RJE", "RRK", "RHQ", "RR8", "RVV", "RTR", "RX1", "RHM", "RXF"]
    assert listed(peers, "RBA") == ["RBD", "RGR", "RTF", "R1F", "RTE", "RH8", "RA9", "RM1", "RNZ", "RTX"]
    assert listed(peers, "RQ6") == ["RBL", "R0B", "RR7", "RM3", "RXL", "RVW", "RMC"]


def test_there_are_2016_pairs_of_208_trusts(peers: pl.DataFrame) -> None:
    assert peers.height == 2016
    assert peers["code"].n_unique() == 208
    assert peers.columns == ["code", "rank", "peer"]
    assert set(peers["rank"]) == set(range(1, 11))


def test_no_trust_is_its_own_peer_and_no_pair_stands_twice(peers: pl.DataFrame) -> None:
    assert peers.filter(pl.col("code") == pl.col("peer")).is_empty()
    assert not peers.is_duplicated().any()
    assert peers.group_by("code").len()["len"].is_between(7, 10).all()
