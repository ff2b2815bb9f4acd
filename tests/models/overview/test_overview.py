"""Everything about one organisation: each section where the sector has data for it."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from matchmaker import Matchmaker


def test_a_sector_without_signs_and_lists_has_no_such_sections(harbour_engine: Matchmaker) -> None:
    overview = harbour_engine.overview("Eelhythe")
    assert overview.profile.code == "EEL"
    assert [peer.organisation.code for peer in overview.peers] == [
        peer.organisation.code for peer in harbour_engine.peers("EEL")
    ]
    assert len(overview.peers) == 5
    assert [trend.feature for trend in overview.trends] == ["berths", "surplus_share", "on_time"]
    assert (overview.signs, overview.base_rates, overview.meaning) == ((), None, ())
    assert overview.benchmark_peers == ()
    assert [source.id for source in overview.sources] == sorted(
        {cell.source for cell in overview.profile.cells if cell.source}
    )


def test_a_closed_one_is_answered_through_its_successor(harbour_engine: Matchmaker) -> None:
    overview = harbour_engine.overview("PEB")
    assert (overview.profile.code, [one.code for one in overview.via]) == ("COR", ["PEB"])


def test_a_table_of_its_figures(harbour_engine: Matchmaker) -> None:
    overview = harbour_engine.overview("EEL")
    rows = overview.to_rows()
    assert rows == harbour_engine.profile("EEL").rows()
    assert repr(overview) == "<OrganisationOverview EEL Eelhythe Harbour Board, as of 2025-06-30>"
    assert pickle.loads(pickle.dumps(overview)) == overview


def test_a_trust_has_every_section(engine: Matchmaker) -> None:
    overview = engine.overview("RPA")
    assert overview.peers and overview.benchmark_peers and overview.trends and overview.sources
    assert overview.base_rates is not None and overview.base_rates.index_dates
    assert overview.meaning[-1].startswith("That was under special measures, which ended in 2021")
    with pytest.raises(Exception, match="Nothing was known yet"):
        engine.overview("RPA", date(2001, 7, 1))
