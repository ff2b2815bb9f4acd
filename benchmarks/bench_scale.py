"""How work grows with the number of organisations, and what several cores bring.

    python benchmarks/bench_scale.py [--full] [--jobs N]

Made-up organisations with eight figures, 15% of them unknown: the ten nearest of each, beside scikit-learn's
brute force (and FAISS, where it is installed) on the same figures without unknowns. Then schools ranked under
rules, and a matching. `--full` ranks for every school, else for one in forty.
"""

from __future__ import annotations

import argparse
import os
import resource
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from joblib import parallel_config  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits

from matchmaker import Matchmaker
from matchmaker.models.assignment.matching import AssignmentProblem, optimal
from matchmaker.models.scoring.nearest import nearest_rows
from matchmaker.training.parallel import in_parallel, machines
from matchmaker.typing import Floats, Rows

FIGURES, UNKNOWN, NEAREST = 8, 0.15, 10
SIZES = (1_000, 10_000, 100_000)
RECIPIENTS, PARTNERS, OPTIONS, LOAD = 2_500, 2_400, 100, 2
BLOCK = 64


class Taken(NamedTuple):
    """Seconds; those of the processors say more on a machine with other work."""

    clock: float
    processors: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processors:.2f} of the processors)"


def seconds(job: Callable[..., Any], *given: Any) -> Taken:
    """What one run takes, its ended workers included."""
    before, start = _processors(), perf_counter()
    job(*given)
    return Taken(perf_counter() - start, _processors() - before)


def _processors() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(of.ru_utime + of.ru_stime for of in map(resource.getrusage, who))


def made_up(n: int, unknown: float) -> Floats:
    """(n, FIGURES) in robust units; NaN is unknown."""
    chance = np.random.default_rng(n)
    out = chance.standard_normal((n, FIGURES))
    out[chance.random(out.shape) < unknown] = np.nan
    return out


def others() -> dict[str, Callable[[Floats], Any]]:
    """What the nearest are found with elsewhere, where nothing is unknown."""
    from sklearn.neighbors import NearestNeighbors

    def scikit(points: Floats) -> Any:
        return NearestNeighbors(n_neighbors=NEAREST + 1, algorithm="brute").fit(points).kneighbors(points)

    found: dict[str, Callable[[Floats], Any]] = {"scikit-learn": scikit}
    if find_spec("faiss"):
        import faiss  # type: ignore[import-not-found]

        def flat(points: Floats) -> Any:
            index = faiss.IndexFlatL2(FIGURES)
            index.add(points.astype(np.float32))
            return index.search(points.astype(np.float32), NEAREST + 1)

        found["FAISS flat"] = flat
    return found


def neighbours(sizes: tuple[int, ...], jobs: int) -> None:
    """All as recipients, at each size."""
    for n in sizes:
        points, complete = made_up(n, UNKNOWN), made_up(n, 0.0)
        with threadpool_limits(1, user_api="blas"), parallel_config("threading", n_jobs=jobs):
            ours = seconds(nearest_rows, points, points, NEAREST, np.arange(n))
        with threadpool_limits(jobs):
            theirs = {name: seconds(job, complete) for name, job in others().items()}
        clock, processors = (min(column) for column in zip(*theirs.values(), strict=True))
        told = ", ".join(f"{name} {taken}" for name, taken in theirs.items())
        print(f"{n:>9,} organisations: {ours}, {told}; {memory()}")
        print(
            f"          ratio {ours.clock / clock:.2f}, of the processors {ours.processors / processors:.2f}"
        )


def first_of(engine: Matchmaker, rows: Rows) -> list[Rows]:
    """The first ten options of each, under the rules of the first arrangement."""
    return [order[:10] for order in engine.recommender().ranking(rows)]


def rankings(full: bool, jobs: int) -> None:
    """Every school, or one in forty, among all organisations, a block at a time."""
    engine = Matchmaker(sector="schools")
    profiles = engine.profiles()
    rows = np.flatnonzero(profiles.types != "trust")[:: 1 if full else 40]
    blocks = [(engine, rows[start : start + BLOCK]) for start in range(0, len(rows), BLOCK)]
    engine.recommender().ranking(rows[:2])
    taken = {}
    for n in (1, jobs):
        with machines(n):
            taken[n] = seconds(in_parallel, first_of, blocks)
    print(
        f"{len(rows):,} schools ranked among {len(profiles.types):,}: "
        + ", ".join(f"{n} at once {of}" for n, of in taken.items())
        + f"; {memory()}"
    )


def matching() -> None:
    """Recipients with so many options each, partners with a load."""
    chance = np.random.default_rng(1)
    fits = np.full((RECIPIENTS, PARTNERS), np.nan)
    for row in fits:
        row[chance.choice(PARTNERS, OPTIONS, replace=False)] = chance.random(OPTIONS).round(3)
    problem = AssignmentProblem(fits, np.full(PARTNERS, LOAD), np.zeros(fits.shape, dtype=bool))
    print(f"{RECIPIENTS:,} recipients matched: {seconds(optimal, problem)}; {memory()}")


def memory() -> str:
    """The most that this process has held."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB at most so far"


def main() -> None:
    """Print times, ratios, memory and the load of the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    neighbours(SIZES, asked.jobs)
    matching()
    rankings(asked.full, asked.jobs)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
