"""Commands on snapshots: built from a folder, checked, compared and described."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from command_line import Run

from matchmaker import Snapshot
from matchmaker.features import features
from matchmaker.snapshot.store import bundled


@pytest.fixture
def copy(harbour_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Run) -> Path:
    """A snapshot of the harbours in use, to be damaged."""
    path = Path(shutil.copy(harbour_folder / "artefacts" / "snapshot.zip", tmp_path / "own.zip"))
    monkeypatch.setenv("MATCHMAKER_SNAPSHOT", str(path))
    return path


def test_a_build_and_what_it_changed(ask: Run, harbour_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(harbour_folder / "data", data)
    table = data / "measures.csv"
    table.write_text(
        table.read_text("utf-8").replace(
            "EEL,berths,2024-01-01,2024-12-31,80,", "EEL,berths,2024-01-01,2024-12-31,90,"
        ),
        "utf-8",
    )
    made = tmp_path / "new.zip"
    done = ask("snapshot", "build", "--from", data, "--to", made)
    assert done.code == 0, done.err
    assert "17 organisations." in done.text
    assert "Built " in done.out and "up to 30 June 2025." in done.text
    changes = tmp_path / "changes.csv"
    done = ask("snapshot", "diff", harbour_folder / "artefacts" / "snapshot.zip", made, "--out", changes)
    assert "survey berths" in done.text and "EEL" in done.text
    assert "EEL" in changes.read_text("utf-8")
    assert ask("snapshot", "diff", made, made).text == "Both hold the same."


def test_a_build_lists_all_faults_and_leaves_the_snapshot_as_it_was(
    ask: Run, copy: Path, harbour_folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(harbour_folder / "data", data)
    for name, old, new in (("measures", ",80,", ",many,"), ("pairings", "2017-06-01", "2017-13-01")):
        table = data / f"{name}.csv"
        table.write_text(table.read_text("utf-8").replace(old, new, 1), "utf-8")
    before = copy.read_bytes()
    done = ask("snapshot", "build", "--from", data, "--to", tmp_path / "new.zip")
    assert done.code == 1
    assert not (tmp_path / "new.zip").exists()
    assert "measures.csv, row " in done.err and "found 'many'; expected a number" in done.err
    assert "pairings.csv, row " in done.err and "found '2017-13-01'" in done.err
    assert "faults in 2 files." in done.err
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir() if path.suffix == ".part"] == []


def test_a_snapshot_is_described_and_verified(ask: Run) -> None:
    info = ask("snapshot", "info").text
    assert "sector harbours" in info and "Office of" in info
    assert "snapshot.zip is whole: " in ask("snapshot", "verify").text


def test_pairings_with_figures_of_both_sides_are_counted(
    ask: Run, tmp_path: Path, harbour_snapshot: Snapshot
) -> None:
    name = features(harbour_snapshot.sector)[0].name
    done = ask("snapshot", "coverage", "--features", name, "--out", tmp_path / "known.csv")
    assert done.code == 0, done.err
    assert "Known of both sides, on the day before the pairing began" in done.out
    rows = (tmp_path / "known.csv").read_text("utf-8").splitlines()
    assert rows[0] == f"pairing_id,kind,start,recipient,partner,is_open,{name},known"
    assert len(rows) == 1 + harbour_snapshot.pairings.height
    assert "no feature named tides" in ask("snapshot", "coverage", "--features", "tides").err


def test_documents_are_written(ask: Run, tmp_path: Path) -> None:
    done = ask("snapshot", "document", "--to", tmp_path)
    assert done.code == 0, done.err
    assert {path.name for path in tmp_path.iterdir()} == {
        "data-dictionary.md",
        "data-quality.md",
        "evidence.md",
    }


@pytest.mark.snapshot
def test_publications_are_listed(run: Run) -> None:
    assert "kh03_beds" in run("snapshot", "sources").out
    assert "kh03_beds" in {one["id"] for one in json.loads(run("snapshot", "sources", "--json").out)}


def test_a_truncated_snapshot_is_refused(ask: Run, copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-5000])
    done = ask("shortlist", "EEL")
    assert (done.code, done.out) == (1, "")
    assert "own.zip is cut short or is not a snapshot." in done.err


@pytest.mark.slow
@pytest.mark.parametrize("member", ["measures.parquet", "manifest.json"])
def test_an_edited_snapshot_is_refused(ask: Run, copy: Path, member: str) -> None:
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
    # in a process of its own, as what this one has read of the sound file is cached by its hash
    command = [sys.executable, "-m", "matchmaker", "shortlist", "EEL"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "was edited: its hash does not match." in done.stderr
    assert "matchmaker snapshot build" in done.stderr
    assert ask("snapshot", "verify", copy).code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("build", "--from", "no-such-folder"), "There is no folder no-such-folder."),
        (("build", "--from", ".", "--add", "a.csv"), "There are 1 files to add and 0 sources."),
        (("verify", "no-such-file.zip"), "There is no snapshot at no-such-file.zip."),
        (("document", "--to", "no-such-folder"), "no-such-folder/data-dictionary.md can't be written"),
    ],
)
def test_bad_input_is_one_sentence_and_the_next_step(
    ask: Run, arguments: tuple[str, ...], words: str
) -> None:
    done = ask("snapshot", *arguments)
    assert done.code == 1
    assert words in done.err and "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.snapshot
def test_a_build_from_broken_official_files_lists_all_faults(
    run: Run, tmp_path: Path, raw_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copy(bundled("nhs"), tmp_path / "own.zip"))
    monkeypatch.setenv("MATCHMAKER_SNAPSHOT", str(copy))
    folder = tmp_path / "raw"
    for part in ("ods-etr", "kh03-recent"):
        shutil.copytree(raw_data / "raw" / part, folder / part)
    workbook = next((folder / "kh03-recent").glob("*Q1-2025-26*"))
    workbook.write_bytes(workbook.read_bytes()[:20_000])
    listed = folder / "ods-etr" / "etr_2026-07.csv"
    listed.write_text(listed.read_text("utf-8").replace("20171001", "2017-13"), "utf-8")
    before = copy.read_bytes()
    done = run("snapshot", "build", "--from", folder)
    assert done.code == 1
    assert workbook.name in done.err
    assert "etr_2026-07.csv" in done.err
    assert "row 3, column opened: found '2017-13'; expected a date" in done.err
    assert copy.read_bytes() == before


def test_an_audit_looks_figures_up_in_their_files(
    ask: Run, harbour_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_SNAPSHOT", str(harbour_folder / "artefacts" / "snapshot.zip"))
    data = Path(shutil.copytree(harbour_folder / "data", tmp_path / "data"))
    done = ask("snapshot", "audit", "--from", data, "--figures", "60", "--out", tmp_path / "drawn.csv")
    assert done.code == 0, done.err
    assert "60 right, 0 wrong, 0 not checked." in done.text
    assert len((tmp_path / "drawn.csv").read_text("utf-8").splitlines()) == 61


def test_sources_are_told_to_programs_too(ask: Run, tmp_path: Path) -> None:
    manifest = json.loads(ask("snapshot", "info", "--json").out)
    assert {"hash", "as_of", "sources", "tables"} <= manifest.keys()
    rows = list(csv.DictReader(io.StringIO(ask("snapshot", "info", "--csv").out)))
    assert [row["id"] for row in rows] == [one["id"] for one in manifest["sources"]]
    ask("snapshot", "info", "--out", tmp_path / "sources.csv")
    assert (tmp_path / "sources.csv").is_file()


def test_nothing_is_overwritten_and_the_old_one_is_kept(
    ask: Run, copy: Path, harbour_folder: Path, tmp_path: Path
) -> None:
    made = tmp_path / "new.zip"
    made.write_text("mine")
    done = ask("snapshot", "build", "--from", harbour_folder / "data", "--to", made)
    assert done.code == 1 and "is there already" in done.err and made.read_text() == "mine"
    made.unlink()
    assert ask("snapshot", "build", "--from", harbour_folder / "data", "--to", made).code == 0
    old = copy.read_bytes()
    done = ask("snapshot", "use", made, "--yes")
    assert done.code == 0, done.err
    assert copy.read_bytes() == made.read_bytes()
    (kept,) = copy.parent.glob("own.*.zip")
    assert kept.read_bytes() == old
