"""The tutorials work as they stand: their files are written, their commands run, their Python is executed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).parents[1] / "docs" / "tutorials"
BLOCK = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?(?: after="(?P<after>[^"]+)")?\n(?P<text>.*?)^```',
    re.M | re.S,
)


@pytest.fixture
def follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Do what a tutorial says, and give what it printed."""
    monkeypatch.chdir(tmp_path)
    said: list[str] = []

    def run(line: str) -> None:
        words = shlex.split(line, comments=True)
        if words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            if name.startswith("MATCHMAKER_"):
                monkeypatch.setenv(name, value.replace("$PWD", str(tmp_path)))
        elif words[:1] == ["rm"]:
            (tmp_path / words[1]).unlink()
        elif words:
            assert words[0] == "matchmaker", line
            # A process of its own, as in a terminal: a sector is read once in each.
            done = subprocess.run(
                [sys.executable, "-m", *words],
                capture_output=True,
                text=True,
                env={**os.environ, "COLUMNS": "120"},
            )
            assert done.returncode == 0, done.stderr
            said.append(done.stdout)

    def write(title: str, after: str | None, text: str) -> None:
        file = tmp_path / title
        file.parent.mkdir(parents=True, exist_ok=True)
        if after is None:
            assert not file.exists(), f"{title} is written twice"
            file.write_text(text, "utf-8")
            return
        before = file.read_text("utf-8")
        place = f"{after}\n"
        assert after == "end" or before.count(place) == 1
        file.write_text(before + text if after == "end" else before.replace(place, place + text), "utf-8")

    def followed(name: str) -> str:
        names: dict[str, object] = {}
        said.clear()
        for block in BLOCK.finditer((TUTORIALS / name).read_text("utf-8")):
            if block["title"]:
                write(block["title"], block["after"], block["text"])
            elif block["language"] == "sh":
                for line in block["text"].splitlines():
                    run(line)
            else:
                assert block["language"] == "python"
                exec(compile(block["text"], name, "exec"), names)
        said.append(capsys.readouterr().out)
        return " ".join("".join(said).replace("│", " ").split())

    return followed


@pytest.mark.slow
def test_a_tiny_sector_and_then_a_measure_a_feature_and_a_rule(follow: Callable[[str], str]) -> None:
    first = follow("tiny-sector.md")
    assert "3 of 3 libraries are eligible" in first
    assert first.index("Cotham Library (L03)") < first.rindex("Dale Library (L04)")
    then = follow("measure-and-rule.md")
    assert "2 of 3 libraries are eligible" in then
    assert "It is open 12 hours a week" in then
    assert "Could not be checked: open enough" in then
    assert "3 of 3 libraries are eligible" in then


@pytest.mark.slow
@pytest.mark.snapshot
def test_a_first_shortlist(follow: Callable[[str], str], tmp_path: Path) -> None:
    said = follow("first-shortlist.md")
    assert "Medway NHS Foundation Trust (RPA)" in said
    assert (tmp_path / "medway.xlsx").stat().st_size > 5_000
