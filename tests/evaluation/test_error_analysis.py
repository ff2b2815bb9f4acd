"""Misses: the worst first, and the explanation adds up to why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.error_analysis import MAX_GAPS, MIN_LEAD, worst_misses
from matchmaker.evaluation.records import Miss
from matchmaker.evaluation.replay import EvaluatedMethod, replay
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import MIN_COVERAGE


@pytest.fixture(scope="module")
def results(
    harbour_engine: Matchmaker,
    mentors: list[ChoiceSituation],
    excluded: ChoiceSituation,
    by_name: dict[str, EvaluatedMethod],
) -> pl.DataFrame:
    methods = [by_name["evidence"], by_name["nearest"]]
    return replay([*mentors, excluded], methods, harbour_engine.registry.latest)


@pytest.fixture(scope="module")
def misses(
    results: pl.DataFrame, mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> list[Miss]:
    return worst_misses(results, mentors, by_name["evidence"], 5)


def test_the_worst_come_first(misses: list[Miss], results: pl.DataFrame) -> None:
    shares = [(miss.rank - 1) / (miss.among - 1) for miss in misses]
    own = results.filter((pl.col("method") == "evidence") & (pl.col("pairing_id") != "OUT"))
    assert shares == pytest.approx(own["percentile"].sort(descending=True)[:5].to_list())
    assert misses[0].pairing_id == "M9"
    assert (misses[0].rank, misses[0].among) == (5, 5)
    assert misses[0].partner == "Amberwick Harbour Board (AMB)"


def test_the_first_really_scores_higher_by_the_terms_shown(
    misses: list[Miss], mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    by_id = {one.pairing_id: one for one in mentors}
    evidence = by_name["evidence"]
    assert evidence.bind is not None
    for miss in misses:
        choice = by_id[miss.pairing_id]
        scores = evidence.bind(choice.profiles, choice).scores(np.array([choice.row]))
        first = choice.profiles.position[miss.first.rpartition("(")[2].rstrip(")")]
        assert choice.eligible[first]
        enough = choice.eligible & (scores.coverage[0] >= MIN_COVERAGE)
        assert scores.score[0, first] == scores.score[0, enough].max()
        leads = scores.contributions[:, 0, first] - scores.contributions[:, 0, choice.chosen]
        expected = [lead for lead in np.sort(leads)[::-1] if lead > MIN_LEAD][:MAX_GAPS]
        assert [gap.lead for gap in miss.apart] == pytest.approx(expected)
        assert all(gap.partner and gap.first and gap.label for gap in miss.apart)
    assert len(misses[0].apart) == MAX_GAPS


def test_a_partner_that_was_not_eligible_is_no_miss_of_a_method(
    results: pl.DataFrame, mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    found = worst_misses(results, mentors, by_name["evidence"], 100)
    assert len(found) == len(mentors)
    assert "OUT" not in {miss.pairing_id for miss in found}


def test_a_method_that_does_not_explain_itself_is_refused(
    results: pl.DataFrame, mentors: list[ChoiceSituation], by_name: dict[str, EvaluatedMethod]
) -> None:
    with pytest.raises(ValueError, match="can't explain"):
        worst_misses(results, mentors, replace(by_name["evidence"], bind=None))
