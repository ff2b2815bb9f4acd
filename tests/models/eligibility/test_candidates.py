"""Whom a question is about: services, own candidates, and what is refused."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement, arrangements
from matchmaker.models.eligibility.candidates import any_service, needs_service
from matchmaker.models.query import ShortlistQuery
from matchmaker.sector import Sector


def test_a_service_is_asked_for_with_those_that_there_are(engine: Matchmaker) -> None:
    for how in ("service", "contract"):
        with pytest.raises(InvalidParameter) as raised:
            engine.shortlist("RPA", how)
        assert raised.value.loc == ("service",)
        assert "cardiology" in str(raised.value)
    with pytest.raises(InvalidParameter) as raised:
        engine.shortlist("RPA", "contract", date(2016, 1, 1))
    assert "accident_and_emergency, planned_care" in str(raised.value)
    assert "cardiology" not in str(raised.value)
    assert "Lay your own candidates over the figures" in str(raised.value)


def test_a_list_for_a_service_holds_only_those_that_run_it_of_any_type(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", "service", limit=1000, n_draws=0, service="young_people_mental_health")
    types = {option.organisation.type for option in answer.options}
    assert {"acute", "mental_health", "community"} <= types
    assert len(answer.options) < 80
    assert any(
        note.startswith("About children's and young people's mental health: ") for note in answer.notes
    )
    values = [next(row for row in one.rows if row.name == "complementary_strength") for one in answer.options]
    known = [row for row in values if row.value is not None]
    assert len(known) > 70
    assert all("trusts that run the service" in row.sentence for row in known)
    assert all(len(row.figures) == 3 for row in values)


def test_what_the_recipient_itself_does_not_run_is_said(engine: Matchmaker) -> None:
    notes = engine.shortlist("RXY", "service", service="cardiology", n_draws=0).notes
    assert "Of the recipient itself: No current figure shows that it runs cardiology." in notes


def test_features_can_be_named_in_place_of_a_service(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", "service", limit=1000, n_draws=0, focus=["ae_4_hours"])
    profiles = engine.profiles()
    column = profiles.column["ae_4_hours"]
    known = {code for code, at in profiles.position.items() if profiles.values[at, column] >= 0}
    assert {option.organisation.code for option in answer.options} <= known
    with pytest.raises(InvalidParameter, match="both the service cardiology and features") as raised:
        engine.shortlist("RPA", "service", service="cardiology", focus=["ae_4_hours"])
    assert raised.value.loc == ("focus",)


def test_a_service_serves_other_arrangements_as_a_focus(engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", "buddying", n_draws=0, service="cardiology")
    assert answer.focus == ("People on the waiting list who have waited 18 weeks or less: cardiology",)
    assert {option.organisation.type for option in answer.options} == {"acute"}


def test_a_contract_ranks_own_candidates_or_who_runs_the_service(engine: Matchmaker) -> None:
    own = pl.DataFrame(
        {
            "ods": ["X99", "RBV"],
            "name": ["Diagnostic UK", None],
            "type": ["other", None],
            "cqc_overall": [3, 3],
        }
    )
    mine = engine.with_data(own)
    answer = mine.shortlist("RBV", "contract", n_draws=0)
    assert [option.organisation.code for option in answer.options] == ["X99"]
    reasons = {reason for one in answer.excluded for reason in one.reasons}
    assert "It is not of your own data." in reasons
    both = mine.shortlist("RBV", "contract", limit=1000, n_draws=0, service="imaging")
    trusts = engine.shortlist("RBV", "contract", limit=1000, n_draws=0, service="imaging")
    codes = [{option.organisation.code for option in one.options} for one in (both, trusts)]
    assert codes[0] == codes[1] | {"X99"}
    assert 100 < len(codes[1]) < 140
    against = [reason for option in trusts.options for reason in option.reasons_against]
    assert not any("services that it does not run" in reason for reason in against)


def test_own_data_of_the_recipient_alone_is_no_candidate(engine: Matchmaker) -> None:
    mine = engine.with_data(pl.DataFrame({"ods": ["RBV"], "cqc_overall": [1]}))
    with pytest.raises(InvalidParameter, match="no candidates are named"):
        mine.shortlist("RBV", "contract", n_draws=0)
    assert mine.shortlist("RPA", "contract", n_draws=0).eligible <= 1


def test_a_query_names_the_service_to_every_answer(engine: Matchmaker) -> None:
    query = ShortlistQuery.parse(
        {"arrangement": "service", "service": "Cardiology", "n_draws": 0}, engine.sector
    )
    assert (
        engine.answer("RPA", query).options
        == engine.shortlist("RPA", "service", service="cardiology", n_draws=0).options
    )
    assert engine.explain("RPA", "RXY", query).excluded is not None
    assert engine.recommender_for(query).evidence.areas(0) == engine.recommender_for(query).evidence.areas(1)
    pairs = engine.assign(["RPA", "RVV"], "service", service="cardiology", n_draws=0).pairs
    assert len(pairs) == 2


def test_only_two_arrangements_need_a_service(engine: Matchmaker, harbours: Sector) -> None:
    profiles = engine.profiles()
    known = arrangements(engine.sector)
    assert {name for name, one in known.items() if needs_service(one, profiles)} == {"service", "contract"}
    assert any_service(known["merger"], profiles) is None
    assert any_service(known["contract"], profiles) == "accident_and_emergency"
    assert not needs_service(arrangement(engine.sector, "service"), profiles, ("ae_4_hours",))
    assert arrangements(harbours)
