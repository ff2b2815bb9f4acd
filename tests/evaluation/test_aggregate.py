"""What replays add up to: means with intervals, paired comparisons, and the ceiling."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from matchmaker.evaluation import aggregate
from matchmaker.evaluation.aggregate import MIN_ORGANISATIONS
from matchmaker.evaluation.inference import holm
from matchmaker.evaluation.metrics import METRICS, MISSED, TiedRank
from matchmaker.evaluation.records import ALL, ELIGIBLE
from matchmaker.evaluation.replay import NOT_ELIGIBLE, NOTHING, RESULTS, SCORED


def row(query: int, method: str, better: int | None, **changed: Any) -> dict[str, Any]:
    """One replay among ten candidates; None is a partner that was not eligible."""
    scored = better is not None
    at = TiedRank(better or 0, 1, 10)
    metrics = {name: metric(at) for name, metric in METRICS.items()} if scored else dict(MISSED)
    return {
        "pairing_id": f"P{query}",
        "family": "Mentoring",
        "kind": "mentoring",
        "organisation": f"O{query}",
        "recipient": f"O{query}",
        "partner": "X",
        "day": date(2020, 1, 1),
        "method": method,
        "counted": SCORED if scored else NOT_ELIGIBLE,
        "candidates": 10,
        "better": better,
        "tied": 1 if scored else None,
        "coverage": 1.0 if scored else None,
        **metrics,
        **changed,
    }


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=RESULTS)


@pytest.fixture(scope="module")
def results() -> pl.DataFrame:
    """Nine queries: `good` always ranks the partner third, `poor` seventh; of one no partner was eligible."""
    ranked = [row(query, name, n) for query, (name, n) in product(range(8), (("good", 2), ("poor", 6)))]
    return frame([*ranked, row(8, "good", None), row(8, "poor", None)])


def cell(table: pl.DataFrame, **keys: str) -> dict[str, Any]:
    return table.filter(**keys).row(0, named=True)


def test_means_are_those_of_the_rows(results: pl.DataFrame) -> None:
    means = aggregate.means(results)
    whole = cell(means, method="good", metric="hit@3", population=ALL)
    assert (whole["value"], whole["queries"], whole["organisations"]) == (pytest.approx(8 / 9), 9, 9)
    assert whole["low"] <= whole["value"] <= whole["high"]
    eligible = cell(means, method="good", metric="hit@3", population=ELIGIBLE)
    assert (eligible["value"], eligible["queries"]) == (1, 8)
    assert cell(means, method="poor", metric="percentile", population=ELIGIBLE)["value"] == 6 / 9


@pytest.mark.parametrize("organisations", [MIN_ORGANISATIONS - 1, MIN_ORGANISATIONS])
def test_few_organisations_have_no_interval(organisations: int) -> None:
    some = frame([row(query, "good", query % 3) for query in range(organisations)])
    means = aggregate.means(some)
    assert means["low"].null_count() == (means.height if organisations < MIN_ORGANISATIONS else 0)


def test_what_a_method_does_not_say_is_not_counted(results: pl.DataFrame) -> None:
    silent = results.with_columns(
        counted=pl.when(pl.col("method") == "poor").then(pl.lit(NOTHING)).otherwise("counted")
    )
    assert set(aggregate.means(silent)["method"]) == {"good"}


def test_comparisons_are_paired(results: pl.DataFrame) -> None:
    found = aggregate.comparisons(results, ["good"], ["good", "poor"])
    assert set(found["baseline"]) == {"poor"}
    hits = cell(found, metric="hit@5")
    assert (hits["value"], hits["queries"]) == (1, 8)
    assert hits["p"] == pytest.approx(2 / 2**8)
    assert hits["p"] <= hits["p_holm"]


def test_p_values_are_raised_for_every_comparison_of_a_family(results: pl.DataFrame) -> None:
    third = results.filter(pl.col("method") == "poor").with_columns(method=pl.lit("third"))
    found = aggregate.comparisons(pl.concat([results, third]), ["good"], ["poor", "third"])
    assert found["p_holm"].to_list() == pytest.approx(holm(found["p"].to_numpy()).tolist())
    assert found.filter(metric="hit@5")["p_holm"][0] > 2 * found.filter(metric="hit@5")["p"][0]


def test_wins_and_losses_are_counted_query_by_query() -> None:
    """Two only the one has, one only the other; both have one, and of one no partner was eligible."""
    ranks = [(0, 8), (1, 8), (8, 0), (2, 2), (None, None)]
    rows = [
        row(n, name, at)
        for n, pair in enumerate(ranks)
        for name, at in zip(("own", "near"), pair, strict=True)
    ]
    found = aggregate.wins_and_losses(frame(rows), ["own"], "near")
    for family in ("Mentoring", ALL):
        one = cell(found, family=family, metric="hit@5")
        assert (one["wins"], one["losses"], one["queries"], one["p"]) == (2, 1, 5, 1.0)
    assert aggregate.wins_and_losses(frame(rows), ["own"], None).is_empty()


def test_hit_rates_alone_have_exact_limits(results: pl.DataFrame) -> None:
    means = aggregate.means(results)
    whole = cell(means, method="good", metric="hit@3", population=ALL)
    assert (whole["exact_low"], whole["exact_high"]) == pytest.approx((0.5175, 0.9972), abs=1e-4)
    assert cell(means, method="good", metric="mrr", population=ALL)["exact_low"] is None


def test_counts_say_the_ceiling(results: pl.DataFrame) -> None:
    (counts,) = aggregate.counts(results).iter_rows(named=True)
    assert (counts["queries"], counts["eligible"], counts["candidates"]) == (9, 8, 10)
    assert counts["ceiling"] == pytest.approx(8 / 9)


def test_nothing_replayed_gives_empty_tables() -> None:
    assert aggregate.means(frame([])).is_empty()
    assert "metric" in aggregate.means(frame([])).columns
    assert aggregate.comparisons(frame([]), ["good"], ["poor"]).is_empty()
