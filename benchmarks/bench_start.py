"""How soon a command answers from cold, a new process for each: against another checkout and bare libraries.

    python benchmarks/bench_start.py [--against DIR] [--runs N] [--imports]

DIR is the `src` of another checkout, such as a worktree of an earlier commit. Counted is the time of the
processors, since that of the clock says more of the other work of a machine; both are printed. What is kept
on disk for the next process is kept in a folder that is empty at first: the first run of each command finds
nothing there and is printed apart.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from matchmaker import stored

OWN = Path(__file__).parents[1] / "src"
COMMANDS = (
    ("--sector", "nhs", "shortlist", "Medway"),
    ("--sector", "schools", "shortlist", "Shirebrook Academy"),
    ("--help",),
)
BARE = [sys.executable, "-c", "import numpy, polars"]
"""What any program with such tables needs before it does anything."""


def run(command: list[str], source: Path) -> tuple[float, float]:
    """Seconds of the processors and of the clock that a process takes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    env = os.environ | {"PYTHONPATH": str(source)}
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, time.perf_counter() - began


def imports(source: Path) -> Counter[str]:
    """Milliseconds that the imports of a shortlist take by themselves, by package."""
    command = [sys.executable, "-X", "importtime", "-m", "matchmaker", *COMMANDS[0]]
    env = os.environ | {"PYTHONPATH": str(source)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    found: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            found[parts[2].strip().split(".")[0]] += int(parts[0]) / 1000
    return found


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="the src of another checkout")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--imports", action="store_true", help="also print the imports by package")
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[stored.FOLDER] = folder
        measured(asked)


def measured(asked: argparse.Namespace) -> None:
    """Print medians and ratios of every command."""
    sources = {"here": OWN, **({"there": asked.against} if asked.against else {})}
    for words in COMMANDS:
        command = [sys.executable, "-m", "matchmaker", *words]
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in (*sources, "libraries alone")}
        first, _ = run(command, OWN)
        for _ in range(asked.runs):  # in turn, so that both meet the same other work
            for name, source in sources.items():
                taken[name].append(run(command, source))
            taken["libraries alone"].append(run(BARE, OWN))
        middle = {
            name: [statistics.median(column) for column in zip(*of, strict=True)]
            for name, of in taken.items()
        }
        print(f"matchmaker {' '.join(words)}; {first:.2f} s of the processors the first time")
        for name, (spent, clock) in middle.items():
            ratio = middle["here"][0] / spent
            print(f"  {name:16} {spent:6.2f} s of the processors, {clock:6.2f} s; here / this {ratio:.2f}")
    if asked.imports:
        for name, source in sources.items():
            found = imports(source)
            listed = ", ".join(f"{package} {ms:.0f}" for package, ms in found.most_common(8))
            print(f"imports {name}: {found.total():.0f} ms; {listed}")


if __name__ == "__main__":
    main()
