"""Assignments: optimal, honest about rules and room, and the same whatever the order asked in."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.assignment.blocking_pairs import rivals
from matchmaker.models.assignment.matching import (
    STEPS,
    UNASSIGNED,
    AssignmentProblem,
    any_optimal,
    greedy,
    most_pairs,
    optimal,
    optimal_value,
    steps,
)
from matchmaker.models.assignment.triage import by_need, in_need
from matchmaker.models.assignment.types import Assignment

# Few distinct fits make many ties; NaN is a pair that may not be made.
FITS = st.one_of(st.just(math.nan), st.sampled_from([0.0, 0.5, 0.5, 0.75, 1.0]), st.floats(0, 1))


@st.composite
def markets(draw: st.DrawFn, most: int = 4) -> AssignmentProblem:
    """Small enough to try every assignment."""
    recipients, partners = draw(st.integers(1, most)), draw(st.integers(1, most))
    size = recipients * partners
    fits = np.array(draw(st.lists(FITS, min_size=size, max_size=size))).reshape(recipients, partners)
    room = np.array(draw(st.lists(st.integers(0, 2), min_size=partners, max_size=partners)))
    running = np.array(draw(st.lists(st.sampled_from([False, False, True]), min_size=size, max_size=size)))
    return AssignmentProblem(fits, room, running.reshape(recipients, partners))


def allowed(market: AssignmentProblem, partners: tuple[int, ...]) -> bool:
    made = [(row, at) for row, at in enumerate(partners) if at != UNASSIGNED]
    taken = Counter(at for row, at in made if not market.running[row, at])
    fine = all(count <= market.room[at] for at, count in taken.items())
    return fine and not any(math.isnan(market.fits[pair]) for pair in made)


def every(market: AssignmentProblem) -> list[tuple[int, ...]]:
    """Every assignment that may be made; the earliest partners first, none last."""
    choices = ([*np.flatnonzero(~np.isnan(row)).tolist(), UNASSIGNED] for row in market.fits)
    return [one for one in itertools.product(*choices) if allowed(market, one)]


def exact(market: AssignmentProblem, partners: tuple[int, ...]) -> int:
    return sum(
        round(float(market.fits[row, at]) * STEPS) for row, at in enumerate(partners) if at != UNASSIGNED
    )


@given(markets())
def test_the_best_is_that_of_brute_force_ties_included(market: AssignmentProblem) -> None:
    tried = max(every(market), key=lambda one: exact(market, one))  # the first of the highest
    assert tuple(optimal(market).tolist()) == tried
    assert optimal_value(market) == pytest.approx(exact(market, tried) / 1e9, abs=1e-12)
    assert exact(market, tuple(any_optimal(market).tolist())) == exact(market, tried)
    assert market.total(optimal(market)) == pytest.approx(optimal_value(market), abs=1e-8)


@given(markets())
def test_room_and_exclusions_are_honoured(market: AssignmentProblem) -> None:
    for partners in (optimal(market), greedy(market, np.arange(len(market.fits)))):
        assert allowed(market, tuple(partners.tolist()))


@given(markets())
def test_most_pairs_is_that_of_brute_force(market: AssignmentProblem) -> None:
    assert most_pairs(market) == max(sum(at != UNASSIGNED for at in one) for one in every(market))


@given(markets(), st.data())
def test_a_better_pair_never_lowers_the_total(market: AssignmentProblem, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, market.fits.shape[0] - 1))
    at = data.draw(st.integers(0, market.fits.shape[1] - 1))
    better = market.fits.copy()
    before = 0.0 if math.isnan(better[row, at]) else better[row, at]
    better[row, at] = data.draw(st.floats(before, 1))
    assert optimal_value(replace(market, fits=better)) >= optimal_value(market)


@given(markets(), st.data())
def test_more_room_never_lowers_the_total(market: AssignmentProblem, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(market.room) - 1))
    room = market.room.copy()
    room[at] += 1
    assert optimal_value(replace(market, room=room)) >= optimal_value(market)


@given(markets())
def test_taking_turns_is_never_better(market: AssignmentProblem) -> None:
    total = market.total(optimal(market))
    for order in itertools.permutations(range(len(market.fits))):
        assert market.total(greedy(market, np.array(order))) <= total + 1e-8


@given(markets(most=3))
def test_rivals_are_all_blocking_pairs_with_what_they_cost(market: AssignmentProblem) -> None:
    partners = tuple(optimal(market).tolist())
    fits, found = steps(market.fits), {}
    for row, at in np.ndindex(*market.fits.shape):
        got = -1.0 if partners[row] == UNASSIGNED else fits[row, partners[row]]
        if not fits[row, at] > got:
            continue
        counted = [r for r, has in enumerate(partners) if has == at and not market.running[r, at]]
        free = market.running[row, at] or len(counted) < market.room[at]
        if free or any(fits[r, at] < fits[row, at] for r in counted):
            with_it = [one for one in every(market) if one[row] == at]
            found[row, at] = (exact(market, partners) - max(exact(market, one) for one in with_it)) / 1e9
    told = {(one.recipient, one.partner): one.lost for one in rivals(market, np.array(partners))}
    assert told == pytest.approx(found, abs=1e-9)
    assert all(lost >= 0 for lost in told.values())


def test_a_known_case() -> None:
    # Alone, both want the first partner; together, more is to be had.
    market = AssignmentProblem(
        np.array([[0.9, 0.8], [0.85, 0.1]]), np.array([1, 1]), np.zeros((2, 2), dtype=bool)
    )
    assert optimal(market).tolist() == [1, 0]
    assert greedy(market, np.array([0, 1])).tolist() == [0, 1]
    (pair,) = rivals(market, optimal(market))
    assert (pair.recipient, pair.partner, pair.displaced) == (0, 0, 1)
    assert pair.lost == pytest.approx(0.65)


def test_help_that_runs_already_takes_up_no_room() -> None:
    running = np.array([[True], [False]])
    market = AssignmentProblem(np.array([[0.6], [0.9]]), np.array([0]), running)
    assert optimal(market).tolist() == [0, UNASSIGNED]
    assert optimal(replace(market, room=np.array([1]))).tolist() == [0, 0]


@pytest.fixture(scope="module")
def answer(engine: Matchmaker) -> Assignment:
    return engine.assign()


def test_all_trusts_in_need_are_answered_once(engine: Matchmaker, answer: Assignment) -> None:
    told = [one.recipient.code for one in (*answer.pairs, *answer.unmatched)]
    assert sorted(told) == list(in_need(engine.profiles()))
    assert len(told) > 20


def test_pairs_keep_to_rules_room_and_floor(engine: Matchmaker, answer: Assignment) -> None:
    matcher = engine.recommender("buddying")
    position, recipients = matcher.profiles.position, {pair.recipient.code for pair in answer.pairs}
    for pair in answer.pairs:
        eligible = matcher.eligible(position[pair.recipient.code])
        assert eligible[position[pair.partner.code]]
        assert pair.fit >= answer.floor
        assert pair.coverage >= 0.5
        assert pair.partner.code not in recipients
    partners = [pair.partner.code for pair in answer.pairs]
    assert len(set(partners)) == len(partners)


def test_a_pair_says_what_the_shortlist_says(engine: Matchmaker, answer: Assignment) -> None:
    for pair in answer.pairs[:5]:
        alone = engine.shortlist(pair.recipient.code, limit=200, draws=0)
        option = alone.options[pair.place - 1]
        assert option.trust == pair.partner
        assert option.fit == pair.fit
        assert option.reasons_for == pair.reasons_for
        assert option.reasons_against == pair.reasons_against
        assert option.unknowns == pair.unknowns
        assert alone.options[0].trust == pair.first
        assert pair.given_up == pytest.approx(alone.options[0].fit - pair.fit)
        assert pair.given_up >= 0


def test_the_total_is_more_than_by_turns_and_adds_up(answer: Assignment) -> None:
    assert answer.total == pytest.approx(sum(pair.fit for pair in answer.pairs))
    assert answer.total_in_turn < answer.total
    assert answer.most_pairs >= len(answer.pairs) >= answer.in_turn
    assert all(0 <= pair.made_in <= 1 for pair in answer.pairs if pair.made_in is not None)


def test_who_would_rather_have_whom_is_told_with_its_cost(answer: Assignment) -> None:
    fits = {pair.recipient.code: pair for pair in answer.pairs}
    assert answer.rather
    for one in answer.rather:
        assert one.fit > (one.instead_fit or 0)
        assert one.displaced is not None and one.displaced_fit is not None
        assert one.fit > one.displaced_fit
        assert fits[one.displaced.code].partner == one.partner
        assert one.lost >= 0
    assert [one.lost for one in answer.rather] == sorted(one.lost for one in answer.rather)


def test_the_order_of_the_question_does_not_matter(engine: Matchmaker) -> None:
    one, other = (
        engine.assign(codes, draws=20) for codes in (["RPA", "RVV", "RXN"], ["RXN", "RPA", "RVV", "Medway"])
    )
    form = TypeAdapter(Assignment)
    assert form.dump_json(one) == form.dump_json(other)


def test_relaxed_rules_that_mattered_are_told(engine: Matchmaker) -> None:
    answer = engine.assign(relax=["rated_good_or_better"], draws=0)
    broken = [pair for pair in answer.pairs if pair.violated_rules]
    assert 0 < len(broken) < len(answer.pairs)
    assert {pair.violated_rules for pair in broken} == {("rated_good_or_better",)}
    assert any(note.startswith(f"{len(broken)} of the pairs break rules") for note in answer.notes)


def test_one_recipient_gets_its_first_option(engine: Matchmaker) -> None:
    (pair,) = engine.assign(["RPA"], draws=0).pairs
    assert pair.partner == engine.shortlist("RPA", limit=1, draws=0).options[0].trust
    assert (pair.place, pair.given_up, pair.made_in) == (1, 0.0, None)


def test_more_room_and_more_draws(engine: Matchmaker, answer: Assignment) -> None:
    wider = engine.assign(capacity=3, draws=0)
    assert wider.total > answer.total
    loads = [pair.partner.code for pair in wider.pairs]
    assert max(loads.count(code) for code in loads) == 3


def test_a_floor_leaves_out_and_says_why(engine: Matchmaker, answer: Assignment) -> None:
    strict = engine.assign(floor=0.7, draws=0)
    assert 0 < len(strict.pairs) < len(answer.pairs)
    assert all(pair.fit >= 0.7 for pair in strict.pairs)
    whys = {one.why for one in strict.unmatched}
    assert {"below_floor", "all_taken"} <= whys
    for one in strict.unmatched:
        if one.why == "below_floor":
            assert "comes closest" in one.sentence
        if one.why == "all_taken":
            assert "All are taken" in one.sentence


def test_nobody_eligible_names_the_rules(engine: Matchmaker) -> None:
    (one,) = engine.assign(["RPA"], bounds={"within_km": {"km": 1}}, draws=0).unmatched
    assert one.why == "nobody_eligible"
    assert (one.eligible, one.first) == (0, None)
    assert "within_km" in one.sentence


def test_recipients_that_all_exclude_each_other_are_told(engine: Matchmaker) -> None:
    every = engine.profiles().organisations
    answer = engine.assign(every.filter(every["type"] == "ambulance")["code"].to_list(), draws=0)
    assert not answer.pairs
    assert {one.why for one in answer.unmatched} == {"only_recipients"}
    assert answer.summary == ("No pair can be made: each recipient says why.",)


def test_those_in_greater_need_come_first(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    rows = np.arange(len(profiles.types))
    order = by_need(profiles, rows)
    segment = profiles.values[order, profiles.column["oversight_segment"]]
    known = segment[~np.isnan(segment)]
    assert sorted(order.tolist()) == rows.tolist()
    assert (np.diff(known) <= 0).all()
    assert np.isnan(segment[len(known) :]).all()


def test_regions_narrow_the_recipients(engine: Matchmaker) -> None:
    answer = engine.assign(recipients_in=["south east"], draws=0)
    assert {pair.recipient.region for pair in answer.pairs} == {"South East"}
    assert {pair.partner.region for pair in answer.pairs} != {"South East"}


def test_a_closed_recipient_is_answered_through_its_successor(engine: Matchmaker) -> None:
    answer = engine.assign(["RVJ"], draws=0)
    assert [one.code for one in answer.via] == ["RVJ"]


def test_a_table_for_pandas(answer: Assignment) -> None:
    table = answer.to_pandas()
    assert len(table) == len(answer.pairs) + len(answer.unmatched)
    assert table["recipient"].is_monotonic_increasing
    assert {"partner", "fit", "place", "given_up", "why_none"} <= set(table)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"capacity": 0}, "Give 1 or more"),
        ({"floor": 1.5}, "from 0 to 1"),
        ({"floor": math.nan}, "from 0 to 1"),
        ({"recipients_in": ["Mercia"]}, "The regions are"),
        ({"recipients": ["RPA"], "recipients_in": ["London"]}, "None of the recipients is in London"),
        ({"method": "nearest"}, "Leave the method out"),
        ({"as_of": "2016-01-01"}, "Name the recipients"),
    ],
)
def test_bad_questions_say_what_to_do(engine: Matchmaker, question: dict, words: str) -> None:
    from datetime import date

    if "as_of" in question:
        question = {"as_of": date.fromisoformat(question["as_of"])}
    with pytest.raises(InvalidParameter, match=words):
        engine.assign(**question)
