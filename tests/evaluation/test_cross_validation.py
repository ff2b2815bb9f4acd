"""Learned methods never see what they are scored on, however the past may look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import Matchmaker
from matchmaker.evaluation import cross_validation
from matchmaker.evaluation.cross_validation import (
    MIN_PAST_CHOICES,
    group_events,
    key,
    leave_event_out,
    rolling_origin,
)
from matchmaker.evaluation.replay import EvaluatedMethod, family_of
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.learners import Scorer
from matchmaker.typing import Floats

Queries = list[tuple[ChoiceSituation, tuple[ChoiceSituation, ...]]]
Make = Callable[[Sequence[tuple[str, str, str, int]]], list[ChoiceSituation]]
Protocol = Callable[..., EvaluatedMethod]
KINDS = ("mentoring", "takeover")
CODES = ("RA1", "RA2", "RA3", "RA4", "RA5", "RA6")
BECAME = {"RA1": "RA2", "RA5": "RA6"}  # one body under two codes


class Recording:
    """Learns nothing, and records what every query was answered from."""

    name = "recording"
    label = "Recording"
    says = "Records."

    def __init__(self) -> None:
        self.queries: Queries = []
        self.learned = 0

    needs = ()

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        self.learned += 1

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
            self.queries.append((choice, tuple(choices)))
            return np.zeros(len(choice.eligible)), np.ones(len(choice.eligible))

        return score


def latest(code: str) -> str:
    return BECAME.get(code, code)


@pytest.fixture(scope="module")
def make(mentors: list[ChoiceSituation]) -> Make:
    """Makes choices of kind, recipient, partner and the days after 2012, on the figures of a real one."""

    def made(rows: Sequence[tuple[str, str, str, int]]) -> list[ChoiceSituation]:
        return [
            replace(
                mentors[0],
                pairing_id=str(at),
                kind=kind,
                recipient=recipient,
                partner=partner,
                day=date(2012, 1, 1) + timedelta(days=day),
            )
            for at, (kind, recipient, partner, day) in enumerate(rows)
        ]

    return made


pairs = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(CODES),
    st.sampled_from(CODES),
    st.sampled_from(range(0, 2000, 97)),
).filter(lambda row: row[1] != row[2])


def unlike(query: ChoiceSituation, other: ChoiceSituation, organisation: Callable[[str], str]) -> bool:
    """Whether another choice says nothing of the query's own event."""
    sides = {organisation(query.recipient), organisation(query.partner)}
    return (
        organisation(other.recipient) != organisation(query.recipient)
        and (organisation(other.partner), other.day) != (organisation(query.partner), query.day)
        and {organisation(other.recipient), organisation(other.partner)} != sides
    )


@pytest.mark.parametrize("protocol", [leave_event_out, rolling_origin])
@given(rows=st.lists(pairs, min_size=4, max_size=30), own=st.lists(pairs, max_size=6))
def test_no_query_is_answered_from_its_own_event(
    protocol: Protocol,
    rows: list[tuple[str, str, str, int]],
    own: list[tuple[str, str, str, int]],
    make: Make,
) -> None:
    """Whatever the past, whether the query is part of it or from a user's file."""
    past, queries = make(rows), make(own)
    learner = Recording()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cross_validation, "MIN_PAST_CHOICES", 1)
        method = protocol(learner, past, group_events([*past, *queries], latest))
        for one in [*past, *queries]:
            method.score(one)
    for query, others in learner.queries:
        assert others
        assert all(unlike(query, other, latest) for other in others)
        assert {family_of(other) for other in others} == {family_of(query)}
        if protocol is rolling_origin:
            assert all(other.day.year < query.day.year for other in others)


@given(rows=st.lists(pairs, max_size=30))
def test_events_are_the_same_in_any_order_and_join_all_that_touch(
    rows: list[tuple[str, str, str, int]], make: Make
) -> None:
    past = make(rows)
    there, back = group_events(past, latest), group_events(past[::-1], latest)
    for one in past:
        for other in past:
            together = there[key(one)] == there[key(other)]
            assert together == (back[key(one)] == back[key(other)])
            if family_of(one) == family_of(other) and not unlike(one, other, latest):
                assert together


def test_who_of_two_is_the_recipient_is_no_other_event(make: Make) -> None:
    """A user's file may name the two the other way round, on another day."""
    ours, theirs = make([("takeover", "RA2", "RA3", 10), ("takeover", "RA3", "RA2", 400)])
    event = group_events([ours, theirs], latest)
    assert event[key(ours)] == event[key(theirs)]


def test_a_model_is_learned_once_for_each_event_and_from_all_others(make: Make) -> None:
    past = make([("mentoring", f"A{at}", f"B{at}", at) for at in range(40)])
    learner = Recording()
    method = leave_event_out(learner, past, group_events(past, latest))
    for _ in range(2):
        for one in past:
            method.score(one)
    assert len(learner.queries) == 80
    assert learner.learned == len(past)
    for query, others in learner.queries:
        assert [one for one in past if one not in others] == [query]


@pytest.mark.parametrize(("n_past", "answers"), [(MIN_PAST_CHOICES, True), (MIN_PAST_CHOICES - 1, False)])
def test_with_too_few_to_learn_from_a_method_says_nothing(n_past: int, answers: bool, make: Make) -> None:
    *earlier, query = make([("mentoring", f"A{at}", f"B{at}", 400 * at) for at in range(n_past + 1)])
    method = rolling_origin(Recording(), earlier, group_events([*earlier, query], latest))
    assert (method.score(query) is not None) == answers


def test_only_earlier_years_count_as_earlier(make: Make) -> None:
    """Nine of 2012, one of them in the year before the query's."""
    past = make([("mentoring", f"A{at}", f"B{at}", 360 + at) for at in range(12)])  # turn of 2012 to 2013
    learner = Recording()
    method = rolling_origin(learner, past, group_events(past, latest))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cross_validation, "MIN_PAST_CHOICES", 1)
        method.score(past[-1])
    ((query, others),) = learner.queries
    assert query.day.year == 2013
    assert {other.day.year for other in others} == {2012}
    assert len(others) == sum(one.day.year == 2012 for one in past)


def test_a_recipient_that_was_never_learned_from_is_answered_from_all(
    mentors: list[ChoiceSituation], excluded: ChoiceSituation
) -> None:
    stranger = replace(mentors[0], recipient="RZZ", partner="RZY", day=date(2016, 5, 5))
    learner = Recording()
    past = [*mentors, replace(excluded, recipient="ZZZ")]
    leave_event_out(learner, past, group_events([*past, stranger], latest)).score(stranger)
    ((_, others),) = learner.queries
    assert [one.pairing_id for one in others] == [one.pairing_id for one in mentors]


@pytest.mark.slow
@pytest.mark.parametrize("protocol", [leave_event_out, rolling_origin])
def test_the_real_past_is_kept_apart(
    protocol: Protocol, engine: Matchmaker, real_past: list[ChoiceSituation]
) -> None:
    learner = Recording()
    organisation = engine.registry.latest
    method = protocol(learner, real_past, group_events(real_past, organisation))
    silent = [one for one in real_past if method.score(one) is None]
    assert len(learner.queries) + len(silent) == len(real_past)
    assert len(learner.queries) > 60
    for query, others in learner.queries:
        assert len(others) >= MIN_PAST_CHOICES
        assert all(unlike(query, other, organisation) and other.chosen is not None for other in others)
