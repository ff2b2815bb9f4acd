"""What is written where the output can't hold every character."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MATCHMAKER = [sys.executable, "-m", "matchmaker", "--sector", "harbours"]


@pytest.fixture
def harbours_env(harbour_folder: Path) -> dict[str, str]:
    """The environment of a command on the harbours."""
    return os.environ | {"MATCHMAKER_SECTORS": str(harbour_folder)}


def test_an_output_that_is_not_utf_8_ends_no_command() -> None:
    command = [sys.executable, "-m", "matchmaker", "--sector", "nhs", "shortlist", "RPA", "--limit", "1"]
    for extra in ([], ["--csv"]):
        run = subprocess.run(
            [*command, *extra],
            capture_output=True,
            check=False,
            env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        )
        assert run.returncode == 0, run.stderr
        assert b"-9.1%" in run.stdout or b"-4.9%" in run.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize(
    "arguments", [("organisation", "EEL"), ("snapshot", "info"), ("shortlist", "--help")]
)
def test_no_character_ends_a_command(
    harbours_env: dict[str, str], encoding: str, arguments: tuple[str, ...]
) -> None:
    env = harbours_env | {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run([*MATCHMAKER, *arguments], capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 500


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
@pytest.mark.parametrize(
    "arguments",
    [("shortlist", "EEL"), ("shortlist", "EEL", "--json"), ("organisations", "--csv"), ("--help",)],
)
def test_a_full_disk_is_told_in_a_sentence(harbours_env: dict[str, str], arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*MATCHMAKER, *arguments], stdout=full, stderr=subprocess.PIPE, check=False, env=harbours_env
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["The output can't be written: no space left on device."]


@pytest.mark.parametrize("arguments", [("shortlist", "EEL"), ("arrangements", "--json"), ("batch", "--csv")])
def test_a_reader_that_goes_away_is_no_fault(
    harbours_env: dict[str, str], arguments: tuple[str, ...]
) -> None:
    with subprocess.Popen(
        [*MATCHMAKER, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=harbours_env
    ) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.close()
        said = run.stderr.read().decode()
    assert run.returncode == 0
    assert "Traceback" not in said and "BrokenPipe" not in said
