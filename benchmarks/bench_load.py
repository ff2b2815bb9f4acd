"""How long the snapshot of the NHS sector takes to load, table by table, and how large the wheel is.

Run: python benchmarks/bench_load.py
Each table is read from a freshly opened snapshot, hash check included, beside a bare
polars.read_parquet of the same bytes; the fastest of many runs counts.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.store import bundled

REPEATS = 20
LIMIT = 15e6
"""Bytes that the wheel may have."""


def fastest(run: Callable[[], object]) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def tables(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        raw = {name: archive.read(f"{name}.parquet") for name in Snapshot(path).manifest["tables"]}
    print(f"opening {fastest(lambda: Snapshot(path)):.2f} ms (manifest read and checked)")
    print(f"{'table':15} {'rows':>8} {'kB':>7} {'ms':>7} {'bare ms':>8} ratio")
    for name, content in raw.items():
        opened = [Snapshot(path) for _ in range(REPEATS)]
        ours = fastest(lambda opened=opened, name=name: opened.pop().table(name))
        bare = fastest(lambda content=content: pl.read_parquet(io.BytesIO(content)))
        rows = Snapshot(path).manifest["tables"][name]["rows"]
        print(f"{name:15} {rows:8,} {len(content) / 1e3:7.1f} {ours:7.2f} {bare:8.2f} {ours / bare:5.2f}")
    everything = fastest(lambda: [load.table(name) for load in [Snapshot(path)] for name in raw])
    bare = fastest(lambda: [pl.read_parquet(io.BytesIO(content)) for content in raw.values()])
    print(f"{'all':15} {'':8} {'':7} {everything:7.2f} {bare:8.2f} {everything / bare:5.2f}")


def wheel() -> None:
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        (built,) = Path(folder).glob("*.whl")
        size = built.stat().st_size
        with zipfile.ZipFile(built) as archive:
            snapshot = archive.getinfo("matchmaker/sectors/nhs/artefacts/snapshot.zip").compress_size
    print(f"wheel {size / 1e6:.2f} MB, of which the snapshot {snapshot / 1e6:.2f} MB")
    assert size < LIMIT


if __name__ == "__main__":
    tables(bundled("nhs"))
    wheel()
