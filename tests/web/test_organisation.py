"""The past of an organisation is what is on record of it and of those that it followed."""

from __future__ import annotations

from datetime import date

from matchmaker import Matchmaker
from matchmaker.web.presenters.organisation import absorbed, past_partnerships

DAY = date(2025, 6, 30)


def test_past_partnerships_are_told_from_either_side(harbour_engine: Matchmaker) -> None:
    by_recipient = past_partnerships(harbour_engine.registry, "INK", DAY)
    assert [(one.kind, one.role, one.other_name) for one in by_recipient][-1] == (
        "mentoring",
        "was helped by",
        "Farrowness Harbour Board",
    )
    by_partner = past_partnerships(harbour_engine.registry, "KIT", DAY)
    assert [(one.role, one.began, one.ended, one.own_name) for one in by_partner] == [
        ("helped", "1 September 2022", "31 August 2023", "")
    ]


def test_a_date_is_as_exact_as_it_is_known(harbour_engine: Matchmaker) -> None:
    (found,) = past_partnerships(harbour_engine.registry, "GUL", date(2021, 1, 1))
    assert (found.began, found.ended) == ("September 2019", "31 August 2020")


def test_those_that_it_followed_count_too_and_nothing_known_later(harbour_engine: Matchmaker) -> None:
    found = past_partnerships(harbour_engine.registry, "COR", DAY)
    assert any(one.kind == "takeover" and one.own_name == "Pebblecombe Harbour Board" for one in found)
    assert past_partnerships(harbour_engine.registry, "COR", date(2016, 1, 1)) == []
    assert absorbed(harbour_engine.registry, "COR", DAY) == ["Pebblecombe Harbour Board (PEB)"]
    assert absorbed(harbour_engine.registry, "COR", date(2018, 1, 1)) == []


def test_the_words_for_a_kind_of_pairing_are_those_of_the_sector(engine: Matchmaker) -> None:
    found = past_partnerships(engine.registry, "RM3", engine.snapshot.as_of)
    assert any(one.other_name.startswith("Pennine Acute") and one.role == "took over" for one in found)
