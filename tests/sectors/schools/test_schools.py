"""The schools sector on its bundled snapshot: counts against published ones, and one list from end to end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import matchmaker.sectors.schools
from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
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


def test_a_school_names_its_trust_and_a_trust_its_schools(engine: Matchmaker) -> None:
    (school,) = (one.sentence for one in engine.overview("136127").facts if one.topic == "tie")
    assert school.startswith("Part of Aston Community Education Trust (")
    (trust,) = (one.sentence for one in engine.overview("16093").facts if one.topic == "tie")
    assert trust.startswith("Has 9 schools: Ashfield Comprehensive School (")


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


def test_who_is_left_out_is_told_in_figures_of_schools(engine: Matchmaker) -> None:
    answer = engine.shortlist("136127", limit=1, n_draws=0)
    told = {
        rule: reason for one in answer.excluded for rule, reason in zip(one.rules, one.reasons, strict=True)
    }
    assert told["few_in_need"].endswith("% of its schools need help themselves.")


def test_a_school_has_no_board_to_set_beside_that_of_a_trust(engine: Matchmaker) -> None:
    answer = engine.shortlist("136127", limit=10, n_draws=0)
    told = [text for one in answer.options for text in (*one.reasons_for, *one.reasons_against)]
    of_boards = [text for text in told if "Median years of trustees" in text]
    assert of_boards and not any("yours" in text for text in of_boards)


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


def test_joins_are_as_many_as_documented(engine: Matchmaker) -> None:
    """docs/schools.md says why the count differs from an earlier one."""
    pairings = engine.snapshot.pairings
    below_good = pl.col("rating_before").is_in(["Inadequate", "Requires improvement"])
    graded = pairings.filter(below_good, pl.col("rating_after").is_not_null())
    assert pairings.height == 11_441
    assert graded.height == 2_371
    assert graded.filter(pl.col("kind") != "founding").height == 2_090


@pytest.mark.parametrize(
    ("feature", "least"), [("grade", 0.99), ("free_meals", 0.99), ("pupils", 0.99), ("absence", 0.96)]
)
def test_nearly_all_open_schools_are_known(engine: Matchmaker, feature: str, least: float) -> None:
    on_day = engine.profiles(date(2025, 8, 31))
    schools = ~np.isin(on_day.types, ["trust", "single_trust"])
    known = ~np.isnan(on_day.values[schools, on_day.column[feature]])
    assert known.mean() >= least


def test_the_boards_of_nearly_all_trusts_are_known(engine: Matchmaker) -> None:
    on_day = engine.profiles()
    columns = [on_day.column[name] for name in ("accounting_officer_years", "trustee_years", "chair_years")]
    known = ~np.isnan(on_day.values[on_day.types == "trust"][:, columns]).all(axis=1)
    assert known.mean() >= 0.95


def test_an_academy_has_the_intake_of_the_school_that_it_followed(engine: Matchmaker) -> None:
    """It opened after the census of January 2024, and is in no census of its own."""
    opened = engine.snapshot.organisations.filter(pl.col("opened") > date(2024, 6, 1))["code"]
    links = engine.snapshot.successions.filter(pl.col("new").is_in(opened.implode()))
    census = engine.snapshot.measures.filter(
        pl.col("measure") == "free_meals", pl.col("period_end") == date(2024, 1, 18)
    )
    both = links.join(census, left_on="new", right_on="code").join(
        census.select("code", before="value"), left_on="old", right_on="code"
    )
    alone = both.filter(pl.len().over("new") == 1)
    assert alone.height > 500
    assert (alone["value"] == alone["before"]).all()
    assert (alone["known_from"] >= date(2024, 6, 1)).all()


def test_figures_are_those_of_the_official_files(engine: Matchmaker) -> None:
    """240 figures as `read_back.py` read them from the files by another path."""
    listed = pl.read_csv(
        Path(__file__).with_name("read_back.csv"), schema_overrides={"code": pl.String, "period_end": pl.Date}
    )
    key = ["code", "measure", "period_end", "source", "file"]
    name = pl.col("file").str.split("/").list.last()  # whatever folder it was built from
    ours = engine.snapshot.measures.select(*key, ours="value").with_columns(name)
    both = listed.with_columns(name).join(ours, on=key, how="left")
    assert listed.height >= 240
    assert both.filter(~((pl.col("ours") - pl.col("value")).abs() < 1e-6).fill_null(False)).is_empty()


def test_an_arrangement_refuses_those_that_it_is_not_for(engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="is for multi-academy trusts") as caught:
        engine.shortlist("136127", "trust_merger")
    assert "sponsorship" in str(caught.value.next_step)
    assert engine.shortlist("16093", "trust_merger", limit=3, n_draws=0).options


def test_many_in_need_are_given_one_partner_each(engine: Matchmaker) -> None:
    answer = engine.assign(regions=["North East"], n_draws=2)
    partners = [pair.partner.code for pair in answer.pairs]
    assert len(partners) == len(set(partners)) > 30
    assert {pair.partner.type for pair in answer.pairs} == {"trust"}
