"""The command as a whole: which sector it works on, and what it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Run
from typer.main import get_command

from matchmaker import __version__
from matchmaker.cli import app, needed

HEAVY = {"pandas", "sklearn", "scipy", "lightgbm", "fastapi", "dataframely", "fastexcel", "rdata", "jinja2"}
"""Needed by some commands only."""
FRAMES = {"polars", "numpy", "pydantic"}
"""Not needed to print help."""
COMMANDS = {
    *("shortlist", "why-not", "assign", "organisation", "organisations", "template", "signs"),
    *("batch", "features", "services", "compare"),
    *("sectors", "arrangements", "methods", "rules", "evaluate", "serve", "openapi"),
    *("snapshot", "train", "decisions", "keys"),
}

LISTS = {"shortlist", "why-not", "assign"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sector", "harbours", "organisations", "eel"),
        ("organisations", "eel", "--sector", "harbours"),
        ("organisations", "--sector", "harbours", "eel"),
        ("organisations", "--sector=harbours", "eel"),
    ],
)
def test_a_sector_is_named_before_or_after_the_command(
    run: Run, harbours_installed: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments)
    assert done.code == 0, done.err
    assert "Eelhythe Harbour Board" in done.out
    assert "1 harbour\n" in done.out


def test_a_sector_is_named_by_the_environment(
    run: Run, harbours_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTOR", "harbours")
    assert "Eelhythe" in run("organisations", "eel").out
    assert "There is no sector 'piers'." in run("--sector", "piers", "organisations", "eel").err


def test_words_after_two_dashes_are_no_options(run: Run, harbours_installed: Path) -> None:
    done = run("--sector", "harbours", "organisations", "--", "--sector")
    assert done.code == 1
    assert "No open harbour matches '--sector'." in done.err


@pytest.mark.snapshot
def test_of_several_sectors_one_says_of_itself_that_it_need_not_be_named(
    run: Run, harbours_installed: Path
) -> None:
    assert "Medway" in run("organisations", "medway").out


def test_the_snapshot_in_use_names_its_sector(
    run: Run, harbours_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_SNAPSHOT", str(harbours_installed / "artefacts" / "snapshot.zip"))
    assert "1 harbour\n" in run("organisations", "eel").out


@pytest.mark.snapshot
def test_the_only_sector_need_not_be_named(run: Run) -> None:
    assert "Medway" in run("organisations", "medway").out


def test_a_sector_that_does_not_exist_is_refused(run: Run, harbours_installed: Path) -> None:
    done = run("--sector", "piers", "organisations")
    assert (done.code, done.out) == (1, "")
    assert done.err == "There is no sector 'piers'. Choose one of harbours, nhs, schools.\n"


def test_every_command_is_in_the_help(run: Run) -> None:
    out = run("--help").out
    assert {word for word in COMMANDS if f" {word} " in out} == COMMANDS


def imported(*arguments: str) -> set[str]:
    """The top-level packages that a command imports; how long that takes is for the benchmarks."""
    command = [sys.executable, "-X", "importtime", "-m", "matchmaker", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    packages = set()
    for line in done.stderr.splitlines():
        if line.startswith("import time:") and "|" in line:
            packages.add(line.rpartition("|")[2].strip().split(".")[0])
    return packages


def test_help_imports_no_frames() -> None:
    packages = imported("--help")
    assert "typer" in packages
    assert not packages & (HEAVY | FRAMES)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("shortlist", "EEL"), ("organisation", "EEL"), ("organisations",)])
def test_an_answer_leaves_heavy_libraries_alone(
    harbour_folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    packages = imported("--sector", "harbours", *arguments)
    assert packages >= FRAMES
    assert not packages & HEAVY


@pytest.mark.slow
@pytest.mark.snapshot
def test_lightgbm_is_imported_where_it_ranks() -> None:
    assert "lightgbm" in imported("shortlist", "RPA", "--method", "practice-lightgbm")
    assert "lightgbm" not in imported("shortlist", "RPA", "--method", "practice")


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert (done.code, done.out) == (0, f"matchmaker {__version__}\n")


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (("shortlist", "RPA"), LISTS),
        (("--sector", "nhs", "data", "export"), {"data"}),
        (("--sector=nhs", "why-not"), LISTS),
    ],
)
def test_only_the_commands_that_are_asked_for_are_made(words: tuple[str, ...], made: set[str]) -> None:
    assert set(get_command(needed(words)).commands) == made


@pytest.mark.parametrize("words", [(), ("--help",), ("--help", "data"), ("nonsense",), ("--sector",)])
def test_all_commands_are_made_where_none_is_named(words: tuple[str, ...]) -> None:
    assert needed(words) is app
