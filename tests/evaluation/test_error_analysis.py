"""Misses: the worst first, and the explanation adds up to why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.error_analysis import TOLD, Miss, worst_misses
from matchmaker.evaluation.replay import SCORED, EvaluatedMethod, evaluated_method, replay
from matchmaker.models.learned.choice_set import ChoiceSituation

EVIDENCE = evaluated_method("evidence")


@pytest.fixture(scope="module")
def results(engine: Matchmaker, buddies: list[ChoiceSituation]) -> pl.DataFrame:
    return replay(buddies, [EVIDENCE, evaluated_method("nearest")], engine.directory.latest)


@pytest.fixture(scope="module")
def misses(results: pl.DataFrame, buddies: list[ChoiceSituation]) -> list[Miss]:
    return worst_misses(results, buddies, EVIDENCE, 5)


def test_the_worst_come_first(misses: list[Miss], results: pl.DataFrame) -> None:
    shares = [(miss.rank - 1) / (miss.among - 1) for miss in misses]
    assert shares == sorted(shares, reverse=True)
    scored = results.filter((pl.col("method") == "evidence") & (pl.col("counted") == SCORED))
    assert shares == pytest.approx(scored["percentile"].sort(descending=True)[:5].to_list())


def test_the_first_really_scores_higher_by_the_terms_told(
    misses: list[Miss], buddies: list[ChoiceSituation]
) -> None:
    by_id = {one.pairing_id: one for one in buddies}
    for miss in misses:
        choice = by_id[miss.pairing_id]
        scores = EVIDENCE.bind(choice.profiles, choice).scores(np.array([choice.row]))
        first = choice.profiles.position[miss.first.rpartition("(")[2].rstrip(")")]
        assert choice.eligible[first]
        assert scores.score[0, first] == scores.score[0, choice.eligible & (scores.coverage[0] >= 0.5)].max()
        leads = scores.contributions[:, 0, first] - scores.contributions[:, 0, choice.chosen]
        assert [one.lead for one in miss.apart] == pytest.approx(np.sort(leads)[::-1][: len(miss.apart)])
        assert 1 <= len(miss.apart) <= TOLD
        assert miss.partner.endswith(f"({choice.partner})")
        assert all(one.partner and one.first and one.label for one in miss.apart)


def test_a_partner_that_was_not_eligible_is_no_miss_of_a_method(
    results: pl.DataFrame, buddies: list[ChoiceSituation]
) -> None:
    out = {one.pairing_id for one in buddies if one.chosen is None}
    assert out.isdisjoint(miss.pairing_id for miss in worst_misses(results, buddies, EVIDENCE, 100))


def test_a_method_that_does_not_explain_itself_is_refused(
    results: pl.DataFrame, buddies: list[ChoiceSituation]
) -> None:
    mute: EvaluatedMethod = replace(EVIDENCE, bind=None)
    with pytest.raises(ValueError, match="can't explain"):
        worst_misses(results, buddies, mute)
