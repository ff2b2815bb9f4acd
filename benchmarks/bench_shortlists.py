"""How long shortlists take, beside bare numpy distances between the same trusts.

Run: python benchmarks/bench_shortlists.py [--script] [--profile]
The fastest of many runs of each counts, by the time of the processors: others may be at work on the machine,
whose load is printed. "Lean" is what the service makes where nothing is included: ranks, reasons and facts.
--script also runs the steps of the script that was published beside the official peers, in pandas (about a
quarter of a minute); --profile says where the time of one shortlist goes.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core, so that the ratios are those of the work

import numpy as np
import pandas as pd

from matchmaker import Matchmaker
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import N_DRAWS
from matchmaker.sectors.nhs.peer_finder.inputs import VARIABLES, official_inputs
from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder

CODE = "RPA"
LIMIT = 10
LEAN = ("facts",)
NEIGHBOURS = 10


def fastest(job: Callable[[], object], for_seconds: float = 2.0) -> float:
    """Seconds of the fastest run within so many seconds, after one that does not count."""
    job()
    taken = []
    end = perf_counter() + for_seconds
    while perf_counter() < end or len(taken) < 3:
        start = process_time()
        job()
        taken.append(process_time() - start)
    return min(taken)


def told(what: str, seconds: float, bare: float, beside: str) -> None:
    """One line of the report."""
    print(f"{what:<58}{1000 * seconds:>10.2f} ms {seconds / bare:>8.1f} x {beside}")


def bare_distances(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Euclidean distances of some rows from all, and nothing else."""
    return np.sqrt(((values[rows, None, :] - values[None, :, :]) ** 2).sum(axis=2))


