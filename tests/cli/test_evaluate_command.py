"""The command `matchmaker evaluate`, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PAIRING = (
    "recipient_ods,partner_ods,kind,start_date\nRJF,RRK,buddying,19/09/2013\nRZZ,RRK,buddying,2014-01-01\n"
)


def run(*asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matchmaker", "evaluate", *asked],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
        timeout=300,
        check=False,
    )


def test_one_arrangement_and_method_into_a_folder(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    done = run("--arrangement", "buddying", "--method", "practice", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "Buddying" in done.stdout
    assert "Structural" not in done.stdout
    assert "95% intervals in brackets." in done.stdout
    said = json.loads((out / "summary.json").read_text("utf-8"))
    assert set(said["methods"]) == {"random", "nearest", "practice", "practice-forward"}
    assert {row["family"] for row in said["means"]} == {"Buddying"}
    names = {path.name for path in out.iterdir()}
    assert {"evaluation.html", "evaluation.md", "replays.csv", "means.csv", "exits.csv"} <= names
    assert all(f"Wrote {out / name}" in done.stdout.replace("\n", "") for name in names)


def test_pairings_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "my.csv"
    file.write_text(PAIRING, "utf-8")
    done = run("--pairings", str(file), "--method", "nearest", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())
    assert "2 rows read, 1 usable, 1 left out." in words
    assert "found 'RZZ'; expected a code that the snapshot holds. The row is left out." in words
    assert "Read as 19 September 2013." in words
    assert "Pairings replayed: 1; that don't count: 0." in words
    assert "Your file" in (tmp_path / "out" / "evaluation.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--arrangement", "marriage"], "No past pairing is replayed under 'marriage'."),
        (["--method", "best"], "There is no method 'best'."),
        (["--pairings", "{folder}/none.csv"], "none.csv"),
        (["--pairings", "{folder}"], "CSV file"),
        (["--out", "{folder}/file.txt", "--method", "nearest"], "can't be made"),
    ],
)
def test_bad_input_is_told_in_a_sentence_and_what_to_do(tmp_path: Path, asked: list[str], why: str) -> None:
    (tmp_path / "file.txt").write_text("in the way", "utf-8")
    done = run(*(word.format(folder=tmp_path) for word in asked))
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    assert why in " ".join((done.stdout + done.stderr).split())
    assert (tmp_path / "file.txt").read_text("utf-8") == "in the way"
