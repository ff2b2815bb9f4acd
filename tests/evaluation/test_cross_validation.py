"""Learned methods never see what they are asked about, however the past may look."""

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
    FOLDS,
    MIN_PAST_EVENTS,
    Contender,
    group_events,
    key,
    leave_event_out,
    rolling_origin,
)
from matchmaker.evaluation.replay import FAMILIES, Scorer
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.choice_sets import KINDS
from matchmaker.typing import Floats

Asked = list[tuple[ChoiceSituation, tuple[ChoiceSituation, ...]]]
CODES = ("RA1", "RA2", "RA3", "RA4", "RA5", "RA6")
BECAME = {"RA1": "RA2", "RA5": "RA6"}  # one body under two codes


class Noting:
    """Learns nothing, and notes what every query was answered from."""

    name = "noting"
    says = "Notes."

    def __init__(self) -> None:
        self.asked: Asked = []
        self.learned = 0

    def learn(self, choices: Sequence[ChoiceSituation]) -> Scorer:
        self.learned += 1

        def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
            self.asked.append((choice, tuple(choices)))
            return np.zeros(len(choice.eligible)), np.ones(len(choice.eligible))

        return score


def latest(code: str) -> str:
    return BECAME.get(code, code)


@pytest.fixture(scope="module")
def any_past(
    buddies: list[ChoiceSituation],
) -> Callable[[Sequence[tuple[str, str, str, int]]], list[ChoiceSituation]]:
    """Makes choices of kind, recipient, partner and the days after 2012, on the figures of a real one."""
    one = next(choice for choice in buddies if choice.chosen is not None)

    def made(rows: Sequence[tuple[str, str, str, int]]) -> list[ChoiceSituation]:
        return [
            replace(
                one,
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
    protocol: Callable[..., Contender],
    rows: list[tuple[str, str, str, int]],
    own: list[tuple[str, str, str, int]],
    any_past: Callable[[Sequence[tuple[str, str, str, int]]], list[ChoiceSituation]],
) -> None:
    """Whatever the past, whether the query is part of it or from a file of one's own."""
    seen, asked = any_past(rows), any_past(own)
    noting = Noting()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cross_validation, "MIN_PAST_EVENTS", 1)
        method = protocol(noting, seen, group_events([*seen, *asked], latest))
        for one in [*seen, *asked]:
            method.score(one)
    for query, past in noting.asked:
        assert past
        assert all(unlike(query, other, latest) for other in past)
        assert {FAMILIES[other.kind] for other in past} == {FAMILIES[query.kind]}
        if protocol is rolling_origin:
            assert all(other.day.year < query.day.year for other in past)


@given(rows=st.lists(pairs, max_size=30))
def test_events_are_the_same_in_any_order_and_join_all_that_touch(
    rows: list[tuple[str, str, str, int]],
    any_past: Callable[[Sequence[tuple[str, str, str, int]]], list[ChoiceSituation]],
) -> None:
    past = any_past(rows)
    there, back = group_events(past, latest), group_events(past[::-1], latest)
    for one in past:
        for other in past:
            together = there[key(one)] == there[key(other)]
            assert together == (back[key(one)] == back[key(other)])
            if FAMILIES[one.kind] == FAMILIES[other.kind] and not unlike(one, other, latest):
                assert together


@pytest.mark.parametrize("protocol", [leave_event_out, rolling_origin])
def test_the_real_past_is_kept_apart(
    protocol: Callable[..., Contender], engine: Matchmaker, past: list[ChoiceSituation]
) -> None:
    noting = Noting()
    organisation = engine.directory.latest
    method = protocol(noting, past, group_events(past, organisation))
    silent = [one for one in past if method.score(one) is None]
    assert len(noting.asked) + len(silent) == len(past)
    assert len(noting.asked) > 60
    for query, others in noting.asked:
        assert len(others) >= MIN_PAST_EVENTS
        assert all(unlike(query, other, organisation) and other.chosen is not None for other in others)
        if protocol is rolling_origin:
            assert max(other.day.year for other in others) < query.day.year


def test_who_of_two_is_the_recipient_is_no_other_event(
    any_past: Callable[[Sequence[tuple[str, str, str, int]]], list[ChoiceSituation]],
) -> None:
    """A file of one's own may name the two that share leaders the other way round, on another day."""
    ours, theirs = any_past(
        [("shared_leadership", "RA2", "RA3", 10), ("shared_leadership", "RA3", "RA2", 400)]
    )
    event = group_events([ours, theirs], latest)
    assert event[key(ours)] == event[key(theirs)]


def test_a_model_is_learned_once_for_each_part(engine: Matchmaker, past: list[ChoiceSituation]) -> None:
    noting = Noting()
    method = leave_event_out(noting, past, group_events(past, engine.directory.latest))
    for _ in range(2):
        for one in past:
            method.score(one)
    families = {FAMILIES[choice.kind] for choice, _ in noting.asked}
    assert noting.learned <= FOLDS * len(families)


def test_too_few_to_learn_from_say_nothing(engine: Matchmaker, past: list[ChoiceSituation]) -> None:
    few = [one for one in past if one.kind == "management_contract"]
    assert 0 < len(few) < MIN_PAST_EVENTS
    method = leave_event_out(Noting(), past, group_events(past, engine.directory.latest))
    assert all(method.score(one) is None for one in few)


def test_a_recipient_that_was_never_learned_from_is_answered_from_all(
    engine: Matchmaker, buddies: list[ChoiceSituation]
) -> None:
    stranger = replace(buddies[0], recipient="RZZ", partner="RZY", day=date(2016, 5, 5))
    noting = Noting()
    leave_event_out(noting, buddies, group_events([*buddies, stranger], engine.directory.latest)).score(
        stranger
    )
    ((_, others),) = noting.asked
    assert [one.pairing_id for one in others] == [one.pairing_id for one in buddies if one.chosen is not None]
