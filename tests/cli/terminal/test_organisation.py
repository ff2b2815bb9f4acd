"""An organisation in a terminal: readable at any width, nothing cut off, names only text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.organisation import MIN_WIDTH_FOR_SOURCES, show_organisation
from matchmaker.features.profiles import STALE, UNKNOWN
from matchmaker.models.overview.types import Fact, OrganisationOverview
from matchmaker.sector import Sector

HOSTILE = "[red]& [/nothing]"


@pytest.fixture(scope="module")
def overview(harbour_engine: Matchmaker) -> OrganisationOverview:
    return harbour_engine.overview("NET")


@pytest.mark.parametrize("width", [80, MIN_WIDTH_FOR_SOURCES - 1, MIN_WIDTH_FOR_SOURCES, 140])
def test_it_fits_the_terminal(
    printed: Callable[..., str], overview: OrganisationOverview, harbours: Sector, width: int
) -> None:
    lines = printed(width, show_organisation, overview, harbours).splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0] == "Netherpool Harbour Board (NET)"
    assert lines[1] == "Ferry harbour. East coast, Osprey Bay. As of 30 June 2025."
    assert not any("…" in line for line in lines)
    assert any("survey" in line for line in lines) == (width >= MIN_WIDTH_FOR_SOURCES)


def test_old_and_unknown_figures_stand_at_the_end(
    printed: Callable[..., str], harbour_engine: Matchmaker, harbours: Sector
) -> None:
    for code, state, heading in (("NET", STALE, "Too old to use"), ("NET", UNKNOWN, "\nUnknown (")):
        profile = harbour_engine.overview(code).profile
        text = printed(1000, show_organisation, harbour_engine.overview(code), harbours)
        start = text.index(heading)
        assert profile.in_state(state)
        for cell in profile.in_state(state):
            assert cell.label in text[start:] and f"\n{cell.label} " not in text[:start]
    assert "Passengers" in text
    assert "Passengers" not in printed(1000, show_organisation, harbour_engine.overview("EEL"), harbours)


def test_facts_on_record_stand_below_the_figures(
    printed: Callable[..., str], overview: OrganisationOverview, harbours: Sector
) -> None:
    assert overview.facts == ()
    assert "On record" not in printed(140, show_organisation, overview, harbours)
    fact = Fact("tie", f"Helps {HOSTILE} since 2019.", "register", None)
    text = printed(140, show_organisation, replace(overview, facts=(fact,)), harbours)
    assert f"On record\n- Helps {HOSTILE} since 2019." in text


def test_a_bar_is_as_long_as_the_percentile(
    printed: Callable[..., str], harbour_engine: Matchmaker, harbours: Sector
) -> None:
    overview = harbour_engine.overview("EEL")
    text = printed(1000, show_organisation, overview, harbours)
    (line,) = (line for line in text.splitlines() if line.startswith("Staff "))
    assert "██████░░░░ 62" in line  # 5.5 of the 9 fishing harbours have fewer, where equal ones count half
    (line,) = (line for line in text.splitlines() if line.startswith("Inspection grade"))
    assert "▼" in line


def test_peers_and_their_dimensions_are_those_of_the_sector(
    printed: Callable[..., str], harbour_engine: Matchmaker, harbours: Sector
) -> None:
    overview = harbour_engine.overview("KIT")
    assert overview.peers
    text = " ".join(printed(1000, show_organisation, overview, harbours).split())
    assert "Nearest ferry harbours (of 100 pairs, how many are further apart)" in text
    assert "Harbour Setting Size Distance" in text
    for peer in overview.peers:
        assert f"{peer.organisation.name} ({peer.organisation.code})" in text


def test_a_sector_without_signs_has_no_such_section(
    printed: Callable[..., str], overview: OrganisationOverview, harbours: Sector
) -> None:
    assert "Early-warning" not in printed(1000, show_organisation, overview, harbours)


def test_signs_come_with_how_often_they_were_false(printed: Callable[..., str], engine: Matchmaker) -> None:
    overview = engine.overview("RPA")
    text = " ".join(printed(1000, show_organisation, overview, engine.sector).split())
    assert overview.meaning
    for sentence in overview.meaning:
        assert sentence in text
    assert "in 100 were false alarms." in text


def test_official_peers_are_marked(printed: Callable[..., str], engine: Matchmaker) -> None:
    overview = engine.overview("RPA")
    text = printed(1000, show_organisation, overview, engine.sector)
    assert f"Also on its list by {engine.sector.display.benchmark_label}:" in text
    marked = [peer for peer in overview.peers if peer.benchmark_peer]
    assert marked
    for peer in marked:
        assert f"{peer.organisation.name} ({peer.organisation.code}) *" in text


def test_names_are_only_text(
    printed: Callable[..., str], harbour_engine: Matchmaker, harbours: Sector
) -> None:
    overview = harbour_engine.overview("KIT")
    profile = replace(overview.profile, name=HOSTILE, region=HOSTILE, locality=HOSTILE)
    peers = tuple(
        replace(peer, organisation=replace(peer.organisation, name=HOSTILE)) for peer in overview.peers
    )
    assert peers
    text = printed(1000, show_organisation, replace(overview, profile=profile, peers=peers), harbours)
    assert text.count(HOSTILE) == 3 + len(peers)
