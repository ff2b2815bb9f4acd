"""The later look at choices: inputs know nothing later, and methods are scored on later years only."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.effect.choice import ChoiceSet
from matchmaker.evaluation.effect.choice_again import choice_again
from matchmaker.evaluation.effect.choice_inputs import day_of_choice, inputs, past_pairings
from matchmaker.evaluation.effect.settings import ChoiceInputs, ChoiceStudy, effect_study
from matchmaker.evaluation.leakage import truncate_snapshot
from matchmaker.features.profiles import profiles
from matchmaker.models.scoring.geography import member_rows
from matchmaker.sector import load_sector
from matchmaker.snapshot import store

DAY = date(2018, 10, 31)
NAMES = ("nearest", "main place", "nearest of the same type", "nearest of the same faith", "noise")


@pytest.fixture(scope="module")
def study() -> ChoiceStudy:
    found = effect_study(load_sector("schools"), "similar-context").choice
    assert found is not None
    return found


@pytest.fixture(scope="module")
def more(study: ChoiceStudy) -> ChoiceInputs:
    assert study.inputs is not None
    return study.inputs


def choices(n: int, seed: int, beyond: int = 0) -> list[ChoiceSet]:
    """Choices of 30 candidates whose nearest of the same type is chosen; of some it is out of reach."""
    rng = np.random.default_rng(seed)
    out = []
    for at in range(n):
        known = {name: rng.uniform(0, 4, 30) for name in NAMES}
        chosen = None if at < beyond else int(np.argmin(known["nearest of the same type"]))
        year = 2014 + at % 6
        partner = f"P{rng.integers(40)}"
        words = {"type": "river", "faith": "none"}
        x = np.zeros((30, 1))
        out.append(ChoiceSet(date(year, 1, 1), f"c{at}", partner, year, x, chosen, known, words))
    return out


def test_what_decides_is_learned_and_scored_on_later_years(study: ChoiceStudy, more: ChoiceInputs) -> None:
    sets = choices(240, seed=1)
    found = choice_again(study, more, sets)
    assert found["n"] == sum(one.year >= study.scored_from for one in sets) == found["within_reach"]
    assert found["learned_from"] == sum(one.year < study.scored_from for one in sets)
    hits = {one["method"]: one["hit@1"]["value"] for one in found["methods"]}
    assert hits["Nearest member of the same type"] == 1 and hits["Nearest member"] < 0.2
    assert hits["Conditional logit with splines"] > 0.8 and hits["Trees"] > 0.8
    for one in found["methods"]:
        assert one["hit@10"]["low"] <= one["hit@10"]["value"] <= one["hit@10"]["high"]


def test_a_partner_beyond_reach_is_missed_and_told(study: ChoiceStudy, more: ChoiceInputs) -> None:
    found = choice_again(study, more, choices(240, seed=2, beyond=60))
    share = found["within_reach"] / found["n"]
    assert share < 1
    for every, within in zip(found["methods"], found["within"], strict=True):
        assert every["hit@10"]["value"] == pytest.approx(share * within["hit@10"]["value"])


@pytest.fixture(scope="module")
def schools() -> Matchmaker:
    return Matchmaker(store.location("schools"))


@pytest.mark.snapshot
@pytest.mark.slow
def test_inputs_are_the_same_on_a_snapshot_that_ends_on_the_day(
    schools: Matchmaker, study: ChoiceStudy, more: ChoiceInputs
) -> None:
    """All but those of the last attribute, which comes from a later list and is told so.

    Where a recipient of an earlier pairing is, is looked up under the code of that pairing; one in thousands
    opened on record some days after it, and is not yet in the snapshot that ends.
    """
    ended = truncate_snapshot(schools.snapshot, DAY)
    both = (schools.profiles(DAY), profiles(ended, DAY, schools.profiles(DAY).features))
    pairings = schools.snapshot.pairings.filter(kind="sponsorship", start=DAY + timedelta(days=1))
    codes = [one for one in pairings["recipient"] if one in both[0].position and one in both[1].position]
    assert codes
    known = []
    for one in both:
        day = day_of_choice(one, past_pairings(one.snapshot), more.attributes)
        near = np.flatnonzero(np.isin(one.types, study.candidates))
        known.append([inputs(day, one.position[code], near, study.kinds, more.figures) for code in codes])
    for now, then in zip(*known, strict=True):
        for name, values in now.items():
            if more.attributes[-1] not in name:
                differs = ~np.isclose(values, then[name], rtol=0, atol=0, equal_nan=True)
                most = 0.001 * len(differs) if "locality" in name else 0
                assert differs.sum() <= most, name


@pytest.mark.snapshot
def test_inputs_are_what_a_plain_count_gives(
    schools: Matchmaker, study: ChoiceStudy, more: ChoiceInputs
) -> None:
    on_day = schools.profiles(DAY)
    day = day_of_choice(on_day, past_pairings(schools.snapshot), more.attributes)
    members, groups = member_rows(on_day)
    counts = np.bincount(groups)
    row = next(
        int(one)
        for one, group in zip(members, groups, strict=True)
        if on_day.types[one] == "primary" and counts[group] > 3
    )
    trust = int(groups[members == row][0])
    found = inputs(day, row, np.array([trust]), study.kinds, more.figures)
    others = [int(one) for one in members[groups == trust] if one != row]
    assert np.expm1(found["members"][0]) == pytest.approx(len(others)), "the recipient itself is not counted"
    alike = sum(on_day.types[one] == "primary" for one in others)
    assert found["share of the same type"][0] == pytest.approx(alike / len(others))
    code = on_day.organisations["code"][trust]
    past = schools.snapshot.pairings.filter(pl.col("partner") == code, pl.col("start") <= DAY)
    assert np.expm1(found["before"][0]) == pytest.approx(past.height)
    recent = past.filter(pl.col("start") > DAY - timedelta(days=730))
    assert np.expm1(found["recent"][0]) == pytest.approx(recent.height)
