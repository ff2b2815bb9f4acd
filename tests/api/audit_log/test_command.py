"""The commands `matchmaker decisions ...`."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matchmaker.api.audit_log.entry import Entry, digest
from matchmaker.api.audit_log.export import OUTCOME, as_csv
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.cli import app
from matchmaker.errors import MatchmakerError

from .writer import DECISION

FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["decisions", *words])


@pytest.fixture
def kept(log: DecisionLog) -> list[Entry]:
    """Three decisions on record."""
    none = replace(
        DECISION, who="Ann", choice="none", chosen=None, chosen_name=None, reason="Too far, all of them"
    )
    other = replace(DECISION, recipient="RVV", choice="other", chosen="RXC", chosen_name="East Sussex")
    return [log.record(one) for one in (DECISION, none, other)]


def test_the_latest_are_listed(url: str, kept: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.cli.terminal.console.console._width", 200)
    told = run("list", "--log", url, "--limit", "2").output
    assert "2 of 3 decisions" in told
    assert "Ann" in told
    assert "A regulator" in told
    only = run("list", "--log", url, "--recipient", "rvv").output
    assert "1 of 1 decisions" in only
    assert "not among" in only


def test_the_log_is_checked(url: str, kept: list[Entry]) -> None:
    told = run("verify", "--log", url)
    assert told.exit_code == 0
    assert "whole: 3 entries" in told.output
    assert kept[-1].hash in told.output
    assert run("verify", "--log", url, "--holds", kept[1].hash).exit_code == 0
    assert run("verify", "--log", url, "--holds", "0" * 64).exit_code == 1


def test_a_changed_log_ends_with_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    log.record(DECISION)
    log.close()
    with sqlite3.connect(file) as raw:
        raw.execute("DROP TRIGGER decisions_update")
        raw.execute("UPDATE decisions SET chosen = 'RD8'")
    raw.close()
    told = run("verify", "--log", f"sqlite:///{file}")
    assert told.exit_code == 1
    assert "Entry 1 was changed" in told.output


def test_json_lines_hold_all_and_can_be_checked_without_matchmaker(
    url: str, kept: list[Entry], tmp_path: Path
) -> None:
    file = tmp_path / "log.jsonl"
    assert run("export", "--log", url, "--to", str(file)).exit_code == 0
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["hash"] for line in lines] == [entry.hash for entry in kept]
    assert lines[0]["options"][0] == {"rank": 1, "code": "RAX", "name": "Kingston", "fit": 0.7189}
    for line in lines:
        assert line.pop("hash") == digest(line)


def test_csv_opens_in_a_spreadsheet(url: str, kept: list[Entry], tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    run("export", "--log", url, "--to", str(file), "--recipient", "RPA")
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[0]["options"] == "RAX | RD8"
    assert rows[1]["chosen"] == ""
    assert set(rows[0]) == (set(asdict(kept[0])) - {"outcome"}) | set(OUTCOME)
    assert (
        run("export", "--log", url, "--recipient", "RPA").stdout.splitlines()
        == file.read_text("utf-8").splitlines()
    )


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_is_a_formula(kept: list[Entry], words: str) -> None:
    row = next(csv.DictReader(as_csv([replace(kept[0], who=words, reason=words)])))
    assert (row["who"], row["reason"]) == ("'" + words, "'" + words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list",), "No decision log is named"),
        (("verify", "--log", "sqlite:////nowhere/log.db"), "does not exist"),
        (("export", "--log", "LOG", "--to", "log.xlsx"), "neither .csv nor .jsonl"),
        (("export", "--log", "LOG", "--to", "/nowhere/log.csv"), "can't be written"),
        (("migrate", "--log", "oracle://x"), "SQLite, or PostgreSQL"),
    ],
)
def test_faults_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("MATCHMAKER_DECISIONS", raising=False)
    log = DecisionLog(f"sqlite:///{tmp_path / 'decisions.db'}")
    log.migrate()
    log.close()
    ended = run(*(word.replace("LOG", f"sqlite:///{tmp_path / 'decisions.db'}") for word in words))
    assert isinstance(ended.exception, MatchmakerError)
    assert said in str(ended.exception)
    assert not (tmp_path / "log.xlsx").exists()


def test_the_log_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_DECISIONS", f"sqlite:///{tmp_path / 'decisions.db'}")
    assert "has form 0003" in run("migrate").output
    assert "whole: 0 entries" in run("verify").output
