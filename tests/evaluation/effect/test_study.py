"""The seal of a study, its settings, and the page of its results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation.effect import page, study
from matchmaker.evaluation.effect.population import choices, joined, roots, visits
from matchmaker.evaluation.effect.settings import EffectStudy, effect_studies, effect_study
from matchmaker.sector import load_sector
from matchmaker.snapshot import store

NAME = "similar-context"
pytestmark = pytest.mark.snapshot


@pytest.fixture(scope="module")
def schools() -> Matchmaker:
    return Matchmaker(store.location("schools"))


@pytest.fixture(scope="module")
def settings(schools: Matchmaker) -> EffectStudy:
    return effect_study(schools.sector, NAME)


def track(_: str, steps: Iterable[Any]) -> Iterator[Any]:
    return iter(steps)


def test_the_sealed_part_stays_shut_until_results_on_the_rest_are_filed(schools: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="stays shut"):
        study.run(schools, NAME, None, open_seal=True, track=track)
    other = {"parts": {"open": {}}, "snapshot": "of other figures"}
    with pytest.raises(InvalidParameter, match="another snapshot"):
        study.run(schools, NAME, other, open_seal=True, track=track)


def test_no_lineage_is_in_both_parts(schools: Matchmaker, settings: EffectStudy) -> None:
    for of in (joined, choices):
        rest, sealed = (of(schools, settings, sealed=part) for part in (False, True))
        root = roots(schools.snapshot)
        lineages = [{root.get(code, code) for code in part["recipient"]} for part in (rest, sealed)]
        assert not lineages[0] & lineages[1] and all(lineages)
        assert not any(one.endswith(("3", "7")) for one in lineages[0])
        assert all(one.endswith(("3", "7")) for one in lineages[1])


def test_each_lineage_counts_once_and_was_graded_below_good(
    schools: Matchmaker, settings: EffectStudy
) -> None:
    found = joined(schools, settings, sealed=False)
    assert found.height > 1000 and found["lineage"].n_unique() == found.height
    assert set(found["before"]) == {1.0, 2.0}
    assert set(found["kind"]) <= set(settings.kinds)
    assert found["start"].is_between(settings.since, settings.until).all()
    grades = visits(schools.snapshot, settings.grade, roots(schools.snapshot))
    for one in found.sample(20, seed=1).iter_rows(named=True):
        own = grades.filter(pl.col("lineage") == one["lineage"], pl.col("on") < one["start"]).sort("on")
        assert own["value"][-1] == one["before"]


def test_studies_of_a_sector(schools: Matchmaker) -> None:
    assert effect_studies(schools.sector) == (NAME,) and effect_studies(load_sector("nhs")) == ()
    with pytest.raises(InvalidParameter, match=r"no study 'other'"):
        effect_study(schools.sector, "other")


def test_the_results_that_ship_are_of_the_snapshot_that_ships(schools: Matchmaker) -> None:
    found = study.filed(schools.sector, NAME)
    assert found is not None, "run 'matchmaker --sector schools study similar-context'"
    assert found["snapshot"] == schools.snapshot.hash, "run 'matchmaker study similar-context' again"
    assert json.loads(study.as_json(found)) == found


def test_the_page_says_both_tests_with_their_limits(schools: Matchmaker, settings: EffectStudy) -> None:
    found = study.filed(schools.sector, NAME)
    assert found is not None
    text, short = page.page(settings, found), page.summary(settings, found)
    for part in found["parts"].values():
        for test in ("primary", "second"):
            value, low, high = (part[test][one] for one in ("value", "low", "high"))
            assert low <= value <= high
            said = " to ".join(page._signed(one, 1) for one in (low, high))
            assert f"({said})" in text and f"({said})" in short
    assert "Negative" not in text and "best" not in text
