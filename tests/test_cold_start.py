"""A cold start imports only what the command uses."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("pandas", "sklearn", "scipy", "lightgbm", "fastapi", "dataframely", "fastexcel", "rdata")
"""Needed by some commands only."""
FRAMES = ("polars", "numpy", "pydantic")
"""Not needed to print help."""


def imported(*arguments: str) -> tuple[set[str], float]:
    """Top-level packages imported, and the seconds spent in the project's own modules."""
    command = [sys.executable, "-X", "importtime", "-m", "matchmaker", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    packages, own = set(), 0
    for line in done.stderr.splitlines():
        if line.startswith("import time:") and "|" in line:
            spent, _, name = line.removeprefix("import time:").split("|")
            packages.add(name.strip().split(".")[0])
            if name.strip().startswith("matchmaker"):
                own += int(spent)
    return packages, own / 1e6


def test_help_is_quick() -> None:
    packages, own = imported("--help")
    assert not packages & {*HEAVY, *FRAMES}
    assert own < 1


def test_a_shortlist_leaves_heavy_libraries_alone() -> None:
    packages, own = imported("shortlist", "RPA")
    assert not packages & set(HEAVY)
    assert own < 1
