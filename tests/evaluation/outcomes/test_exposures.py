"""Exposures: the actual pair's own criteria, unknown where unknown, later figures where they stand in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.evaluation.outcomes.exposures import ExposureReader
from matchmaker.evaluation.settings import OutcomeStudy, evaluation_settings
from matchmaker.models.arrangement import arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker


@pytest.fixture(scope="module")
def study(harbour_engine: Matchmaker) -> OutcomeStudy:
    found = evaluation_settings(harbour_engine.sector).outcomes
    assert found is not None
    return found


@pytest.fixture(scope="module")
def reader(harbour_snapshot: Snapshot, study: OutcomeStudy) -> ExposureReader:
    return ExposureReader(harbour_snapshot, study)


def test_each_names_a_criterion_of_its_arrangement(engine: Matchmaker, study: OutcomeStudy) -> None:
    for sector, own in ((engine.sector, evaluation_settings(engine.sector).outcomes),):
        assert own is not None
        criteria = {criterion.name for criterion in arrangement(sector, own.arrangement).criteria}
        assert {one.criterion for one in own.exposures} - {""} <= criteria
    assert [one.name for one in study.exposures] == ["setting", "fit"]


def test_the_fit_is_that_of_the_day(reader: ExposureReader, mentors: list[ChoiceSituation]) -> None:
    for choice in mentors:
        found = reader.of(choice)
        assert set(found) == {"setting", "fit"}
        scores = WeightedSumRanker(choice.profiles, reader.arrangement).scores(np.array([choice.row]))
        assert found["fit"] == pytest.approx(scores.score[0, choice.partner_row])


def test_what_stands_in_is_of_the_later_day(reader: ExposureReader, mentors: list[ChoiceSituation]) -> None:
    """Whatever the profiles of the day say."""
    assert reader.later is not None
    choice = mentors[0]
    setting = [one.name for one in reader.arrangement.criteria].index("setting_similarity")
    row = np.array([reader.later.position[choice.recipient]])
    later = WeightedSumRanker(reader.later, reader.arrangement).scores(row)
    expected = later.values[setting, 0, reader.later.position[choice.partner]]
    assert reader.of(choice)["setting"] == pytest.approx(expected)
    moved = replace(choice, profiles=mentors[-1].profiles)
    assert reader.of(moved)["setting"] == reader.of(choice)["setting"]
    assert reader.of(moved)["fit"] != reader.of(choice)["fit"]


def test_without_one_that_stands_in_no_later_profiles_are_made(
    harbour_snapshot: Snapshot, study: OutcomeStudy, mentors: list[ChoiceSituation]
) -> None:
    own = [one.model_copy(update={"stands_in": False}) for one in study.exposures]
    reader = ExposureReader(harbour_snapshot, study.model_copy(update={"exposures": tuple(own)}))
    assert reader.later is None
    assert reader.of(mentors[1])["setting"] is not None


def test_a_partner_that_is_not_there_is_unknown(
    reader: ExposureReader, mentors: list[ChoiceSituation]
) -> None:
    gone = replace(mentors[0], partner="ZZZ")
    assert set(reader.of(gone).values()) == {None}
