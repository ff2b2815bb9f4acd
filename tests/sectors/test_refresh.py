"""The commands of docs/refresh.md, rehearsed: figures are in use, then the next month's files come."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.build import build
from matchmaker.snapshot.diff import diff
from matchmaker.snapshot.ingest import wanted

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "refresh.md").read_text("utf-8")
UNIT = ROOT / "deploy" / "matchmaker-refresh.service"
RATINGS = "cqc_ratings_latest"
"""Figures on which rules rest."""
EARLIER = "ae-monthly-2024-25"
NEXT = "ae-2026-05"


def commands() -> str:
    found = re.search(r"<!-- refresh -->\s+```sh\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


def built_on_arrival() -> str:
    """The commands that the shipped unit runs when files have arrived."""
    lines = UNIT.read_text("utf-8").splitlines()
    run = [line.partition("=")[2] for line in lines if line.startswith("ExecStart")]
    return " && ".join(line.replace("/opt/matchmaker/bin/", "") for line in run)


def refresh(
    folder: Path, sector: str, script: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the page's own lines (or others) in a folder that holds `files` and the snapshot in use."""
    shim = folder / "bin" / "matchmaker"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m matchmaker "$@"\n')
    shim.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
    own = {
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "MATCHMAKER_SNAPSHOT": str(folder / "in-use.zip"),
        "MATCHMAKER_SECTOR": sector,
        "COLUMNS": "200",
        **environment,
    }
    return subprocess.run(
        ["bash", "-c", script or commands()],
        cwd=folder,
        env=kept | own,
        input="y\n",
        capture_output=True,
        text=True,
    )


def changed(folder: Path, old: Snapshot) -> pl.DataFrame:
    """What the new figures in use have changed, against the old ones that were kept."""
    kept = Snapshot(folder / f"in-use.{old.hash[:12]}.zip")
    assert kept.hash == old.hash
    return diff(kept, Snapshot(folder / "in-use.zip")).figures


def test_a_made_up_sector_is_refreshed(harbour_folder: Path, tmp_path: Path) -> None:
    before = Path(shutil.copy(harbour_folder / "artefacts" / "snapshot.zip", tmp_path / "in-use.zip"))
    old = Snapshot(before)
    shutil.copytree(harbour_folder / "data", tmp_path / "files")
    figures = tmp_path / "files" / "measures.csv"
    lines = figures.read_text("utf-8").splitlines()
    latest = next(line for line in lines if line.startswith("EEL,berths,2024-01-01,2024-12-31,"))
    figures.write_text(
        "\n".join([*lines, latest.replace("2024-01-01,2024-12-31", "2025-01-01,2025-03-31")]) + "\n", "utf-8"
    )
    done = refresh(tmp_path, "harbours", MATCHMAKER_SECTORS=str(harbour_folder))
    assert done.returncode == 0, done.stderr
    assert "berths" in done.stdout and "new" in done.stdout
    changes = changed(tmp_path, old)
    assert changes.select("code", "measure", "change").rows() == [("EEL", "berths", "new")]
    made = Snapshot(tmp_path / "in-use.zip")
    assert made.measures.height == old.measures.height + 1


def test_files_that_arrive_are_built_and_wait_for_a_person(harbour_folder: Path, tmp_path: Path) -> None:
    in_use = Path(shutil.copy(harbour_folder / "artefacts" / "snapshot.zip", tmp_path / "in-use.zip"))
    old = Snapshot(in_use)
    shutil.copytree(harbour_folder / "data", tmp_path / "files")
    (tmp_path / "next.zip").write_bytes(b"of the last time")
    done = refresh(tmp_path, "harbours", built_on_arrival(), MATCHMAKER_SECTORS=str(harbour_folder))
    assert done.returncode == 0, done.stderr
    assert Snapshot(tmp_path / "next.zip").measures.height == old.measures.height
    assert Snapshot(in_use).hash == old.hash
    watched = re.search(r"^PathModified=(.*)$", UNIT.with_suffix(".path").read_text("utf-8"), re.M)
    folder = re.search(r"^WorkingDirectory=(.*)$", UNIT.read_text("utf-8"), re.M)
    assert watched and folder and watched[1] == f"{folder[1]}/files-arrived"


def test_a_fault_leaves_the_old_figures_in_use(harbour_folder: Path, tmp_path: Path) -> None:
    in_use = Path(shutil.copy(harbour_folder / "artefacts" / "snapshot.zip", tmp_path / "in-use.zip"))
    before = in_use.read_bytes()
    shutil.copytree(harbour_folder / "data", tmp_path / "files")
    figures = tmp_path / "files" / "measures.csv"
    figures.write_text(figures.read_text("utf-8").replace(",80,", ",many,", 1), "utf-8")
    done = refresh(tmp_path, "harbours", MATCHMAKER_SECTORS=str(harbour_folder))
    assert done.returncode == 1
    assert "measures.csv, row " in done.stderr and "found 'many'" in done.stderr
    assert in_use.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.zip")] == ["in-use.zip"]


@pytest.mark.slow
def test_next_months_official_files_come_in(raw_data: Path, tmp_path: Path) -> None:
    """A&E figures to June 2025 are in use; the file of May 2026 comes out."""
    nhs = load_sector("nhs")
    files = tmp_path / "files"
    for publication, path in wanted(raw_data, nhs):
        if publication.table != "measures" or publication.id == RATINGS:
            to = files / path.relative_to(raw_data)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
    shutil.copytree(raw_data / "raw" / EARLIER, files / "raw" / EARLIER)
    old, _ = build(files, tmp_path / "in-use.zip", sector=nhs)
    latest = max(old.measures["period_end"])
    shutil.copytree(raw_data / "raw" / NEXT, files / "raw" / NEXT)

    done = refresh(tmp_path, "nhs")
    assert done.returncode == 0, done.stderr
    assert "Built " in done.stdout and "ae_attendances" in done.stdout
    changes = changed(tmp_path, old)
    assert set(changes["change"]) == {"new"}
    assert {str(day) for day in changes["period_end"]} == {"2026-05-31"}
    assert changes["code"].n_unique() > 100
    made = Snapshot(tmp_path / "in-use.zip")
    assert made.measures.height == old.measures.height + changes.height
    assert max(made.measures["period_end"]) > latest
