"""What a second core brings to the evaluation of past pairings, and whether both give the same.

    python benchmarks/bench_evaluation.py [--sector NAME] [--jobs N]

Each in a process of its own: on one core, then on several. Printed are seconds by the clock and of the
processors, the memory of the largest process, and the load of the machine: on one with other work as many
processes as cores are no measure. The published record of both must be the same to the byte.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from matchmaker import Matchmaker
from matchmaker.evaluation.evaluate import evaluate
from matchmaker.evaluation.published import publish, to_json
from matchmaker.training.parallel import machines


class Taken(NamedTuple):
    """Seconds, and the hash of the record."""

    clock: float
    processors: float
    record: str


def taken(sector: str, jobs: int) -> Taken:
    """What an evaluation on so many cores takes, in a new process."""
    own = [sys.executable, __file__, "--sector", sector, "--jobs", str(jobs), "--one"]
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    # Polars reads this when it is imported: without it one process would use every core.
    env = os.environ | {"POLARS_MAX_THREADS": "1"}
    done = subprocess.run(own, capture_output=True, text=True, check=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    record, memory = done.stdout.split()
    found = Taken(perf_counter() - began, spent, record)
    load = os.getloadavg()[0]
    print(
        f"{jobs} at once: {found.clock:.0f} s ({spent:.0f} of the processors), largest process "
        f"{int(memory) / 1e6:.1f} GB, load {load:.1f}",
        flush=True,
    )
    return found


def one(sector: str, jobs: int) -> None:
    """Evaluate; print the hash of the record and the kilobytes of the largest process."""
    with machines(jobs):
        record = to_json(publish(evaluate(Matchmaker(sector=sector))))
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    print(sha256(record.encode()).hexdigest(), max(resource.getrusage(of).ru_maxrss for of in who))


def main() -> None:
    """Print both, and how much sooner several cores end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sector", default="schools")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.sector, asked.jobs)
        return
    print(f"{Path(__file__).name}: {asked.sector}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    single, several = taken(asked.sector, 1), taken(asked.sector, asked.jobs)
    print(
        f"{asked.jobs} cores end {single.clock / several.clock:.2f} times as soon, with "
        f"{several.processors / single.processors:.2f} times the work"
    )
    if single.record != several.record:
        sys.exit("the records are not the same")


if __name__ == "__main__":
    main()
