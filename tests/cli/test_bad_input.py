"""Bad input at the command line: one sentence that names the thing and the next step, exit code 1."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from matchmaker.snapshot.store import bundled


def run(*arguments: str, snapshot: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matchmaker", *arguments]
    env = {"MATCHMAKER_SNAPSHOT": str(snapshot)} if snapshot else {}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shortlist", "XYZ9"), "No organisation has the code or name 'XYZ9'."),
        (("shortlist", "Medwya"), "Did you mean Medway NHS Foundation Trust (RPA)"),
        (("shortlist", "university hospitals"), "Ask again with one of the codes."),
        (("shortlist", "RJD"), "went to University Hospitals of North Midlands NHS Trust (RJE) or"),
        (("shortlist", "RPA", "--as-of", "1999-01-01"), "Nothing was known yet on 1 January 1999"),
        (("shortlist", "RPA", "--as-of", "July"), "'July' is not a date. Write it as YYYY-MM-DD"),
        (("shortlist", "R0D", "--as-of", "2016-07-01"), "opened on 1 October 2020, after 1 July 2016"),
        (("shortlist", "RPA", "--for", "adoption"), "There is no arrangement 'adoption'. Choose one of"),
        (("shortlist", "RPA", "--for", "none.toml"), "none.toml"),
        (("trust", "XYZ9"), "No organisation has the code or name 'XYZ9'."),
        (("trusts", "atlantis"), "No open trust matches 'atlantis'."),
        (("snapshot", "build", "--from", "no-such-folder"), "There is no folder no-such-folder."),
        (("snapshot", "verify", "no-such-file.zip"), "There is no snapshot at no-such-file.zip."),
    ],
)
def test_one_sentence_and_the_next_step(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_closed_trust_is_answered_through_its_successor() -> None:
    done = run("shortlist", "Yeovil", "--limit", "1")
    assert done.returncode == 0
    assert "Yeovil District Hospital NHS Foundation Trust (RA4) has closed" in done.stdout
    assert "Somerset NHS Foundation Trust (RH5)" in " ".join(done.stdout.split())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copy(bundled(), tmp_path / "own.zip"))


def test_a_truncated_snapshot_is_refused(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-5000])
    done = run("shortlist", "RPA", snapshot=copy)
    assert done.returncode == 1
    assert "own.zip is cut short or is not a snapshot." in done.stderr


@pytest.mark.parametrize("member", ["measures.parquet", "manifest.json"])
def test_an_edited_snapshot_is_refused(copy: Path, member: str) -> None:
    with zipfile.ZipFile(copy) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = (
        parts[member].replace(b'"as_of": "2', b'"as_of": "3')
        if member == "manifest.json"
        else parts["organisations.parquet"]
    )
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    done = run("shortlist", "RPA", snapshot=copy)
    assert done.returncode == 1
    assert "was edited: its hash does not match." in done.stderr
    assert "matchmaker snapshot build" in done.stderr
    assert run("snapshot", "verify", str(copy)).returncode == 1


def test_a_build_from_a_broken_file_tells_all_and_leaves_the_snapshot_untouched(
    copy: Path, tmp_path: Path, raw_data: Path
) -> None:
    folder = tmp_path / "raw"
    for part in ("ods-etr", "kh03-recent"):
        shutil.copytree(raw_data / "raw" / part, folder / part)
    workbook = next((folder / "kh03-recent").glob("*Q1-2025-26*"))
    workbook.write_bytes(workbook.read_bytes()[:20_000])
    listed = folder / "ods-etr" / "etr_2026-07.csv"
    listed.write_text(listed.read_text("utf-8").replace("20171001", "2017-13"), "utf-8")
    before = copy.read_bytes()
    done = run("snapshot", "build", "--from", str(folder), snapshot=copy)
    assert done.returncode == 1
    assert workbook.name in done.stderr
    assert "etr_2026-07.csv" in done.stderr
    assert "row 3, column opened: found '2017-13'; expected a date" in done.stderr
    assert "left as it is" in done.stderr
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir() if path.suffix == ".part"] == []
