"""Commands that run the service, describe it and look after its keys."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from command_line import Run

from matchmaker.api import server
from matchmaker.cli.service import APPLICATION


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The arguments with which the service was started, which it is not."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(server, "run", lambda *arguments: calls.append(arguments))
    monkeypatch.setenv("MATCHMAKER_SERVE_SECTORS", "")
    return calls


def test_the_service_is_started_as_asked(run: Run, started: list[tuple[object, ...]]) -> None:
    assert run("serve", "--host", "0.0.0.0", "--port", "8123", "--workers", "3").code == 0
    assert started == [(APPLICATION, "0.0.0.0", 8123, 3)]
    assert not os.environ.get("MATCHMAKER_SERVE_SECTORS")


def test_one_sector_is_served_where_it_is_named(
    run: Run, started: list[tuple[object, ...]], harbours_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbours_installed))
    assert run("serve", "--sector", "harbours").code == 0
    assert len(started) == 1
    assert os.environ["MATCHMAKER_SERVE_SECTORS"] == "harbours"
    assert run("serve", "--sector", "piers").code == 1
    assert len(started) == 1


def test_the_service_is_described(ask: Run, tmp_path: Path) -> None:
    to = tmp_path / "openapi.json"
    done = ask("openapi", "--to", to)
    assert done.code == 0, done.err
    description = json.loads(to.read_text("utf-8"))
    assert "/v1/{sector}/organisations/{code}/shortlist" in description["paths"]


def test_a_key_is_made_listed_and_revoked(run: Run, tmp_path: Path) -> None:
    file = ("--file", tmp_path / "keys.json")
    made = run("keys", "create", "dashboard", "--scope", "decide", "--expires", "2027-03-31", *file)
    assert made.code == 0 and len(made.out.strip()) > 40
    assert "can't be shown again" in made.err
    listed = run("keys", "list", *file).text
    assert "dashboard decide" in listed and "31 March 2027" in listed
    assert made.out.strip() not in listed
    assert "(dashboard)." in run("keys", "revoke", "dashboard", *file).out
    assert "dashboard" not in run("keys", "list", *file).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create", "x", "--expires", "soon"), "'soon' is not a date."),
        (("create", "x", "--scope", "rule"), "rule"),
        (("revoke", "nobody"), "nobody"),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "keys.json"
    assert run("keys", "create", "first", "--file", file).code == 0
    done = run("keys", *arguments, "--file", file)
    assert (done.code, done.out) == (1, "")
    assert words in done.err and "Traceback" not in done.err
