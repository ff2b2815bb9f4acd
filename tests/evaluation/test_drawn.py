"""Where there are too many past pairings for all, those of some days are replayed, and the rest is told."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation import evaluate as whole
from matchmaker.evaluation.drawn import NOT_DRAWN, drawn_pairings
from matchmaker.evaluation.evaluate import evaluate
from matchmaker.evaluation.published import publish
from matchmaker.evaluation.replay import family_of
from matchmaker.evaluation.report.build import document
from matchmaker.evaluation.settings import Drawn, EvaluationSettings, evaluation_settings
from matchmaker.sector import load_sector
from matchmaker.snapshot import store


@pytest.fixture(scope="module")
def schools() -> Matchmaker:
    return Matchmaker(store.location("schools"))


@pytest.fixture(scope="module")
def how() -> Drawn:
    drawn = evaluation_settings(load_sector("schools")).drawn
    assert drawn is not None
    return drawn


@pytest.mark.snapshot
def test_every_pairing_is_drawn_or_left_out_with_the_reason(schools: Matchmaker, how: Drawn) -> None:
    every = schools.snapshot.pairings
    drawn, left_out = drawn_pairings(every, how, schools.sector)
    assert sorted([*drawn["pairing_id"], *(one.pairing_id for one in left_out)]) == sorted(
        every["pairing_id"]
    )
    assert {(one.rule, one.why) for one in left_out} == {(NOT_DRAWN, how.why)}


@pytest.mark.snapshot
def test_so_many_days_over_all_years_and_so_many_of_a_family_a_day(schools: Matchmaker, how: Drawn) -> None:
    drawn, _ = drawn_pairings(schools.snapshot.pairings, how, schools.sector)
    assert drawn["start"].n_unique() == how.days and (drawn["start"] >= how.since).all()
    assert set(drawn["start"].dt.year()) == set(range(2016, 2026))
    assert set(drawn["kind"]) == set(how.kinds)
    families = {name: kind.family for name, kind in schools.sector.pairing_kinds.items()}
    sizes = drawn.group_by("start", pl.col("kind").replace_strict(families)).len()["len"]
    assert max(sizes) == how.of_family


@pytest.mark.snapshot
def test_the_same_ones_are_drawn_whatever_the_order(schools: Matchmaker, how: Drawn) -> None:
    every = schools.snapshot.pairings
    once, again = (
        drawn_pairings(one, how, schools.sector)[0]["pairing_id"].sort()
        for one in (every, every.sample(fraction=1, shuffle=True, seed=1))
    )
    assert once.equals(again)


@pytest.mark.snapshot
@pytest.mark.slow
def test_a_sector_with_too_many_is_evaluated_by_the_same_code(
    schools: Matchmaker, how: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two days, a family's three pairings on each; everything else as the sector says."""
    settings = evaluation_settings(schools.sector)
    few = how.model_copy(update={"since": date(2019, 1, 1), "days": 2, "of_family": 3})

    def fewer(_: object) -> EvaluationSettings:
        return settings.model_copy(update={"drawn": few})

    monkeypatch.setattr(whole, "evaluation_settings", fewer)
    monkeypatch.setattr(whole, "LEAK_CHECKS", 1)
    found = evaluate(schools)
    assert len({one.day for one in found.choices}) == 2 and 6 <= len(found.choices) <= 24
    assert not found.leaks and found.leak_checks >= 1
    assert {family_of(one) for one in found.choices} <= set(settings.families)
    # A trust that took in several is one body for intervals.
    partners = {one.partner for one in found.choices}
    assert set(found.results["organisation"]) == {schools.registry.latest(one) for one in partners}
    assert "Not among those drawn for replay" in document(publish(found), schools.sector)
