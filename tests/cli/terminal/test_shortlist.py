"""A shortlist in a terminal: readable at any width, nothing cut off, names only text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.shortlist import REASONS_SHOWN, TOLD_ELSEWHERE, show_shortlist
from matchmaker.models.types import Shortlist
from matchmaker.sector import Sector

HOSTILE = "[red]& [/nothing]"


@pytest.fixture(scope="module")
def answer(harbour_engine: Matchmaker) -> Shortlist:
    return harbour_engine.shortlist(
        "PEB", relax=["inspected_sound"], compare_with=["nearest"], focus=["groundings"]
    )


def flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_is_readable_at_any_width(
    printed: Callable[..., str], answer: Shortlist, harbours: Sector, width: int
) -> None:
    text = printed(width, show_shortlist, answer, harbours, True, False)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for words in (
        "(PEB) has closed; its successor answers.",
        "Mentoring: options to consider for Corvesand Harbour Board (COR)",
        f"{answer.eligible} of 14 harbours are eligible.",
        "likely place",
        "(first 5: ",
        "by nearest ",
        "Relaxed: inspected_sound.",
        "Strength is looked for in: ",
        *answer.checklist,
        answer.first_step,
        answer.attribution,
    ):
        assert words in flat(text), words


def test_each_option_has_its_reasons(
    printed: Callable[..., str], answer: Shortlist, harbours: Sector
) -> None:
    text = flat(printed(1000, show_shortlist, answer, harbours, False, False))
    assert "Strength is looked for in" not in text
    for option in answer.options:
        assert f"{option.organisation.name} ({option.organisation.code})" in text
        for sentence in option.reasons_for[:REASONS_SHOWN]:
            assert f"+ {sentence}" in text
        for sentence in option.reasons_against[:REASONS_SHOWN]:
            assert f"- {sentence}" in text
        for sentence in option.unknowns:
            assert f"? {sentence}" in text


def test_a_rule_that_could_not_be_checked_stands_with_what_is_unknown(
    printed: Callable[..., str], answer: Shortlist, harbours: Sector
) -> None:
    text = "Could not be checked: inspected as sound. The figure is unknown."
    first = replace(answer.options[0], unchecked=("inspected_sound",), unchecked_reasons=(text,))
    shown = replace(answer, options=(first,))
    assert f"? {text}" in flat(printed(1000, show_shortlist, shown, harbours, True, False))


def test_a_rule_that_was_relaxed_stands_with_the_option(
    printed: Callable[..., str], answer: Shortlist, harbours: Sector
) -> None:
    first = replace(answer.options[0], violated_rules=("inspected_sound",), benchmark_peer=True)
    shown = replace(answer, options=(first,))
    text = flat(printed(1000, show_shortlist, shown, harbours, True, False))
    assert "despite inspected_sound" in text
    assert "peer by" in text


def test_the_excluded_of_the_same_type_are_listed(
    printed: Callable[..., str], answer: Shortlist, harbours: Sector
) -> None:
    text = flat(printed(1000, show_shortlist, answer, harbours, True, True))
    for one in answer.excluded:
        name = f"{one.organisation.name} ({one.organisation.code})"
        assert (name in text) == (one.organisation.type == "fishing")
    for effect in answer.rule_effects:
        assert (f"{effect.rule} {effect.excluded} {effect.alone}" in text) == (effect.excluded > 0)


def test_names_are_only_text(printed: Callable[..., str], answer: Shortlist, harbours: Sector) -> None:
    evil = replace(answer.options[0].organisation, name=HOSTILE, region=HOSTILE)
    option = replace(answer.options[0], organisation=evil, reasons_for=(HOSTILE,), unknowns=(HOSTILE,))
    made = replace(
        answer,
        recipient=evil,
        via=(evil,),
        options=(option,),
        notes=(HOSTILE,),
        checklist=(HOSTILE,),
        first_step=HOSTILE,
        excluded=tuple(
            replace(one, organisation=replace(evil, type="fishing")) for one in answer.excluded[:1]
        ),
    )
    text = printed(1000, show_shortlist, made, harbours, True, True)
    assert text.count(HOSTILE) == 11


def test_the_facts_of_the_recipient_stand_before_those_of_the_options(
    printed: Callable[..., str], answer: Shortlist, harbours: Sector
) -> None:
    text = flat(printed(1000, show_shortlist, answer, harbours, True, False))
    own = [fact for fact in answer.recipient_facts if fact.text and fact.key not in TOLD_ELSEWHERE]
    assert own
    first = answer.options[0].organisation.name
    assert all(f"{fact.label}: {fact.text}" in text.partition(f"{first} (")[0] for fact in own)
