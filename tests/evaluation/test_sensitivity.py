"""Sensitivity: the preset is the first draw, a criterion left out is left out, and nothing may be scored."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation import aggregate
from matchmaker.evaluation.metrics import METRICS
from matchmaker.evaluation.records import ELIGIBLE
from matchmaker.evaluation.refit import criteria_of
from matchmaker.evaluation.replay import EvaluatedMethod, replay
from matchmaker.evaluation.sensitivity import criterion_ablations, drawn_weights
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import weighted_sum


@pytest.fixture(scope="module")
def drawn(mentors: list[ChoiceSituation]) -> pl.DataFrame:
    return drawn_weights(mentors, draws=30)


def test_the_preset_gives_what_the_replay_gives(
    drawn: pl.DataFrame,
    harbour_engine: Matchmaker,
    mentors: list[ChoiceSituation],
    by_name: dict[str, EvaluatedMethod],
) -> None:
    means = aggregate.means(replay(mentors, [by_name["evidence"]], harbour_engine.registry.latest))
    for metric in METRICS:
        (row,) = means.filter(metric=metric, population=ELIGIBLE).iter_rows(named=True)
        (other,) = drawn.filter(metric=metric).iter_rows(named=True)
        assert other["preset"] == pytest.approx(row["value"], abs=1e-12)
        assert other["low"] <= other["middle"] <= other["high"]


def test_weights_move_the_results_and_the_seed_settles_how(
    drawn: pl.DataFrame, mentors: list[ChoiceSituation]
) -> None:
    assert (drawn["high"] > drawn["low"]).sum() >= 3
    assert drawn.equals(drawn_weights(mentors, draws=30))
    assert not drawn.equals(drawn_weights(mentors, draws=30, seed=1))


def test_a_criterion_left_out_counts_nothing(mentors: list[ChoiceSituation]) -> None:
    fishing = [one for one in mentors if one.profiles.types[one.row] == "fishing"]  # all is known of them
    found = criterion_ablations(fishing)
    shares = []
    for one in fishing:
        values, preset = criteria_of(one)
        score = weighted_sum(values[1:][:, None], preset[1:]).score[0].round(9)
        ahead = np.count_nonzero(one.eligible & (score > score[one.chosen]))
        tied = np.count_nonzero(one.eligible & (score == score[one.chosen]))
        shares.append((ahead + (tied - 1) / 2) / (one.eligible.sum() - 1))
    first = found.filter(metric="percentile").row(0, named=True)
    assert first["criterion"] == "Setting"
    assert first["without"] == pytest.approx(np.mean(shares))
    assert first["without"] != first["preset"]
    assert first["known"] == 1


def test_without_an_eligible_partner_there_is_an_empty_answer(excluded: ChoiceSituation) -> None:
    """As for a user's file whose only partner was not eligible."""
    assert drawn_weights([excluded]).is_empty()
    assert {"family", "metric", "preset", "low", "high"} <= set(drawn_weights([excluded]).columns)
    assert criterion_ablations([excluded]).is_empty()
    columns = {"kind", "criterion", "metric", "preset", "without", "known"}
    assert columns == set(criterion_ablations([excluded]).columns)
