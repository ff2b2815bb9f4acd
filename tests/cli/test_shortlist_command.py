"""Shortlists at the command line: every option of a question, readable at any width, bad input refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from matchmaker.cli import main
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.rules import RULES
from matchmaker.models.registry import METHODS


@dataclass
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command within this process."""
    monkeypatch.delenv("MATCHMAKER_SNAPSHOT", raising=False)

    def go(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["matchmaker", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return Done(int(end.value.code or 0), told.out, told.err)

    return go


def flat(text: str) -> str:
    """What a text says, however it is broken into lines and cells."""
    return " ".join(text.replace("│", " ").split())


ASKED = (
    *("shortlist", "Medway", "--limit", "3", "--weight", "context=0.4", "--weight", "size similarity=0.2"),
    *("--relax", "rated good or better", "--focus", "mortality", "--beside", "nearest", "--within-km", "400"),
    *("--exclude", "RAX, rd8", "--region", "London", "--region", "midlands"),
)


def test_every_part_of_a_question_counts(run: Run) -> None:
    told = json.loads(run(*ASKED, "--json").out)
    assert told["relaxed"] == ["rated_good_or_better"]
    assert len(told["focus"]) == 1
    assert {one["rule"] for one in told["rule_effects"]} >= {"leave_out", "within_km", "in_region"}
    weights = {row["name"]: row["weight"] for row in told["options"][0]["rows"]}
    assert (weights["context_similarity"], weights["size_similarity"]) == (0.4, 0.2)
    for option in told["options"]:
        assert option["trust"]["region"] in {"London", "Midlands"}
        assert option["trust"]["code"] not in {"RAX", "RD8"}
        assert option["ranks_by_method"]["nearest"] >= 1
        assert option["distance_km"] <= 400


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_shortlist_is_readable_at_any_width(columns: int) -> None:
    command = [sys.executable, "-m", "matchmaker", *ASKED]
    env = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    env |= {"COLUMNS": str(columns), "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    assert max(map(len, done.stdout.splitlines())) <= columns
    text = flat(done.stdout)
    for words in ("likely place", "(first 5: ", "by nearest ", "Relaxed: rated_good_or_better.", "score 0."):
        assert words in text
    cells = [line.split("│")[2:4] for line in done.stdout.splitlines() if line.count("│") == 4]
    reasons = [reason.strip() for _, reason in cells]
    assert any(reason.startswith("+ Closer in context than") for reason in reasons)


def test_doubt_can_be_left_out(run: Run) -> None:
    done = run("shortlist", "RPA", "--limit", "2", "--no-doubt")
    assert done.code == 0
    assert "likely place" not in done.out
    assert "told apart" not in done.out


def test_another_method_ranks(run: Run) -> None:
    done = run(
        "shortlist", "RPA", "--method", "nearest", "--beside", "evidence", "--limit", "2", "--for", "merger"
    )
    assert done.code == 0
    assert "Method nearest" in done.out
    assert "by evidence " in done.out


def test_a_system_can_be_required(run: Run) -> None:
    told = json.loads(run("shortlist", "RPA", "--system", "kent and medway", "--json", "--no-doubt").out)
    assert {option["trust"]["locality"] for option in told["options"]} == {"Kent and Medway"}


def test_nobody_eligible_is_told_with_the_way_out(run: Run) -> None:
    done = run("shortlist", "RPA", "--within-km", "1")
    assert done.code == 0
    assert "No candidate is eligible." in done.out
    assert re.search(r"within_km \(\d+\)", flat(done.out))
    assert "Relaxing one alone would bring back:" in flat(done.out)


def test_why_not_tells_what_would_change_it(run: Run) -> None:
    asked = ("--for", "acquisition", "--limit", "15", "--json")
    far = json.loads(run("shortlist", "RPA", *asked, "--no-doubt").out)["options"][14]["trust"]["code"]
    text = flat(run("why-not", "Medway", far, "--for", "acquisition").out)
    assert "It stands in place 15." in text
    assert f"{far} adds" in text
    assert "To be among the first 10, one of these would do" in text
    command = ("why-not", "RPA", far, "--for", "acquisition", "--json")
    changes = json.loads(run(*command).out)["to_list"]
    weight = next(change for change in changes if change["kind"] == "weight")
    again = run(*command, "--weight", f"{weight['name']}={weight['to']}")
    assert json.loads(again.out)["rank"] <= 10


def test_why_not_tells_the_rules_that_exclude(run: Run) -> None:
    text = flat(run("why-not", "RPA", "RXY").out)
    assert "Excluded. It is of another kind (mental health) than the recipient (acute)." in text
    assert "Without these rules it would stand in place " in text


def test_methods_and_rules_and_arrangements_are_listed(run: Run) -> None:
    for command, names in (("methods", METHODS), ("rules", RULES), ("arrangements", arrangements())):
        text = flat(run(command).out)
        assert all(name in text for name in names)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weight", "context"), "'context' is not a weight. Write it as criterion=number"),
        (("--weight", "context=much"), "'context=much' is not a weight."),
        (("--weight", "context=-1"), "The weight -1 of 'context' is not 0 or more."),
        (("--weight", "context=nan"), "The weight nan of 'context' is not 0 or more."),
        (("--weight", "charm=1"), "'charm' is no criterion of buddying. The criteria are:"),
        (("--relax", "charm"), "'charm' is no rule of buddying. The rules are:"),
        (("--focus", "charm"), "'charm' can't be a focus area. Choose from:"),
        (("--method", "guess"), "There is no method 'guess'. Choose one of evidence"),
        (("--beside", "guess"), "There is no method 'guess'."),
        (("--exclude", "RPAX"), "There is no organisation with the code 'RPAX'."),
        (("--region", "Kent"), "There is no region 'Kent'. The regions are: East of England"),
        (("--system", "Kent"), "There is no system 'Kent'. The systems are:"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(run: Run, arguments: tuple[str, str], said: str) -> None:
    done = run("shortlist", "RPA", *arguments)
    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
