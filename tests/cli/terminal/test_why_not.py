"""Why a candidate has its rank, in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.why_not import show_why_not

HOSTILE = "[red]& [/nothing]"


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("candidate", ["FAR", "COR", "KIT"])
def test_it_fits_the_terminal(
    printed: Callable[..., str], harbour_engine: Matchmaker, candidate: str, width: int
) -> None:
    lines = printed(width, show_why_not, harbour_engine.why_not("EEL", candidate)).splitlines()
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)


def test_contributions_stand_next_to_those_of_the_first(
    printed: Callable[..., str], harbour_engine: Matchmaker
) -> None:
    answer = harbour_engine.why_not("EEL", "COR", limit=2)
    text = " ".join(printed(1000, show_why_not, answer).replace("│", " ").split())
    for row, first in zip(answer.rows[1:-1], answer.first_rows[1:-1], strict=True):
        assert f"{row.label} {row.contribution:+.3f} {first.contribution:+.3f} {row.sentence}" in text
    assert f"Total {answer.fit:.3f} " in text
    for change in (*answer.to_first, *answer.to_list):
        assert change.sentence in text


def test_the_first_stands_alone(printed: Callable[..., str], harbour_engine: Matchmaker) -> None:
    text = printed(1000, show_why_not, harbour_engine.why_not("EEL", "FAR"))
    assert "Its rank is 1." in text
    assert text.count(" adds") == 1


def test_names_are_only_text(printed: Callable[..., str], harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.why_not("EEL", "COR")
    evil = replace(answer.candidate, name=HOSTILE)
    rows = (replace(answer.rows[0], sentence=HOSTILE), *answer.rows[1:])
    made = replace(answer, candidate=evil, recipient=evil, first=replace(evil, code="FAR"), rows=rows)
    assert printed(1000, show_why_not, made).count(HOSTILE) == 4
