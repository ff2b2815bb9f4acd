"""Replays: the same candidates for all, the day before, misses counted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation import aggregate
from matchmaker.evaluation.metrics import METRICS, MISSED
from matchmaker.evaluation.replay import (
    NOT_ELIGIBLE,
    NOTHING,
    SCORED,
    EvaluatedMethod,
    evaluated_method,
    replay,
)
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.typing import Floats

CONSTANT = EvaluatedMethod(
    "constant", "Tells nobody apart.", "baseline", lambda one: (np.full(len(one.eligible), 0.3),) * 2
)


def knows(code: Callable[[ChoiceSituation], str]) -> EvaluatedMethod:
    """A method that puts one code first."""

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        codes = choice.profiles.organisations["code"].to_numpy()
        return (codes == code(choice)).astype(float), np.ones(len(codes))

    return EvaluatedMethod("knows", "Knows.", "baseline", score)


@pytest.fixture(scope="module")
def results(engine: Matchmaker, buddies: list[ChoiceSituation]) -> pl.DataFrame:
    methods = [
        evaluated_method("evidence"),
        evaluated_method("nearest"),
        evaluated_method("random"),
        CONSTANT,
    ]
    return replay(buddies, methods, engine.directory.latest)


def test_each_pairing_and_method_has_a_row(results: pl.DataFrame, buddies: list[ChoiceSituation]) -> None:
    assert results.height == 4 * len(buddies)
    assert results.group_by("pairing_id").agg(pl.col("candidates").n_unique())["candidates"].max() == 1


def test_the_recipient_is_no_candidate(past: list[ChoiceSituation]) -> None:
    assert not any(choice.eligible[choice.row] for choice in past)


def test_nothing_is_replayed_on_the_day_or_later(engine: Matchmaker, past: list[ChoiceSituation]) -> None:
    start = dict(engine.snapshot.pairings.select("pairing_id", "start").iter_rows())
    assert all(choice.day < start[choice.pairing_id] for choice in past)
    assert all(choice.profiles.as_of == choice.day for choice in past)


def test_a_constant_method_scores_like_chance(results: pl.DataFrame) -> None:
    """Although its coverage is thin and the codes stand in an order."""
    constant, chance = (
        results.filter(pl.col("method") == name).select("pairing_id", *METRICS)
        for name in ("constant", "random")
    )
    assert constant.equals(chance)
    scored = results.filter((pl.col("method") == "constant") & (pl.col("counted") == SCORED))
    assert scored["percentile"].to_list() == [0.5] * scored.height
    assert scored["hit@5"].to_list() == pytest.approx([min(5 / n, 1) for n in scored["candidates"]])


def test_a_method_that_knows_the_partner_has_them_all(
    engine: Matchmaker, buddies: list[ChoiceSituation]
) -> None:
    found = replay(buddies, [knows(lambda choice: choice.partner)], engine.directory.latest)
    scored = found.filter(pl.col("counted") == SCORED)
    assert scored["hit@1"].to_list() == [1.0] * scored.height
    assert scored.height >= 15


def test_a_partner_that_is_not_eligible_is_missed(
    results: pl.DataFrame, buddies: list[ChoiceSituation]
) -> None:
    out = [choice.pairing_id for choice in buddies if choice.chosen is None]
    missed = results.filter(pl.col("counted") == NOT_ELIGIBLE)
    assert sorted(set(missed["pairing_id"])) == sorted(out)
    assert out, "one buddy was rated requires improvement at the time"
    for name, value in MISSED.items():
        assert missed[name].to_list() == [value] * missed.height


def test_a_method_that_says_nothing_is_not_counted(
    engine: Matchmaker, buddies: list[ChoiceSituation]
) -> None:
    silent = EvaluatedMethod("silent", "", "practice", lambda one: None)
    found = replay(buddies, [silent, CONSTANT], engine.directory.latest)
    assert set(found.filter(pl.col("method") == "silent")["counted"]) == {NOTHING}
    assert found.filter(pl.col("method") == "silent")["hit@5"].null_count() == len(buddies)
    assert set(aggregate.means(found)["method"]) == {"constant"}


def test_means_are_those_of_the_rows(results: pl.DataFrame) -> None:
    found = aggregate.means(results)
    own = results.filter(pl.col("method") == "nearest")
    row = found.row(
        by_predicate=(pl.col("method") == "nearest")
        & (pl.col("metric") == "hit@10")
        & (pl.col("population") == "all"),
        named=True,
    )
    assert row["value"] == pytest.approx(own["hit@10"].mean())
    assert row["low"] <= row["value"] <= row["high"]
    assert row["organisations"] == own["organisation"].n_unique() < row["queries"]


def test_few_organisations_have_no_interval(results: pl.DataFrame) -> None:
    few = results.filter(pl.col("pairing_id").is_in(results["pairing_id"].unique().sort()[:4].to_list()))
    assert aggregate.means(few)["low"].null_count() == aggregate.means(few).height


def test_comparisons_are_paired(results: pl.DataFrame) -> None:
    found = aggregate.comparisons(results, ["evidence"], ["nearest", "random"])
    scored = results.filter(pl.col("counted") == SCORED)
    means = {
        name: scored.filter(pl.col("method") == name)["hit@10"].mean() for name in ("evidence", "nearest")
    }
    row = found.row(
        by_predicate=(pl.col("metric") == "hit@10") & (pl.col("baseline") == "nearest"), named=True
    )
    assert row["value"] == pytest.approx(means["evidence"] - means["nearest"])
    assert row["p"] <= row["p_holm"] <= 1


def test_counts_tell_the_ceiling(results: pl.DataFrame, buddies: list[ChoiceSituation]) -> None:
    row = aggregate.counts(results).row(0, named=True)
    eligible = sum(choice.chosen is not None for choice in buddies)
    assert (row["queries"], row["eligible"]) == (len(buddies), eligible)
    assert row["ceiling"] == pytest.approx(eligible / len(buddies))
