"""The command `evaluate`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run

PAIRINGS = """recipient_port,partner_port,kind,start_date
EEL,COR,mentoring,01/05/2019
XYZ,COR,mentoring,2019-05-01
"""


def test_one_kind_and_one_method_into_a_folder(ask: Run, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    done = ask("evaluate", "--arrangement", "mentoring", "--method", "most-berths", "--out", out)
    assert done.code == 0, done.err
    assert "Mentoring" in done.out
    assert "Takeover" not in done.out
    assert "95% intervals in brackets" in done.text
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert set(summary["methods"]) == {"random", "nearest", "most-berths"}
    assert {row["family"] for row in summary["means"]} == {"Mentoring"}
    names = {path.name for path in out.iterdir()}
    assert {"evaluation.html", "evaluation.md", "replays.csv", "means.csv"} <= names
    assert all(f"Wrote {out / name}" in done.out.replace("\n", "") for name in names)


def test_pairings_of_ones_own(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "my.csv"
    file.write_text(PAIRINGS, "utf-8")
    done = ask("evaluate", "--pairings", file, "--method", "nearest", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert "2 rows read, 1 usable, 1 left out." in done.text
    assert "found 'XYZ'; expected a code that the snapshot holds. The row is left out." in done.text
    assert "Read as 1 May 2019." in done.text
    assert "Pairings replayed: 1; that don't count: 0." in done.text
    assert "Your file" in (tmp_path / "out" / "evaluation.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--arrangement", "marriage"), "No past pairing is replayed under 'marriage'."),
        (("--method", "best"), "There is no method 'best'."),
        (("--pairings", "{folder}/none.csv"), "none.csv"),
        (("--pairings", "{folder}"), "expected a file"),
        (("--out", "{folder}/file.txt", "--method", "nearest"), "can't be made"),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(
    ask: Run, tmp_path: Path, asked: tuple[str, ...], words: str
) -> None:
    (tmp_path / "file.txt").write_text("in the way", "utf-8")
    done = ask("evaluate", *(word.format(folder=tmp_path) for word in asked))
    assert done.code != 0
    assert "Traceback" not in done.out + done.err
    assert words in " ".join((done.out + done.err).split())
    assert (tmp_path / "file.txt").read_text("utf-8") == "in the way"
