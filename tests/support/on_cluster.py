"""Runs work on a cluster of two worker processes, and prints what came of it: for tests/training."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from distributed import LocalCluster
from made_up import HARBOURS
from tasks import dies_once

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.evaluate import evaluate
from matchmaker.evaluation.published import publish
from matchmaker.sector import read_sector
from matchmaker.snapshot.from_csv import read_folder
from matchmaker.snapshot.store import KEPT_FOLDER, kept_folder
from matchmaker.training.parallel import in_parallel, machines


def say(*lines: object) -> None:
    """Print lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def evaluated(engine: Matchmaker) -> str:
    """A hash of the whole evaluation."""
    return hashlib.sha256(publish(evaluate(engine)).model_dump_json().encode()).hexdigest()


def kept_here() -> list[str]:
    """The snapshots that this machine keeps."""
    return [path.name for path in kept_folder().glob("*")]


def cluster(**env: str) -> LocalCluster:
    """Two worker processes."""
    return LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, env=env)


def dying(folder: Path) -> None:
    """Squares, though a worker dies."""
    with cluster() as local, machines(cluster=local.scheduler_address):
        say(*in_parallel(dies_once, [(folder, n) for n in range(8)]))


def evaluation(folder: Path) -> None:
    """An evaluation in this process, on two cores and on a cluster, and what a worker keeps then."""
    os.environ[KEPT_FOLDER] = str(folder / "kept")
    sector = read_sector(HARBOURS)
    engine = Matchmaker(Snapshot.of(*read_folder(HARBOURS / "data", sector), sector))
    say(engine.snapshot.hash)
    say(evaluated(engine))
    with machines(2):
        say(evaluated(engine))
    with (
        cluster(**{KEPT_FOLDER: str(folder / "worker")}) as local,
        machines(cluster=local.scheduler_address, snapshots=[engine.snapshot]),
    ):
        say(evaluated(engine))
        say(*in_parallel(kept_here, [()])[0])


if __name__ == "__main__":
    {"dying": dying, "evaluation": evaluation}[sys.argv[1]](*map(Path, sys.argv[2:]))
