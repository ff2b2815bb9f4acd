"""Standings: the mean of a year, what has just come out, what fades, what a merger ends, own figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from made_up import DAY, made_up_profiles, made_up_snapshot

from matchmaker import Matchmaker
from matchmaker.features import features
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.scoring.standings import remaining_weight, steady_standings

SAFETY = {"AAA": {"groundings": 1.0}, "BBB": {"groundings": 2.0}, "CCC": {"groundings": 3.0}}


def of(found: Profiles, feature: str) -> tuple[list[float], list[float]]:
    standings, weights = steady_standings(found)
    at = found.column[feature]
    return standings[at].tolist(), weights[at].tolist()


def published(code: str, value: float, known_from: date) -> dict[str, Any]:
    period = {"period_start": date(2020, 1, 1), "period_end": known_from}
    return {"code": code, "measure": "groundings", "value": value, "known_from": known_from} | period


def test_what_has_not_changed_for_a_year_counts_in_full() -> None:
    assert of(made_up_profiles(SAFETY, as_of=date(2021, 1, 31)), "groundings") == (
        pytest.approx([1.0, 0.5, 0.0]),
        [1.0, 1.0, 1.0],
    )


def test_a_new_figure_moves_a_standing_by_a_quarter_of_the_way() -> None:
    """From the last to the first of three, on one of four quarterly days."""
    news = [published("CCC", 0.5, date(2021, 1, 20))]
    found = profiles(made_up_snapshot(SAFETY, measures=news, as_of=date(2021, 1, 31)), date(2021, 1, 31))
    assert found.standings[2, found.column["groundings"]] == 1.0
    assert of(found, "groundings")[0] == pytest.approx([0.875, 0.375, 0.25])


def test_a_measure_that_has_just_come_out_counts_for_a_quarter() -> None:
    late = {code: {"berths": 10.0} for code in SAFETY}
    news = [published(code, figures["groundings"], date(2021, 1, 20)) for code, figures in SAFETY.items()]
    found = profiles(made_up_snapshot(late, measures=news, as_of=date(2021, 1, 31)), date(2021, 1, 31))
    assert of(found, "groundings") == (pytest.approx([1.0, 0.5, 0.0]), [0.25] * 3)


def test_a_measure_counts_by_the_share_of_the_days_on_which_it_was_known() -> None:
    """Known from 31 December: on 30 June and 30 March, not on 30 December and 30 September."""
    assert of(made_up_profiles(SAFETY, as_of=DAY), "groundings")[1] == [0.5, 0.5, 0.5]


def test_days_before_a_merger_do_not_count_for_the_merged() -> None:
    """AAA took OLD in on 30 November; of the days before, it was its former self on all but this one."""
    news = [published("AAA", 8.0, date(2020, 12, 20))]
    tables = {"measures": news, "closed": {"OLD": date(2020, 11, 30)}, "as_of": date(2021, 1, 31)}
    known = SAFETY | {"OLD": {"groundings": 9.0}}
    alone = made_up_snapshot(known, **tables)
    merged = made_up_snapshot(known, successions=[("OLD", "AAA")], **tables)
    # the first of three or four on three days, and the last on this one
    assert of(profiles(alone, date(2021, 1, 31)), "groundings")[0][0] == pytest.approx(0.75)
    assert of(profiles(merged, date(2021, 1, 31)), "groundings")[0][0] == 0.0


def test_an_unknown_figure_has_no_standing_and_no_weight() -> None:
    found = made_up_profiles(SAFETY | {"DDD": {}}, as_of=date(2021, 1, 31))
    standings, weights = of(found, "groundings")
    assert np.isnan(standings[3])
    assert weights[3] == 0


def test_a_judgement_fades_with_its_age() -> None:
    """A figure to the end of 2019 that fades out in 36 months: all of it, half and nothing are left."""
    fading = [
        one.model_copy(update={"fades_out_months": 36}) if one.name == "groundings" else one
        for one in features(made_up_profiles(SAFETY).sector)
    ]
    for day, left in ((date(2020, 1, 1), 1.0), (date(2021, 7, 1), 0.5), (date(2023, 1, 15), 0.0)):
        found = made_up_profiles(SAFETY, as_of=day, features=fading)
        assert remaining_weight(found)[0, found.column["groundings"]] == pytest.approx(left, abs=0.01)


def test_a_figure_of_ones_own_counts_at_once(engine: Matchmaker, tmp_path: Any) -> None:
    """Own figures say what is so today; the mean of a year would take three quarters of it away."""
    own = tmp_path / "own.csv"
    own.write_text("ods,shmi\nRPA,0.5\n")
    found = engine.with_data(own).profiles()
    row, column = found.position["RPA"], found.column["mortality"]
    standings, weights = steady_standings(found)
    assert standings[column, row] == found.standings[row, column] > 0.99
    assert weights[column, row] == 1.0


def test_ratings_of_over_three_years_decide_nothing(engine: Matchmaker) -> None:
    found = engine.profiles()
    column = found.column["cqc_overall"]
    ends = found.cells["period_end"].gather_every(len(found.features), column)
    old = (ends < date(2023, 8, 1)).fill_null(False).to_numpy()
    assert old.sum() > 100
    assert not steady_standings(found)[1][column, old].any()
