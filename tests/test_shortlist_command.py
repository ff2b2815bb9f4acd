"""Shortlists at the command line: every option of a question, readable at any width, bad input refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from matchmaker.models.arrangement import arrangements
from matchmaker.models.methods import METHODS
from matchmaker.models.rules import RULES


def run(*arguments: str, columns: int = 100) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matchmaker", *arguments]
    env = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    env |= {"COLUMNS": str(columns), "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def flat(text: str) -> str:
    """What a text says, however it is broken into lines and cells."""
    return " ".join(text.replace("│", " ").split())


ASKED = (
    *("shortlist", "Medway", "--limit", "3", "--weight", "context=0.4", "--weight", "size similarity=0.2"),
    *("--relax", "rated good or better", "--focus", "mortality", "--beside", "nearest", "--within-km", "400"),
    *("--exclude", "RAX, rd8", "--region", "London", "--region", "midlands"),
)


def test_every_part_of_a_question_counts() -> None:
    told = json.loads(run(*ASKED, "--json").stdout)
    assert told["relaxed"] == ["rated_good_or_better"]
    assert len(told["focus"]) == 1
    assert {one["rule"] for one in told["removals"]} >= {"leave_out", "within_km", "in_region"}
    weights = {row["name"]: row["weight"] for row in told["options"][0]["rows"]}
    assert (weights["context_similarity"], weights["size_similarity"]) == (0.4, 0.2)
    for option in told["options"]:
        assert option["trust"]["region"] in {"London", "Midlands"}
        assert option["trust"]["ods"] not in {"RAX", "RD8"}
        assert option["other_ranks"]["nearest"] >= 1
        assert option["distance_km"] <= 400


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_shortlist_is_readable_at_any_width(columns: int) -> None:
    done = run(*ASKED, columns=columns)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= columns
    text = flat(done.stdout)
    for words in ("likely place", "(first 5: ", "by nearest ", "Relaxed: rated_good_or_better.", "score 0."):
        assert words in text
    cells = [line.split("│")[2:4] for line in done.stdout.splitlines() if line.count("│") == 4]
    reasons = [reason.strip() for _, reason in cells]
    assert any(reason.startswith("+ Closer in context than") for reason in reasons)


def test_doubt_can_be_left_out() -> None:
    done = run("shortlist", "RPA", "--limit", "2", "--no-doubt")
    assert done.returncode == 0
    assert "likely place" not in done.stdout
    assert "told apart" not in done.stdout


def test_another_method_ranks() -> None:
    done = run(
        "shortlist", "RPA", "--method", "nearest", "--beside", "evidence", "--limit", "2", "--for", "merger"
    )
    assert done.returncode == 0
    assert "Method nearest" in done.stdout
    assert "by evidence " in done.stdout


def test_a_system_can_be_required() -> None:
    told = json.loads(run("shortlist", "RPA", "--system", "kent and medway", "--json", "--no-doubt").stdout)
    assert {option["trust"]["system"] for option in told["options"]} == {"Kent and Medway"}


def test_nobody_eligible_is_told_with_the_way_out() -> None:
    done = run("shortlist", "RPA", "--within-km", "1")
    assert done.returncode == 0
    assert "No candidate is eligible." in done.stdout
    assert "within_km (200)" in flat(done.stdout)
    assert "Relaxing one alone would bring back:" in flat(done.stdout)


def test_why_not_tells_what_would_change_it() -> None:
    done = run("why-not", "Medway", "East Sussex", "--for", "acquisition")
    text = flat(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "It stands in place " in text
    assert "RXC adds" in text
    assert "To be among the first 10, one of these would do" in text
    told = json.loads(run("why-not", "RPA", "RXC", "--for", "acquisition", "--json").stdout)
    weight = next(change for change in told["to_list"] if change["kind"] == "weight")
    again = run(
        *("why-not", "RPA", "RXC", "--for", "acquisition", "--json"),
        *("--weight", f"{weight['name']}={weight['to']}"),
    )
    assert json.loads(again.stdout)["rank"] <= 10 < told["rank"]


def test_why_not_tells_the_rules_that_exclude() -> None:
    text = flat(run("why-not", "RPA", "RXY").stdout)
    assert "Excluded. It is of another kind (mental health) than the recipient (acute)." in text
    assert "Without these rules it would stand in place " in text


def test_methods_and_rules_and_arrangements_are_listed() -> None:
    for command, names in (("methods", METHODS), ("rules", RULES), ("arrangements", arrangements())):
        text = flat(run(command).stdout)
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
def test_bad_options_are_refused_in_a_sentence(arguments: tuple[str, str], said: str) -> None:
    done = run("shortlist", "RPA", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
