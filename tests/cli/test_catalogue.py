"""What there is to ask with, listed at the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from command_line import Run
from openpyxl import load_workbook

from matchmaker.cli.terminal.console import console
from matchmaker.features import features
from matchmaker.features.services import services
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.rules import rules
from matchmaker.models.registry import methods
from matchmaker.sector import Sector, load_sector


def test_sectors_are_listed(run: Run, harbours_installed: Path) -> None:
    text = run("sectors").text
    assert "harbours Harbours Made-up harbours on two coasts" in text
    assert "nhs NHS trusts in England" in text


def test_arrangements_are_listed_with_weights_and_evidence(ask: Run, harbours: Sector) -> None:
    text = ask("arrangements").text
    for arrangement in arrangements(harbours).values():
        assert f"{arrangement.label} ({arrangement.name}): " in text
    assert "Setting 0.4 E1 Mentors from a like setting" in text
    assert "judgement" in text


def test_methods_are_listed_with_labels(ask: Run, harbours: Sector) -> None:
    text = ask("methods").text
    for name, method in methods(harbours).items():
        assert f"{name} {method.label} " in text


def test_rules_are_listed_with_parameters(ask: Run, harbours: Sector) -> None:
    text = ask("rules").text
    assert all(name in text for name in rules(harbours))
    assert "watch_level Watch level highest" in text


@pytest.mark.snapshot
def test_services_are_listed_with_how_many_run_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 240)
    text = run("--sector", "nhs", "services", "--as-of", "2016-01-01").text
    assert all(name in text for name in services(load_sector("nhs")))
    assert "planned_care Planned care, all specialties 189" in text
    assert "cardiology Cardiology 0" in text


def test_features_are_listed_with_what_focus_takes(ask: Run, harbours: Sector) -> None:
    rows = ask("features", "--json").json
    assert [row["name"] for row in rows] == [one.name for one in features(harbours)]
    usable = [row["name"] for row in ask("features", "--focus", "--json").json]
    assert usable == [one.name for one in features(harbours) if one.direction != "none"]
    for name in usable:
        assert ask("shortlist", "EEL", "--focus", name, "--limit", "1", "--csv").code == 0, name
    text = ask("features", "ground").text
    assert "groundings" in text and "berths" not in text
    assert ask("features", "hospital").err.startswith("No feature matches 'hospital'.")


LISTS = ("sectors", "arrangements", "methods", "rules", "features", "services", "organisations")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_table_for_programs(run: Run, tmp_path: Path, name: str) -> None:
    rows = run("--sector", "nhs", name, "--json").json
    table = list(csv.DictReader(io.StringIO(run("--sector", "nhs", name, "--csv").out)))
    assert rows and len(table) == len(rows)
    assert list(table[0]) == list(rows[0])
    for ending in ("xlsx", "docx", "json"):
        assert run("--sector", "nhs", name, "--out", tmp_path / f"a.{ending}").code == 0
    book = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert book.max_row == len(rows) + 1


def test_a_list_in_a_narrow_terminal_is_still_read(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 30)
    done = ask("organisations", "eel")
    assert "Code: EEL\nName: Eelhythe Harbour Board\n" in done.out
    assert "…" not in done.out
    assert "watch_level" in ask("rules").out


def test_no_name_that_commands_take_is_cut_short(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 60)
    text = run("--sector", "nhs", "rules").out
    assert "not_already_helping" in text and "rated_better_than_inadequate" in text
