"""Shortlists, why-not and assignments at the command line: every option counts, bad input is refused."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from command_line import Run

from matchmaker import Matchmaker
from matchmaker.cli.terminal.console import console

ASKED = (
    *("shortlist", "Eelhythe", "--limit", "3", "--weight", "setting=0.4", "--weight", "joint work=0.2"),
    *("--relax", "inspected sound", "--focus", "groundings", "--compare-with", "nearest"),
    *("--within-km", "60", "--exclude", "far, GUL", "--region", "west coast", "--region", "East coast"),
)


def codes(answer: dict[str, object]) -> list[str]:
    return [option["organisation"]["code"] for option in answer["options"]]


def test_every_option_counts(ask: Run) -> None:
    answer = ask(*ASKED, "--json").json
    assert answer["relaxed"] == ["inspected_sound"]
    assert len(answer["focus"]) == 1
    effects = {one["rule"] for one in answer["rule_effects"]}
    assert effects >= {"leave_out", "within_km", "in_region"}
    assert "inspected_sound" not in effects
    weights = {row["name"]: row["weight"] for row in answer["options"][0]["rows"]}
    assert (weights["setting_similarity"], weights["joint_work"]) == (0.4, 0.2)
    assert len(codes(answer)) == 3
    assert not {"FAR", "GUL"} & set(codes(answer))
    for option in answer["options"]:
        assert option["ranks_by_method"]["nearest"] >= 1
        assert option["distance_km"] <= 60
    assert [one["method"] for one in answer["agreements"]] == ["nearest"]


def test_without_options_the_sector_decides(ask: Run, harbour_engine: Matchmaker) -> None:
    answer = ask("shortlist", "EEL", "--json").json
    assert answer["arrangement"] == "mentoring"
    assert codes(answer) == [option.organisation.code for option in harbour_engine.shortlist("EEL").options]


def test_an_arrangement_is_named(ask: Run) -> None:
    assert ask("shortlist", "EEL", "--for", "takeover", "--json").json["arrangement"] == "takeover"


def test_an_arrangement_is_read_from_a_file(ask: Run, harbour_folder: Path, tmp_path: Path) -> None:
    text = (harbour_folder / "arrangements" / "mentoring.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace("half_km = 20", "half_km = 5"), "utf-8")
    (usual, changed) = (ask("shortlist", "EEL", "--for", name, "--json").json for name in ("mentoring", own))
    assert codes(usual) and set(codes(usual)) == set(codes(changed))
    assert usual["options"][0]["fit"] > changed["options"][0]["fit"]


@pytest.mark.parametrize(
    ("option", "words", "alone"),
    [("--region", "east coast", "region"), ("--locality", "amber bay", "locality")],
)
def test_candidates_are_narrowed_by_place(ask: Run, option: str, words: str, alone: str) -> None:
    answer = ask(
        "shortlist", "EEL", "--for", "takeover", option, words, "--relax", "within_km", "--json"
    ).json
    assert {one["organisation"][alone].casefold() for one in answer["options"]} == {words}


def test_past_days_know_less(ask: Run) -> None:
    then = ask("shortlist", "DUN", "--as-of", "2019-06-30", "--json").json
    assert then["as_of"] == "2019-06-30"
    assert codes(then) != codes(ask("shortlist", "DUN", "--json").json)


def test_draws_can_be_left_out(ask: Run) -> None:
    drawn, plain = (ask("shortlist", "EEL", *more) for more in ((), ("--draws", "0")))
    assert "likely place" in drawn.text
    assert "likely place" not in plain.text
    assert "first option stays ahead" in drawn.text and "first option stays ahead" not in plain.text


def test_another_method_ranks(ask: Run) -> None:
    done = ask("shortlist", "EEL", "--method", "nearest", "--compare-with", "evidence")
    assert "Method nearest" in done.out
    assert "by evidence " in done.text
    assert "Strength is looked for in" not in done.text, "no criterion of this method asks for it"
    assert "Strength is looked for in" in ask("shortlist", "EEL").text


def test_a_table_has_the_columns_of_every_door(ask: Run, harbour_engine: Matchmaker) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("shortlist", "EEL", "--csv").out)))
    expected = harbour_engine.shortlist("EEL").to_rows()
    assert [row["code"] for row in rows] == [row["code"] for row in expected]
    assert list(rows[0]) == list(expected[0])


def test_nobody_eligible_comes_with_the_way_out(ask: Run) -> None:
    done = ask("shortlist", "EEL", "--within-km", "1")
    assert done.code == 0
    assert "No candidate is eligible." in done.out
    assert re.search(r"within_km \(\d+\)", done.text)
    assert "Relaxing one alone would bring back:" in done.text


def test_the_excluded_are_listed_with_reasons(ask: Run) -> None:
    text = ask("shortlist", "EEL", "--excluded").text
    assert "Excluded, of the same type" in text
    assert "It is on watch level 4" in text
    assert "Excluded" not in ask("shortlist", "EEL").text


@pytest.mark.parametrize("form", ["html"])
def test_a_report_is_written(ask: Run, tmp_path: Path, form: str) -> None:
    report = tmp_path / f"shortlist.{form}"
    done = ask("shortlist", "EEL", "--report", report)
    assert done.code == 0, done.err
    assert f"Wrote {report}" in done.out.replace("\n", "")
    page = report.read_text("utf-8")
    assert "Farrowness Harbour Board" in page and "harbour" in page
    assert "trust" not in page


def test_why_not_says_what_would_change_it(ask: Run) -> None:
    text = ask("why-not", "Eelhythe", "Corvesand", "--limit", "2").text
    assert "Its rank is 3." in text
    assert "COR adds" in text and "FAR adds" in text
    assert "To be among the first 2, one of these would do" in text
    asked = ("why-not", "EEL", "COR", "--limit", "2", "--json")
    change = next(one for one in ask(*asked).json["to_list"] if one["kind"] == "weight")
    assert ask(*asked, "--weight", f"{change['name']}={change['to']}").json["rank"] <= 2


def test_why_not_says_which_rules_exclude(ask: Run) -> None:
    text = ask("why-not", "EEL", "KIT").text
    assert "Excluded. It is of another kind (ferry) than the recipient (fishing)." in text
    assert "Let in alone, it would stand in place " in text


def test_an_assignment_gives_each_one_option(ask: Run) -> None:
    done = ask("assign")
    assert "options to consider for 3 harbours at once" in done.text
    answer = ask("assign", "--recipients", "OSP, Inkwell", "--floor", "0.1", "--draws", "0", "--json").json
    assert [pair["recipient"]["code"] for pair in answer["pairs"]] == ["INK", "OSP"]
    assert answer["floor"] == 0.1
    assert answer["pairs"][0]["selection_frequency"] is None
    east = ask("assign", "--recipients-in", "East coast", "--json").json
    assert [one["recipient"]["code"] for one in (*east["pairs"], *east["unmatched"])] == ["OSP"]


def test_an_assignment_as_a_table(ask: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("assign", "--csv").out)))
    assert [row["recipient"] for row in rows] == ["EEL", "INK", "OSP"]


BAD_OPTIONS = [
    (("--weight", "setting"), "--weight: "),
    (("--weight", "setting"), "'setting' is not a weight; write it as criterion=number."),
    (("--weight", "setting=much"), "'setting=much' is not a weight"),
    (("--weight", "setting=-1"), "--weight: The weight -1 of 'setting' is not 0 or more."),
    (("--weight", "setting=nan"), "--weight: "),
    (("--weight", "charm=1"), "--weight: 'charm' is no criterion of mentoring. The criteria are:"),
    (("--relax", "charm"), "--relax: 'charm' is no rule of mentoring. The rules are:"),
    (("--focus", "charm"), "--focus: 'charm' can't be a focus area. Choose from:"),
    (("--method", "guess"), "--method: There is no method 'guess'. Choose one of evidence"),
    (("--compare-with", "guess"), "--compare-with: There is no method 'guess'."),
    (("--exclude", "RPAX"), "--exclude: No organisation has the code or name 'RPAX'."),
    (("--region", "Kent"), "--region: There is no coast 'Kent'. The"),
    (("--locality", "Kent"), "--locality: There is no bay 'Kent'. The bays are:"),
    (("--for", "adoption"), "--for: There is no arrangement 'adoption'. Choose one of"),
    (("--for", "none.toml"), "none.toml"),
    (("--as-of", "July"), "'July' is not a date. Write it as 2016-07-01"),
    (("--as-of", "1999-01-01"), "--as-of: Nothing was known yet on 1 January 1999"),
]
"""Options of a query, with what is said of them."""
COMMANDS = (("shortlist", "EEL"), ("why-not", "EEL", "FAR"), ("assign",))


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        (command, arguments, words)
        for command in COMMANDS
        for arguments, words in BAD_OPTIONS
        if command[0] == "shortlist" or arguments[0] not in {"--method", "--compare-with"}
    ],
)
def test_bad_options_are_one_sentence_and_the_next_step(
    ask: Run, command: tuple[str, ...], arguments: tuple[str, str], words: str
) -> None:
    done = ask(*command, *arguments)
    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("assign", "--capacity", "0"), "Give 1 or more."),
        (("assign", "--floor", "2"), "Give a number from 0 to 1."),
        (("assign", "--recipients-in", "Mercia"), "The"),
        (("assign", "--recipients", "XYZ"), "No organisation has the code or name 'XYZ'."),
        (("assign", "--as-of", "2015-04-01"), "--as-of: Nothing was known yet on 1 April 2015"),
        (("shortlist", "XYZ"), "XYZ"),
        (("shortlist", "Eelhyhte"), "Did you mean Eelhythe Harbour Board (EEL)"),
        (("why-not", "EEL", "EEL"), "A harbour can't be its own partner."),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(
    ask: Run, arguments: tuple[str, ...], words: str
) -> None:
    done = ask(*arguments)
    assert done.code == 1
    assert words in done.err and "Traceback" not in done.err
    assert done.out == ""


def test_a_closed_organisation_is_answered_through_its_successor(ask: Run) -> None:
    done = ask("shortlist", "PEB")
    assert done.code == 0, done.err
    assert "(PEB) has closed; its successor answers." in done.text
    assert "Corvesand Harbour Board (COR)" in done.text


@pytest.mark.slow
def test_the_same_query_gives_the_same_bytes(harbour_folder: Path) -> None:
    import os
    import subprocess
    import sys

    outs = []
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "matchmaker", "--sector", "harbours", "assign", "--json"]
        env = {**os.environ, "MATCHMAKER_SECTORS": str(harbour_folder), "PYTHONHASHSEED": seed}
        outs.append(subprocess.run(command, capture_output=True, check=True, env=env).stdout)
    assert outs[0] == outs[1]


@pytest.mark.snapshot
def test_a_service_is_named_and_asked_for(run: Run) -> None:
    asked = ("--sector", "nhs", "shortlist", "RQM", "--for", "service", "--as-of", "2016-01-01")
    refused = run(*asked)
    assert refused.code == 1
    assert "accident_and_emergency, planned_care" in " ".join(refused.err.split())
    answer = run(*asked, "--service", "planned care", "--json").json
    assert {option["organisation"]["type"] for option in answer["options"]} > {"community", "acute"}
    why = run(
        *("--sector", "nhs", "why-not", "RQM", "RT3", "--for", "service", "--service", "planned_care"),
        *("--as-of", "2016-01-01"),
    ).text
    assert "Excluded" not in why and "Its rank is" in why


@pytest.mark.snapshot
def test_a_group_is_shown_and_left_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 240)
    asked = ("--sector", "nhs", "shortlist", "RN7", "--for", "merger")
    shown = run(*asked).text
    assert "already one with it in all but name" in " ".join(shown.split())
    answer = run(*asked, "--outside-group", "--json").json
    assert "RPA" not in codes(answer)
    assert {one["rule"] for one in answer["rule_effects"]} >= {"outside_group"}


@pytest.mark.snapshot
def test_the_structural_reason_against_is_never_cut_off(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 240)
    asked = ("shortlist", "RY9", "--for", "merger", "--as-of", "2024-06-30", "--relax", "same_type")
    answer = run("--sector", "nhs", *asked, "--limit", "20", "--json").json
    text = " ".join(run("--sector", "nhs", *asked, "--limit", "20").text.split())
    rows = list(csv.DictReader(io.StringIO(run("--sector", "nhs", *asked, "--limit", "20", "--csv").out)))
    across = [one for one in answer["options"] if one["organisation"]["type"] != "community"]
    assert across
    assert text.count("It is of another kind") == len(across)
    for one in across:
        assert rows[one["rank"] - 1]["reasons_against"].startswith("It is of another kind")
