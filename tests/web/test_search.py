"""A search finds the organisation that is meant."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker
from matchmaker.web.presenters.search import search


@pytest.mark.parametrize(
    ("text", "first", "only"),
    [
        ("EEL", "EEL", True),
        ("eel ", "EEL", True),
        ("eelhythe", "EEL", False),
        ("amber", "AMB", False),
        ("osprey", "OSP", False),
        ("STA", "HER", False),
        ("Eelhyth", "EEL", False),
    ],
)
def test_a_search_finds_what_is_meant(harbour_engine: Matchmaker, text: str, first: str, only: bool) -> None:
    hits = search(harbour_engine, text)
    assert hits.organisations[0].code == first
    assert (hits.only is not None) == only


def test_one_that_has_closed_leads_to_its_successor(harbour_engine: Matchmaker) -> None:
    assert search(harbour_engine, "Staithe").text == (
        "Staithe Harbour Board (STA) has closed; this harbour followed it."
    )


def test_without_a_text_all_are_found(harbour_engine: Matchmaker) -> None:
    assert len(search(harbour_engine, " ").organisations) == len(harbour_engine.profiles().organisations)


def test_a_search_for_nothing_there_says_so(harbour_engine: Matchmaker) -> None:
    hits = search(harbour_engine, "qqqq zzzz")
    assert hits.organisations == ()
    assert hits.near and hits.text


@pytest.mark.parametrize(
    ("text", "first"), [("kent", "RVV"), ("Heatherwood and Wexham Park", "RDU"), ("Brightn and Susex", "RYR")]
)
def test_a_search_among_many_finds_what_is_meant(engine: Matchmaker, text: str, first: str) -> None:
    assert search(engine, text).organisations[0].code == first


@pytest.mark.parametrize(
    ("text", "first"),
    [("Medway Maritime Hospital", "RPA"), ("BHRUT", "RF4"), ("ME7 5NY", "RPA"), ("me75ny", "RPA")],
)
def test_a_hospital_an_abbreviation_and_a_postcode_are_found(
    engine: Matchmaker, text: str, first: str
) -> None:
    assert search(engine, text).organisations[0].code == first


def test_a_board_is_found_with_all_of_its_own(engine: Matchmaker) -> None:
    found = search(engine, "Kent and Medway").organisations
    assert {"RPA", "RVV", "RN7", "RWF"} <= {one.code for one in found}


def test_those_near_a_postcode_come_by_distance(engine: Matchmaker) -> None:
    for text, where in (("ME7 5NY", ""), ("ME7 9ZZ", "known in ME7"), ("ME1", "known in ME")):
        hits = search(engine, text)
        assert list(hits.km.values()) == sorted(hits.km.values())
        assert [one.code for one in hits.organisations] == list(hits.km)
        assert hits.km["RPA"] < 25
        assert where in hits.text and "in a straight line" in hits.text
    assert not search(engine, "ZZ99 9ZZ").km


@pytest.mark.snapshot
def test_results_say_segment_rating_and_lead_to_options(client: TestClient) -> None:
    page = client.get("/nhs/organisations?search=Kent+and+Medway").text
    for heading in ("NHS oversight segment", "CQC overall rating", "Options"):
        assert f'<th scope="col">{heading}</th>' in page
    (row,) = re.findall(r'<tr><th scope="row"><a href="/nhs/organisations/RPA".*?</tr>', page)
    for told in ("4 of 5", "Requires improvement", "30 July 2021", "RPA/shortlist?arrangement="):
        assert told in row
    assert "No trust found" in client.get("/nhs/organisations?search=qqqq+zzzz").text
