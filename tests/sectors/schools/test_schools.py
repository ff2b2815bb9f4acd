"""The schools sector on its bundled snapshot: counts against published ones, and one list from end to end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import matchmaker.sectors.schools
from matchmaker import Matchmaker
from matchmaker.features.membership import members_on
from matchmaker.sector import read_sector
from matchmaker.snapshot import load

FOLDER = Path(matchmaker.sectors.schools.__file__).parent


@pytest.fixture(scope="module")
def engine() -> Matchmaker:
    sector = read_sector(FOLDER)
    return Matchmaker(load(FOLDER / "artefacts" / "snapshot.zip", sector))


def test_schools_and_trusts_open_are_those_of_the_published_lists(engine: Matchmaker) -> None:
    """Ofsted lists 21,990 schools on 31 August 2025; GIAS 1,323 and 922 open trusts on 21 August 2026."""
    types = engine.profiles().organisations["type"].value_counts()
    counted = dict(types.iter_rows())
    trusts = counted.pop("trust"), counted.pop("single_trust")
    assert trusts == (1323, 922)
    assert sum(counted.values()) == 21_990
    assert counted["primary"] == 16_743


def test_a_school_is_in_one_trust_on_a_day(engine: Matchmaker) -> None:
    """The group links of that day have 10,708 schools in a trust of either type, each once."""
    on_day = members_on(engine.snapshot, date(2024, 3, 29))
    assert on_day["member"].is_unique().all()
    assert on_day.height == 10_708


def test_figures_of_a_trust_are_worked_out_from_its_schools(engine: Matchmaker) -> None:
    on_day = engine.profiles()
    members = members_on(engine.snapshot, on_day.as_of).filter(pl.col("group") == "16093")["member"].to_list()
    rows = [on_day.position[code] for code in members]
    trust, width = on_day.position["16093"], on_day.values
    assert width[trust, on_day.column["schools"]] == len(rows)
    pupils = width[rows, on_day.column["pupils"]]
    meals = width[rows, on_day.column["free_meals"]]
    assert width[trust, on_day.column["free_meals"]] == pytest.approx((meals * pupils).sum() / pupils.sum())


def test_sponsors_are_trusts_that_the_school_is_not_in_already(engine: Matchmaker) -> None:
    answer = engine.shortlist("Shirebrook Academy", limit=5)
    assert answer.recipient.code == "136127"
    assert {option.organisation.type for option in answer.options} == {"trust"}
    own = members_on(engine.snapshot, engine.snapshot.as_of).filter(pl.col("member") == "136127")["group"]
    assert own.len() == 1
    assert own[0] not in {option.organisation.code for option in answer.options}
    assert all(
        option.nearest_sites_km is not None and option.nearest_sites_km <= 60 for option in answer.options
    )


def test_supporting_schools_are_sound_and_of_the_same_phase(engine: Matchmaker) -> None:
    answer = engine.shortlist("136127", "school_support", limit=5)
    grades, on_day = engine.profiles().column["grade"], engine.profiles()
    for option in answer.options:
        assert option.organisation.type == "secondary"
        assert on_day.values[on_day.position[option.organisation.code], grades] >= 3


def test_targeted_schools_are_in_need_on_the_day_of_the_list(engine: Matchmaker) -> None:
    """387 schools were on a list; a list of 25 September 2025 no longer has 20 of them."""
    listed = engine.snapshot.interventions
    assert (listed.height, listed["exit"].null_count()) == (387, 367)


def test_joins_are_at_least_as_many_as_those_of_the_review(engine: Matchmaker) -> None:
    kinds = dict(engine.snapshot.pairings["kind"].value_counts().iter_rows())
    assert sum(kinds.values()) > 11_000
    assert kinds["sponsorship"] > 2_400
