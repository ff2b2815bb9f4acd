"""A search finds the organisation that is meant."""

from __future__ import annotations

import pytest

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
