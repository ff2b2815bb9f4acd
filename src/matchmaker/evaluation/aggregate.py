"""What replays add up to: means with intervals, and each method against each baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from matchmaker.evaluation.inference import (
    Estimate,
    bootstrap_difference,
    bootstrap_mean,
    clustered,
    exact_limits,
    holm,
    randomisation_test,
    sign_test,
)
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.records import ALL, ELIGIBLE
from matchmaker.evaluation.replay import NOT_ELIGIBLE, NOTHING, SCORED

COMPARED = ("hit@5", "hit@10", "mrr", "percentile")
"""Metrics on which methods are compared in pairs."""
LEAST_DIFFERENCE = 1e-9
"""Hits, which may be shared among tied candidates, that differ by less are the same."""
MIN_ORGANISATIONS = 8
"""With fewer organisations than this there is no interval: it would be far too short."""
MEANS = {
    **dict.fromkeys(("family", "population", "method", "metric"), pl.String),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("queries", "organisations"), pl.Int64),
    **dict.fromkeys(("exact_low", "exact_high"), pl.Float64),
}
WINS = {
    **dict.fromkeys(("family", "metric", "method", "baseline"), pl.String),
    **dict.fromkeys(("wins", "losses", "queries"), pl.Int64),
    "p": pl.Float64,
}
COMPARISONS = {
    **dict.fromkeys(("family", "metric", "method", "baseline"), pl.String),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("queries", "organisations"), pl.Int64),
    **dict.fromkeys(("p", "p_holm"), pl.Float64),
}


def means(results: pl.DataFrame) -> pl.DataFrame:
    """The mean of every metric with its interval.

    Args:
        results: of `replay`.

    Returns:
        One row per family, population, method and metric: value, low, high, queries, organisations, and of
        hit rates exact_low and exact_high, by Clopper and Pearson as if every query stood by itself.
    """
    rows = []
    for (family, method), own in _groups(results, "family", "method"):
        for population, counted in ((ALL, own), (ELIGIBLE, own.filter(pl.col("counted") == SCORED))):
            if counted.is_empty():
                continue
            clusters = clustered(counted["organisation"].to_list())
            for metric in METRICS:
                estimate = bootstrap_mean(counted[metric].to_numpy(), clusters)
                keys = {"family": family, "population": population, "method": method, "metric": metric}
                exact = (
                    exact_limits(estimate.value * estimate.n, estimate.n) if is_hit(metric) else (None, None)
                )
                limits = dict(zip(("exact_low", "exact_high"), exact, strict=True))
                rows.append(keys | _estimate_row(estimate) | limits)
    return pl.DataFrame(rows, schema=MEANS)


def comparisons(results: pl.DataFrame, methods: Sequence[str], baselines: Sequence[str]) -> pl.DataFrame:
    """Each method against each baseline, on the queries that both rank.

    Args:
        results: of `replay`.
        methods: those that claim something.
        baselines: those to be beaten.

    Returns:
        One row per family, metric, method and baseline: the mean difference (method minus baseline),
        its interval, `p` of the paired randomisation test, and `p_holm`, raised for every row of the
        family: all methods, metrics and baselines.
    """
    rows: list[dict[str, Any]] = []
    scored = results.filter(pl.col("counted") == SCORED)
    for (family,), own in _groups(scored, "family"):
        against = [
            {"family": family, "metric": metric, "method": method, "baseline": other} | row
            for method in methods
            for metric in COMPARED
            for other in baselines
            if other != method and (row := _difference_row(own, method, other, metric))
        ]
        raised = holm(np.array([one["p"] for one in against]))
        rows += [one | {"p_holm": float(p)} for one, p in zip(against, raised, strict=True)]
    return pl.DataFrame(rows, schema=COMPARISONS)


def wins_and_losses(results: pl.DataFrame, methods: Sequence[str], baseline: str | None) -> pl.DataFrame:
    """Query by query, how often each method had the partner among the first and a baseline had not.

    Args:
        results: of `replay`.
        methods: those that claim something.
        baseline: the one to be beaten; with none there are no rows.

    Returns:
        One row per family (`all`: all together), metric (hit rates of `COMPARED`) and method: baseline,
        wins, losses, queries that both rank, and `p` of the two-sided sign test.
    """
    rows: list[dict[str, Any]] = []
    counted = results.filter(pl.col("counted") != NOTHING)
    groups = [*_groups(counted, "family"), ((ALL,), counted)] if baseline is not None else []
    for (family,), own in groups:
        for metric in filter(is_hit, COMPARED):
            for method in methods:
                apart = None if method == baseline else _apart(own, method, str(baseline), metric)
                if apart is None:
                    continue
                difference = apart["apart"].to_numpy()
                wins = int((difference > LEAST_DIFFERENCE).sum())
                losses = int((difference < -LEAST_DIFFERENCE).sum())
                keys = {"family": family, "metric": metric, "method": method, "baseline": baseline}
                found = {"wins": wins, "losses": losses, "queries": apart.height}
                rows.append(keys | found | {"p": sign_test(wins, losses)})
    return pl.DataFrame(rows, schema=WINS)


def is_hit(metric: str) -> bool:
    """Whether a metric is a share of partners among the first."""
    return metric.startswith("hit@")


def _difference_row(own: pl.DataFrame, method: str, other: str, metric: str) -> dict[str, Any] | None:
    both = _apart(own, method, other, metric)
    if both is None:
        return None
    apart = both["apart"].to_numpy()
    clusters = clustered(both["organisation"].to_list())
    return _estimate_row(bootstrap_difference(apart, clusters)) | {"p": randomisation_test(apart, clusters)}


def _apart(own: pl.DataFrame, method: str, other: str, metric: str) -> pl.DataFrame | None:
    """organisation, and `apart`: one method's metric minus the other's; None where no query has both."""
    columns = ["pairing_id", "organisation", metric]
    one, two = (own.filter(pl.col("method") == name).select(columns) for name in (method, other))
    both = one.join(two, on="pairing_id", how="inner", suffix="_other", maintain_order="left")
    if both.is_empty():
        return None
    return both.select("organisation", apart=pl.col(metric) - pl.col(f"{metric}_other"))


def counts(results: pl.DataFrame) -> pl.DataFrame:
    """How many queries each family has, and how many of them have an eligible partner.

    Returns:
        One row per family: queries, organisations, eligible, ceiling (the share that is eligible, which
        no method can exceed when all queries count), candidates (the median number).
    """
    once = results.unique("pairing_id", keep="first", maintain_order=True)
    return (
        once.group_by("family", maintain_order=True)
        .agg(
            queries=pl.len(),
            organisations=pl.col("organisation").n_unique(),
            eligible=(pl.col("counted") != NOT_ELIGIBLE).sum(),
            candidates=pl.col("candidates").median(),
        )
        .with_columns(ceiling=pl.col("eligible") / pl.col("queries"))
    )


def _groups(results: pl.DataFrame, *by: str) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    counted = results.filter(pl.col("counted") != NOTHING)
    return [(tuple(key), part) for key, part in counted.group_by(*by, maintain_order=True)]


def _estimate_row(estimate: Estimate) -> dict[str, Any]:
    enough = estimate.clusters >= MIN_ORGANISATIONS
    return {
        "value": estimate.value,
        "low": estimate.low if enough else None,
        "high": estimate.high if enough else None,
        "queries": estimate.n,
        "organisations": estimate.clusters,
    }
