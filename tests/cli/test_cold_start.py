"""A cold start imports only what the command uses."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("pandas", "sklearn", "scipy", "lightgbm", "fastapi", "dataframely", "fastexcel", "rdata")
"""Needed by some commands only."""
FRAMES = ("polars", "numpy", "pydantic")
"""Not needed to print help."""


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
    assert not imported("--help") & {*HEAVY, *FRAMES}


def test_a_shortlist_leaves_heavy_libraries_alone() -> None:
    assert not imported("shortlist", "RPA") & set(HEAVY)


def test_lightgbm_is_imported_where_it_ranks() -> None:
    assert "lightgbm" in imported("shortlist", "RPA", "--method", "practice-lightgbm")
    assert "lightgbm" not in imported("shortlist", "RPA", "--method", "practice")
