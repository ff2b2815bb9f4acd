"""Sensitivity: the preset is the first draw, a criterion left out is left out, and nothing may be scored."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation import aggregate
from matchmaker.evaluation.aggregate import ELIGIBLE
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.refit import criteria_of
from matchmaker.evaluation.replay import evaluated_method, replay
from matchmaker.evaluation.sensitivity import drawn_weights, without_each
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import weighted_sum


@pytest.fixture(scope="module")
def drawn(buddies: list[ChoiceSituation]) -> pl.DataFrame:
    return drawn_weights(buddies, draws=30)


def test_the_preset_gives_what_the_replay_gives(
    drawn: pl.DataFrame, engine: Matchmaker, buddies: list[ChoiceSituation]
) -> None:
    means = aggregate.means(replay(buddies, [evaluated_method("evidence")], engine.directory.latest))
    for metric in METRICS:
        (row,) = means.filter((pl.col("metric") == metric) & (pl.col("population") == ELIGIBLE)).iter_rows(
            named=True
        )
        (other,) = drawn.filter(pl.col("metric") == metric).iter_rows(named=True)
        assert other["preset"] == pytest.approx(row["value"], abs=1e-12)
        assert other["low"] <= other["middle"] <= other["high"]


def test_weights_move_the_results_and_the_seed_settles_how(
    drawn: pl.DataFrame, buddies: list[ChoiceSituation]
) -> None:
    assert (drawn["high"] > drawn["low"]).sum() > 3
    assert drawn.equals(drawn_weights(buddies, draws=30))
    assert not drawn.equals(drawn_weights(buddies, draws=30, seed=1))


def test_a_criterion_left_out_counts_nothing(buddies: list[ChoiceSituation]) -> None:
    found = without_each(buddies[:3])
    scored = [one for one in buddies[:3] if one.chosen is not None]
    ranks = []
    for one in scored:
        values, preset = criteria_of(one)
        kept = np.delete(np.arange(len(preset)), 0)
        score = weighted_sum(values[kept][:, None], preset[kept]).score[0]
        ranks.append(np.count_nonzero(one.eligible & (score > score[one.chosen])))
    first = found.filter(pl.col("metric") == "percentile")["without"][0]
    shares = [rank / (one.eligible.sum() - 1) for rank, one in zip(ranks, scored, strict=True)]
    assert first == pytest.approx(np.mean(shares), abs=0.01)
    assert found["known"].is_between(0, 1).all()


def test_without_an_eligible_partner_there_is_an_empty_answer(buddies: list[ChoiceSituation]) -> None:
    """As for a file of one's own whose only partner was not eligible."""
    out = [one for one in buddies if one.chosen is None]
    assert out
    assert drawn_weights(out).is_empty()
    assert {"family", "metric", "preset", "low", "high"} <= set(drawn_weights(out).columns)
    assert without_each(out).is_empty()
    assert {"kind", "criterion", "metric", "preset", "without", "known"} == set(without_each(out).columns)