def bare_peers(values: np.ndarray) -> np.ndarray:
    """The nearest rows of each row, by the shortest way in numpy: z-scores, a product, a partition."""
    scaled = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    square = (scaled**2).sum(axis=1)
    distance = square[:, None] + square[None, :] - 2 * scaled @ scaled.T
    np.fill_diagonal(distance, np.inf)
    nearest = np.argpartition(distance, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    order = np.argsort(np.take_along_axis(distance, nearest, axis=1), axis=1)
    return np.take_along_axis(nearest, order, axis=1)


def script_peers(inputs: pd.DataFrame) -> pd.DataFrame:
    """What the published script does, step by step and row by row: every pair of every variable."""
    long = inputs.rename_axis("trust").reset_index().melt("trust", var_name="variable")
    moments = long.groupby("variable")["value"].agg(["mean", "std"]).round({"std": 5}).reset_index()
    long = long.merge(moments, on="variable")
    long["z"] = long.apply(lambda row: (row["value"] - row["mean"]) / row["std"], axis=1)
    pairs = long.merge(long[["trust", "variable", "z"]], on="variable", suffixes=("", "_other"))
    pairs["apart"] = pairs.apply(lambda row: abs(row["z"] - row["z_other"]), axis=1)
    distance = pairs.groupby(["trust", "trust_other"], as_index=False)["apart"].sum()
    return distance.sort_values(["trust", "apart"]).groupby("trust").head(NEIGHBOURS + 1)


def with_new_weights(ask: Callable[..., Any], criterion: str, steps: Iterator[int]) -> Any:
    """A lean list by a weight that nobody asked for before."""
    return ask(weights={criterion: 0.2 + next(steps) / 1e6}, details=LEAN)


def shortlists(engine: Matchmaker) -> None:
    """One recipient against all trusts, with and without draws."""
    profiles = engine.profiles()
    values = np.nan_to_num(profiles.scaled_as("acute"))
    row = np.array([profiles.position[CODE]])
    bare = fastest(lambda: bare_distances(values, row))
    print(f"{CODE} against {len(values)} trusts, {values.shape[1]} features, the first {LIMIT} explained")
    told("bare numpy distances", bare, bare, "bare")
    for name, one in arrangements(engine.sector).items():
        ask = partial(engine.shortlist, CODE, name, limit=LIMIT, service=any_service(one, profiles))
        weigh = partial(with_new_weights, ask, one.criteria[0].name, count(1))
        for what, job in (
            ("lean, without draws", partial(ask, n_draws=0, details=LEAN)),
            ("whole, without draws", partial(ask, n_draws=0)),
            ("lean, with draws", partial(ask, details=LEAN)),
            ("lean, with draws and new weights", weigh),
        ):
            told(f"{name}, {what}", fastest(job), bare, "bare")
    told("why not one of them", fastest(lambda: engine.why_not(CODE, "RXC")), bare, "bare")


def all_at_once(engine: Matchmaker) -> None:
    """All trusts as recipients in one call, and one by one."""
    recommender = engine.recommender()
    codes = list(recommender.profiles.position)
    every = np.arange(len(codes))
    values = np.nan_to_num(recommender.profiles.scaled_as("acute"))
    bare = fastest(lambda: bare_distances(values, every))
    batch = fastest(lambda: recommender.ranking(every))
    ranked = fastest(lambda: [recommender.ranking(every[[row]]) for row in every])
    query = ShortlistQuery.parse({"n_draws": 0, "limit": LIMIT}, engine.sector)
    many = fastest(lambda: list(engine.shortlists(codes, query, ())))
    apart = fastest(lambda: list(engine.shortlists(codes, query, ("reasons",))))
    whole = fastest(lambda: list(engine.shortlists(codes, query)))
    explained = fastest(lambda: [engine.shortlist(code, n_draws=0) for code in codes])
    print(f"\nAll {len(codes)} trusts as recipients")
    told("bare numpy distances", bare, bare, "bare")
    told("ranked in one call", batch, bare, "bare")
    told("ranked one by one", ranked, batch, "one call")
    told("all lists in one call, reasons with figures of both sides", many, batch, "one call")
    told("the same, each figure of a reason by itself too", apart, batch, "one call")
    told("all lists in one call, whole", whole, batch, "one call")
    told("whole lists one by one", explained, batch, "one call")


def peers(engine: Matchmaker, script: bool) -> None:
    """The official peers of all 208 trusts."""
    measures = engine.snapshot.measures
    codes, inputs = official_inputs(measures.filter(measures["source"] == "peer_finder"))
    finder = NhsPeerFinder()
    values = np.nan_to_num(inputs.to_numpy())[:, [name in counted() for name in VARIABLES]]
    bare = fastest(lambda: bare_peers(values))
    ours = fastest(lambda: finder.fit(inputs).kneighbors(n_neighbors=NEIGHBOURS))
    print(f"\nThe official peers of all {len(codes)} trusts")
    told("bare numpy (z-scores, distances, the ten nearest)", bare, bare, "bare")
    told("ours, checked inputs, ties by code", ours, bare, "bare")
    if script:
        frame = pd.DataFrame(inputs.to_dict(as_series=False), index=codes).fillna(0.0)
        start = perf_counter()
        script_peers(frame)
        told("the published script's steps in pandas", perf_counter() - start, ours, "ours")


def counted() -> set[str]:
    """The variables that the official lists count."""
    return {name for name, weight in zip(VARIABLES, NhsPeerFinder._own_weights, strict=True) if weight}


def where_time_goes(engine: Matchmaker) -> None:
    """The functions in which most of the time of a shortlist is spent."""
    for label, draws in (("without draws", 0), ("with draws", N_DRAWS)):
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(50):
            engine.shortlist(CODE, limit=LIMIT, n_draws=draws)
        profile.disable()
        stats = pstats.Stats(profile)
        print(f"\nWhere the time goes, {label}")
        rows = sorted(stats.stats.items(), key=lambda item: -item[1][3])  # type: ignore[attr-defined]
        own = [(key, row) for key, row in rows if "matchmaker" in key[0] and "<" not in key[2]]
        whole = own[0][1][3]
        for (file, _, function), (_, calls, inside, below, _) in own[:16]:
            name = f"{file.rsplit('/', 1)[1].removesuffix('.py')}.{function}"
            print(f"{name:<40}{below / whole:>6.0%} {inside / whole:>6.0%} itself {calls // 50:>5} calls")


def main() -> None:
    """Print each time and what it is beside."""
    engine = Matchmaker()
    print(f"Load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    shortlists(engine)
    all_at_once(engine)
    peers(engine, "--script" in sys.argv)
    if "--profile" in sys.argv:
        where_time_goes(engine)


if __name__ == "__main__":
    main()
