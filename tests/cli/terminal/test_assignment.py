"""An assignment in a terminal: readable at any width, nothing cut off, names only text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.assignment import show_assignment
from matchmaker.models.assignment.types import Assignment
from matchmaker.sector import Sector

HOSTILE = "[red]& [/nothing]"
RECIPIENTS = ("DUN", "EEL", "HER", "INK", "MEW", "OSP")


@pytest.fixture(scope="module")
def answer(harbour_engine: Matchmaker) -> Assignment:
    made = harbour_engine.assign(RECIPIENTS, floor=0.6, n_draws=50)
    assert made.pairs and made.unmatched
    return made


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_fits_the_terminal(
    printed: Callable[..., str], answer: Assignment, harbours: Sector, width: int
) -> None:
    lines = printed(width, show_assignment, answer, harbours).splitlines()
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)


def test_everyone_is_named_with_reasons_and_what_to_know(
    printed: Callable[..., str], answer: Assignment, harbours: Sector
) -> None:
    text = printed(1000, show_assignment, answer, harbours)
    assert f"Mentoring: options to consider for {len(RECIPIENTS)} harbours at once" in text
    for pair in answer.pairs:
        assert f"{pair.recipient.name} ({pair.recipient.code})" in text
        assert f"{pair.partner.name} ({pair.partner.code})" in text
        assert pair.reasons_for[0] in text
    for one in answer.unmatched:
        assert one.sentence in text
    for line in (*answer.summary, *answer.notes, *answer.checklist, answer.first_step, answer.attribution):
        assert line in text


def test_what_could_not_be_checked_stands_with_the_pair(
    printed: Callable[..., str], answer: Assignment, harbours: Sector
) -> None:
    text = "Could not be checked: inspected as sound. The figure is unknown."
    unsure = replace(answer.pairs[0], unchecked=("inspected_sound",), unchecked_reasons=(text,))
    shown = replace(answer, pairs=(unsure, *answer.pairs[1:]))
    assert f"? {text}" in printed(1000, show_assignment, shown, harbours)


def test_blocking_pairs_say_what_they_would_undo(
    printed: Callable[..., str], engine: Matchmaker, harbours: Sector
) -> None:
    answer = engine.assign(floor=0.6, parameters={"within_km": {"km": 700}}, n_draws=0)
    assert answer.blocking_pairs
    text = printed(1000, show_assignment, answer, harbours)
    assert "Would rather have each other" in text
    assert f"{answer.blocking_pairs[0].total_loss:.3f}" in text


def test_names_are_only_text(printed: Callable[..., str], answer: Assignment, harbours: Sector) -> None:
    evil = replace(answer.pairs[0].recipient, name=HOSTILE)
    made = replace(
        answer,
        via=(evil,),
        pairs=(replace(answer.pairs[0], recipient=evil, partner=evil, reasons_for=(HOSTILE,)),),
        unmatched=(replace(answer.unmatched[0], recipient=evil, sentence=HOSTILE),),
        summary=(HOSTILE,),
        notes=(HOSTILE,),
        checklist=(HOSTILE,),
        first_step=HOSTILE,
    )
    assert printed(1000, show_assignment, made, harbours).count(HOSTILE) == 10
