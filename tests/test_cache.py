"""What is kept with profiles: worked out once, shared safely, gone with them."""

from __future__ import annotations

import gc
import weakref
from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.cache import kept, recorded
from matchmaker.features import Profiles, profiles
from matchmaker.models.scoring.geography import kilometres, kilometres_from
from matchmaker.models.scoring.records import helping, relations


def test_work_is_done_once_for_each_profiles_and_question(engine: Matchmaker) -> None:
    done: list[tuple[date, int]] = []

    @kept
    def work(seen: Profiles, number: int) -> int:
        done.append((seen.as_of, number))
        return number + 1

    today, then = engine.profiles(), engine.profiles(date(2016, 7, 1))
    assert [work(today, 1), work(today, 1), work(today, 2), work(then, 1)] == [2, 2, 3, 2]
    assert done == [(today.as_of, 1), (today.as_of, 2), (then.as_of, 1)]


def test_two_kinds_of_work_are_told_apart(engine: Matchmaker) -> None:
    def named(answer: str) -> str:
        return kept(lambda seen: answer)(engine.profiles())

    assert (named("one"), named("other")) == ("one", "other")


def test_an_array_that_is_kept_can_not_be_changed(engine: Matchmaker) -> None:
    distance = kilometres_from(engine.profiles(), 5)
    with pytest.raises(ValueError, match="read-only"):
        distance[0] = 0.0
    alone = kilometres(engine.profiles(), np.array([5]))
    assert alone[0].tobytes() == distance.tobytes()
    alone[0] = 0.0


def test_what_is_on_record_is_that_of_the_day(engine: Matchmaker) -> None:
    for day in (engine.snapshot.as_of, date(2014, 3, 1)):
        for what in (helping, relations):
            told = recorded(engine.profiles(day), what)
            assert told == what(engine.snapshot, day)
            assert told is recorded(engine.profiles(day), what)
            assert told


def test_what_is_kept_goes_with_the_profiles(engine: Matchmaker) -> None:
    fresh = profiles(engine.snapshot, date(2015, 3, 1))
    seen = weakref.ref(kilometres_from(fresh, 0))
    assert seen() is not None
    del fresh
    gc.collect()
    assert seen() is None
