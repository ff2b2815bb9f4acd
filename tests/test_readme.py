"""The tables of the README run as they are written."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from command_line import understand

from matchmaker.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
QUICK = ("shortlist", "Medway", "--limit", "1", "--draws", "0")
"""What a row means that only says what to add."""
MINUTES = {"evaluate", "movement", "spread", "train", "serve", "keys", "decisions", "effects"}
"""Commands that take minutes, go on for ever or need a database: that they are understood must do."""
OTHERS_FILES = {
    ("snapshot", "build"),
    ("snapshot", "add"),
    ("snapshot", "audit"),
    ("snapshot", "diff"),
    ("study", "buddying"),
}
"""Commands on files that only their user has."""
COMPLETED = {
    "--briefing": "--out briefing.md --briefing",
    "--for contract": "--for contract --service imaging",
    "--service imaging": "--for contract --service imaging",
    "--sector NAME": "--sector nhs",
    "--out medway.docx": "--out medway.docx --force",
}
"""Options that stand for themselves in a sentence -> the whole of what is meant."""
IN_A_SENTENCE = {"--data"}


def part(heading: str) -> str:
    """The README from a heading to the next."""
    return README.partition(f"### {heading}\n")[2].partition("\n### ")[0]


TERMINAL = [
    text for text in re.findall(r"`([^`]+)`", part("In a terminal")) if text.startswith("matchmaker ")
]
ADDED = [text for text in re.findall(r"`([^`]+)`", part("In a terminal")) if text.startswith("--")]


def arguments(text: str) -> list[str]:
    """The words of a command, without its own name and a redirection."""
    return shlex.split(text.partition(" > ")[0])[1:]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command on the trusts within this process."""
    monkeypatch.setenv("MATCHMAKER_SECTOR", "nhs")
    monkeypatch.setattr(sys, "argv", ["matchmaker", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_there_are_tables() -> None:
    assert len(TERMINAL) > 25 and len(ADDED) > 15


@pytest.mark.parametrize("text", TERMINAL)
def test_every_command_is_understood(text: str) -> None:
    understand(arguments(text))


@pytest.mark.slow
@pytest.mark.snapshot
@pytest.mark.parametrize("text", TERMINAL)
def test_every_command_runs(
    text: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = arguments(text)
    if words[0] in MINUTES or tuple(words[:2]) in OTHERS_FILES:
        pytest.skip("it takes minutes, or files that only its user has")
    assert run(words, monkeypatch) == 0, capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.snapshot
@pytest.mark.parametrize("text", [text for text in ADDED if text not in IN_A_SENTENCE])
def test_every_option_that_is_added_runs(
    text: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    added = shlex.split(COMPLETED.get(text, text))
    for needed, made_by in (
        ("own-data.csv", ("template",)),
        ("mine.toml", ("arrangements", "buddying", "--toml")),
    ):
        if needed in added:
            assert run([*made_by], monkeypatch) == 0
            if not (here / needed).exists():
                (here / needed).write_text(capsys.readouterr().out, "utf-8")
    quick = QUICK[:-2] if "--method" in added else QUICK  # other methods rank without draws
    code = run([*quick, *added], monkeypatch)
    said = capsys.readouterr().err
    # An empty template is refused with what to fill in.
    assert code == 0 or ("own-data.csv" in added and "own-data.csv" in said), said


def test_the_python_of_the_readme_is_whole() -> None:
    block = re.search(r"```python\n(.*?)```", part("From a program"), re.DOTALL)
    assert block is not None
    compile(block[1], "README.md", "exec")
    for name in ("to_pandas(long=True)", ".batch(", ".compare(", ".assign("):
        assert name in block[1]
