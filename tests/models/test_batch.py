"""A batch: the first options of many recipients, as each one's own shortlist has them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.models.query import ShortlistQuery


def test_a_line_is_the_beginning_of_each_ones_own_list(harbour_engine: Matchmaker) -> None:
    found = harbour_engine.batch(["EEL", "Dunlinmouth"], top=2)
    assert [line.recipient.code for line in found.lines] == ["EEL", "DUN"]
    for line in found.lines:
        own = harbour_engine.shortlist(line.recipient.code, limit=2)
        assert line.eligible == own.eligible
        for option, one in zip(line.options, own.options, strict=True):
            assert (option.rank, option.organisation, option.fit) == (one.rank, one.organisation, one.fit)
            assert one.uncertainty is not None and option.rank_low == one.uncertainty.rank_low


def test_without_names_those_in_need_are_taken(harbour_engine: Matchmaker) -> None:
    pairs = harbour_engine.assign(n_draws=0)
    in_need = {one.recipient.code for one in (*pairs.pairs, *pairs.unmatched)}
    assert {line.recipient.code for line in harbour_engine.batch().lines} == in_need


def test_recipients_are_those_of_a_type_and_places(engine: Matchmaker) -> None:
    query = ShortlistQuery.parse({"n_draws": 0}, engine.sector)
    found = engine.batch(query=query, org_type="acute trusts", regions=["london"], top=1)
    assert len(found.lines) > 10
    assert {(line.recipient.type, line.recipient.region) for line in found.lines} == {("acute", "London")}
    board = engine.batch(query=query, localities=["QKS"], org_type="Mental health", top=1)
    assert [line.recipient.code for line in board.lines] == ["RXY"]


def test_a_table_has_a_row_for_each_recipient(engine: Matchmaker) -> None:
    query = ShortlistQuery.parse({"n_draws": 0}, engine.sector)
    frame = engine.batch(["RPA", "RA7"], query, top=3).to_pandas()
    assert frame["code"].tolist() == ["RPA", "RA7"]
    assert {"option_1", "option_2_name", "option_3_fit", "note", "snapshot"} <= set(frame.columns)
    assert frame["option_1"].notna().all() and frame["option_1_likely_from"].isna().all()


def test_nobody_eligible_is_a_line_that_says_so(harbour_engine: Matchmaker) -> None:
    query = ShortlistQuery.parse({"within_km": 1}, harbour_engine.sector)
    lines = harbour_engine.batch(["EEL", "DUN"], query).lines
    assert [(line.options, line.eligible) for line in lines] == [((), 0), ((), 0)]
    assert all(line.note for line in lines)


def test_a_question_that_means_nobody_is_refused(engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="No open trust is all of what was asked for"):
        engine.batch(["RPA"], regions=["London"])
    with pytest.raises(InvalidParameter, match="0 options are none"):
        engine.batch(["RPA"], top=0)
    with pytest.raises(AmbiguousName) as refusal:
        engine.batch(["RPA", "St Mary's Hospital"])
    assert refusal.value.loc == ("recipients", 1)


def test_many_lists_are_what_each_alone_is_and_tell_what_can_not_be_made(harbour_engine: Matchmaker) -> None:
    query = ShortlistQuery.parse({"limit": 4, "n_draws": 100}, harbour_engine.sector)
    codes = [*harbour_engine.profiles().position, "Nowhere"]
    many = list(harbour_engine.shortlists(codes, query))
    assert len(many) == len(codes) > 3
    for code, found in zip(codes, many, strict=True):
        if isinstance(found, MatchmakerError):
            with pytest.raises(type(found), match=re.escape(str(found))):
                harbour_engine.answer(code, query)
        else:
            assert found == harbour_engine.answer(code, query)
    assert isinstance(many[-1], UnknownOrganisation)


def test_details_left_out_change_nothing_else(harbour_engine: Matchmaker) -> None:
    whole = harbour_engine.shortlist("EEL", limit=4, n_draws=100)
    lean = harbour_engine.shortlist("EEL", limit=4, n_draws=100, details=())
    bare = [replace(one, rows=(), facts=(), reasons=()) for one in whole.options]
    assert lean == replace(whole, options=tuple(bare), excluded=(), recipient_facts=())
    assert lean.n_excluded == len(whole.excluded) > 0
    rows = harbour_engine.shortlist("EEL", limit=4, n_draws=100, details=("rows",)).options[0].rows
    assert rows == tuple(replace(row, figures=()) for row in whole.options[0].rows)
    assert any(row.figures for row in whole.options[0].rows)
    told = harbour_engine.shortlist("EEL", limit=4, n_draws=100, details=("reasons",)).options
    assert [one.reasons for one in told] == [one.reasons for one in whole.options]
    assert all(one.reasons for one in told)
