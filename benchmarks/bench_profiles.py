"""How long profiles take, beside a bare filter of the table of measures.

Run: python benchmarks/bench_profiles.py
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import numpy as np
import polars as pl

from matchmaker.features.profiles import Profiles, profiles
from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot, load

REPEATS = 15


def seconds(job: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median of several runs."""
    taken = []
    for _ in range(repeats):
        start = perf_counter()
        job()
        taken.append(perf_counter() - start)
    return median(taken)


def quarters(snapshot: Snapshot) -> list[date]:
    """The last day of every quarter from 2012 to the snapshot's day, and that day."""
    firsts = pl.date_range(date(2012, 4, 1), snapshot.as_of, "3mo", eager=True)
    return [day - timedelta(days=1) for day in firsts] + [snapshot.as_of]


def whole(snapshot: Snapshot, day: date) -> Profiles:
    """Profiles with everything worked out that the models read."""
    found = profiles(snapshot, day)
    _ = found.standings
    for org_type in np.unique(found.types):
        found.scaled_as(str(org_type))
    return found


def bare(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """All figures known on a day, and nothing made of them."""
    return snapshot.measures.filter(pl.col("known_from") <= day)


def main() -> None:
    """Print each time and its ratio to the bare filter."""
    snapshot = load(sector=load_sector("nhs"))
    for name in snapshot.manifest["tables"]:
        snapshot.table(name)
    today, days = snapshot.as_of, quarters(snapshot)
    scans = seconds(lambda: [bare(snapshot, day) for day in days], 5)
    scan = scans / len(days)  # of today alone, every figure is known, and there is nothing to filter
    first = seconds(lambda: whole(snapshot, today), 1)
    again = seconds(lambda: whole(snapshot, today))
    every = seconds(lambda: [whole(snapshot, day) for day in days], 3)
    print(f"{snapshot.measures.height:,} figures, {len(whole(snapshot, today).types)} organisations")
    rows = [
        ("bare filter, one day", scan, scan),
        ("profiles of today, first time (lays the figures out)", first, scan),
        ("profiles of today, again", again, scan),
        (f"bare filter, {len(days)} quarters", scans, scans),
        (f"profiles of {len(days)} quarters", every, scans),
    ]
    for label, taken, base in rows:
        print(f"{label:<55}{1000 * taken:>9.1f} ms {taken / base:>7.1f} x")


if __name__ == "__main__":
    main()
