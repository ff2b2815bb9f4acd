"""The cache: worked out once for equal content, bounded, shared safely."""

from __future__ import annotations

import gc
import pickle
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread

import numpy as np
import polars as pl
import pytest
from made_up import made_up_snapshot

from matchmaker import cache
from matchmaker.cache import Kept, cached, size_of


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@dataclass(eq=False)
class Held:
    """Something that is told from others by its content only."""

    content: str

    @property
    def cache_key(self) -> str:
        return self.content


class Work:
    """Counts how often it is really done."""

    def __init__(self) -> None:
        self.done: list[object] = []

        @cached
        def work(held: Held, number: int = 0) -> int:
            self.done.append((held.content, number))
            return len(held.content) + number

        self.ask = work


def test_work_is_done_once_for_equal_content() -> None:
    work = Work()
    assert [work.ask(Held("ab"), 1), work.ask(Held("ab"), 1), work.ask(Held("ab"), 2)] == [3, 3, 4]
    assert work.ask(Held("abc"), 1) == 4
    assert work.done == [("ab", 1), ("ab", 2), ("abc", 1)]


def test_a_keyword_counts() -> None:
    work = Work()
    assert (work.ask(Held("ab"), number=1), work.ask(Held("ab"), number=5)) == (3, 7)


def test_two_functions_are_told_apart() -> None:
    @cached
    def one(held: Held) -> str:
        return "one"

    @cached
    def other(held: Held) -> str:
        return "other"

    assert (one(Held("a")), other(Held("a"))) == ("one", "other")


def test_snapshots_of_one_content_share_and_others_do_not() -> None:
    asked = []

    @cached
    def n_figures(snapshot: object) -> int:
        asked.append(snapshot)
        return len(asked)

    same = [made_up_snapshot({"EEL": {"berths": 80}}) for _ in range(2)]
    other = made_up_snapshot({"EEL": {"berths": 81}})
    assert [n_figures(one) for one in (*same, other)] == [1, 1, 2]


def test_none_and_other_empty_answers_are_kept_too() -> None:
    times = []

    @cached
    def nothing(held: Held) -> None:
        times.append(held)

    assert nothing(Held("a")) is nothing(Held("a")) is None
    assert len(times) == 1


def test_an_array_that_is_shared_can_not_be_changed() -> None:
    @cached
    def both(held: Held) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(2), np.ones(2)

    @cached
    def alone(held: Held) -> np.ndarray:
        return np.zeros(2)

    for array in (*both(Held("a")), alone(Held("a"))):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5.0


def test_a_failure_is_not_kept() -> None:
    tries = []

    @cached
    def fails_once(held: Held) -> str:
        tries.append(held)
        if len(tries) == 1:
            raise ValueError("not yet")
        return "now"

    with pytest.raises(ValueError, match="not yet"):
        fails_once(Held("a"))
    assert fails_once(Held("a")) == "now"


def test_the_least_recently_used_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 3000)
    monkeypatch.setattr(cache, "_entries", cache.Entries(3000))
    times: list[str] = []

    @cached
    def thousand_bytes(held: Held) -> np.ndarray:
        times.append(held.content)
        return np.zeros(125)

    for name in ("a", "b", "c", "a", "d", "a", "b"):  # there is room for three: "d" drives out "b"
        thousand_bytes(Held(name))
    assert times == ["a", "b", "c", "d", "b"]
    assert cache._entries.currsize <= 3000


def test_what_is_larger_than_all_the_room_is_given_but_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 3000)
    monkeypatch.setattr(cache, "_entries", cache.Entries(3000))

    @cached
    def large(held: Held) -> np.ndarray:
        return np.ones(1000)

    assert large(Held("a")).sum() == 1000
    assert len(cache._entries) == 0


@pytest.mark.parametrize(
    ("result", "size"),
    [
        (np.zeros(1000), 8000),
        (np.zeros(1), 256),
        (pl.DataFrame({"a": np.zeros(1000)}), 8000),
        ({"a": np.zeros(1000), "b": np.zeros(500)}, 256 + 12_000),
        ([np.zeros(1000)] * 3, 256 + 24_000),
        ((), 256),
        (None, 256),
    ],
    ids=["array", "small", "frame", "dictionary", "list", "empty", "none"],
)
def test_how_large_a_result_is(result: object, size: int) -> None:
    assert size_of(result) == size


def test_what_is_kept_bit_by_bit_counts_for_the_most_it_may_hold_and_begins_anew() -> None:
    kept: Kept[str, int] = Kept(3, 1000)
    for number, name in enumerate("abcd"):
        assert size_of(kept) == 3000
        kept[name] = number
    assert kept == {"d": 3}


def test_the_bound_is_a_quarter_of_a_gigabyte() -> None:
    assert cache._entries.maxsize == cache.MAX_BYTES == 512 * 2**20


def test_an_object_that_was_asked_about_takes_nothing_along_and_is_let_go() -> None:
    held = Held("a" * 50)
    before = pickle.dumps(held.__dict__)
    Work().ask(held)
    assert pickle.dumps(held.__dict__) == before
    gone = weakref.ref(held)
    del held
    gc.collect()
    assert gone() is None


def test_many_threads_get_the_same_answer() -> None:
    work = Work()
    answers: list[int] = []
    threads = [Thread(target=lambda: answers.append(work.ask(Held("abc"), 4))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [7] * 16
