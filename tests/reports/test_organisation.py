"""The document on an organisation: whole, self-contained, and in the words of its sector."""

from __future__ import annotations

import re

import pytest

from matchmaker import Matchmaker
from matchmaker.features.comparison import compare
from matchmaker.reports.organisation import organisation_report

from .outline import check_document, words_of


@pytest.mark.parametrize("code", ["EEL", "NET", "YAR"])
def test_nothing_that_is_known_is_kept_back(harbour_engine: Matchmaker, code: str) -> None:
    overview = harbour_engine.overview(code)
    page = organisation_report(overview, harbour_engine.sector)
    check_document(page)
    words = words_of(page)
    for cell in overview.profile.in_state("known", "stale"):
        assert f"{cell.label} {cell.text}" in words
    for cell in overview.profile.in_state("unknown"):
        assert cell.label in words
    for peer in overview.peers:
        assert f"{peer.organisation.name} ({peer.organisation.code})" in words
    assert overview.profile.snapshot[:12] in words
    assert page == organisation_report(harbour_engine.overview(code), harbour_engine.sector)


def test_what_a_sector_lacks_is_left_out(harbour_engine: Matchmaker) -> None:
    page = organisation_report(harbour_engine.overview("EEL"), harbour_engine.sector)
    for absent in ("Early signs", "Past partnerships", "Official peer"):
        assert absent not in page
    assert not re.search(r"\btrusts?\b", words_of(page), re.IGNORECASE)


def test_a_comparison_stands_side_by_side(harbour_engine: Matchmaker) -> None:
    comparison = compare([harbour_engine.profile(code) for code in ("EEL", "GUL")])
    page = organisation_report(harbour_engine.overview("EEL"), harbour_engine.sector, comparison)
    check_document(page)
    words = words_of(page)
    for row in comparison.rows:
        assert row.label in words
    assert "Eelhythe Harbour Board Gullstead Harbour Board" in words


def test_a_real_one_has_signs_and_official_peers(engine: Matchmaker) -> None:
    overview = engine.overview("RPA")
    page = organisation_report(overview, engine.sector)
    check_document(page)
    words = words_of(page)
    for reading in overview.signs:
        assert reading.label in words
    for one in overview.benchmark_peers:
        assert f"{one.name} ({one.code})" in words
    assert "NHS Trust Peer Finder From figures of 2018/19." in words


def test_who_carried_a_file_and_its_period_stand_beside_the_figure(engine: Matchmaker) -> None:
    overview = engine.overview("RPA")
    carried = {source.id: source.compiled_by for source in overview.sources if source.compiled_by}
    assert carried["acute_accounts_2425"] == "Intuita healthcare tracker"
    words = words_of(organisation_report(overview, engine.sector))
    cells = [cell for cell in overview.profile.in_state("known", "stale") if cell.source in carried]
    assert cells
    for cell in cells:
        assert f"{cell.publisher} , carried by {carried[cell.source or '']}" in words
    (agency,) = [cell for cell in cells if cell.feature == "agency_share"]
    of_it = words[words.index(f"{agency.label} {agency.text}", words.index("Where it stands")) :][:250]
    assert "1 April 2023 to 31 March 2024" in of_it and "carried by Budget Galaxy" in of_it
