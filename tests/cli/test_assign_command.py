"""The command `assign`: readable at any width, the same bytes again, errors in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal import console
from matchmaker.cli.terminal.assignment import show_assignment
from matchmaker.models.assignment.types import Assignment

HOSTILE = "[red]& [/nothing]"


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matchmaker", "assign", *arguments]
    own = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own | env)


@pytest.fixture(scope="module")
def answer(engine: Matchmaker) -> Assignment:
    return engine.assign(floor=0.65, draws=50)


def said(answer: Assignment, capsys: pytest.CaptureFixture[str]) -> str:
    show_assignment(answer)
    return capsys.readouterr().out


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_it_fits_the_terminal(
    columns: int,
    answer: Assignment,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console, "width", columns)
    lines = said(answer, capsys).splitlines()
    assert max(map(len, lines)) <= columns
    assert not any("…" in line for line in lines)


def test_everyone_is_named_with_reasons_and_what_to_know(
    answer: Assignment, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 1000)
    words = said(answer, capsys)
    assert answer.pairs and answer.unmatched and answer.rather
    for pair in answer.pairs:
        assert f"{pair.recipient.name} ({pair.recipient.code})" in words
        assert f"{pair.partner.name} ({pair.partner.code})" in words
        assert pair.reasons_for[0] in words
    for one in answer.unmatched:
        assert one.sentence in words
    for line in (*answer.summary, *answer.notes, *answer.checklist, answer.first_step, answer.attribution):
        assert line in words
    assert f"{answer.rather[0].lost:.3f}" in words


def test_hostile_names_are_only_text(
    answer: Assignment, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 1000)
    evil = replace(answer.pairs[0].recipient, name=HOSTILE)
    made = replace(
        answer,
        via=(evil,),
        pairs=(replace(answer.pairs[0], recipient=evil, partner=evil, reasons_for=(HOSTILE,)),),
        unmatched=(replace(answer.unmatched[0], recipient=evil, sentence=HOSTILE),),
        rather=(replace(answer.rather[0], recipient=evil, displaced=evil),),
        summary=(HOSTILE,),
        notes=(HOSTILE,),
    )
    assert said(made, capsys).count(HOSTILE) >= 9


def test_the_same_question_gives_the_same_bytes() -> None:
    question = ("--recipients", "RPA,Kettering,RVV", "--json")
    first, second = (run(*question, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.returncode == 0
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert [pair["recipient"]["code"] for pair in told["pairs"]] == ["RNQ", "RPA", "RVV"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--capacity", "0"), "Give 1 or more."),
        (("--floor", "2"), "Give a number from 0 to 1."),
        (("--recipients-in", "Mercia"), "The regions are:"),
        (("--relax", "no_rule"), "The rules are:"),
        (("--recipients", "XYZ"), "XYZ"),
        (("--as-of", "2016-01-01"), "Name the recipients"),
        (("--for", "marriage"), "buddying"),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr
