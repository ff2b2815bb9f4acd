"""Each caller has a share of the computing, and what costs much waits its turn."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from matchmaker.api import work as work_module
from matchmaker.api.settings import SERVED, from_environment
from matchmaker.api.work import Crowded, GivenUp, OverBudget, Work, list_cost, stop_if_given_up
from matchmaker.models.query import MAX_DRAWS, ShortlistQuery

from .conftest import Served


def _scope(address: str = "192.0.2.1", **state: Any) -> dict[str, Any]:
    return {"state": state, "client": (address, 1)}


def test_a_caller_that_used_up_its_share_waits_and_others_do_not() -> None:
    work = Work(10)
    work.charge("a", 6)
    work.charge("a", 4)
    with pytest.raises(OverBudget) as told:
        work.charge("a", 1)
    assert 1 <= int(told.value.headers["Retry-After"]) <= 60
    work.charge("b", 10)


def test_a_question_that_costs_more_than_a_share_can_still_be_asked_once() -> None:
    work = Work(1)
    work.charge("a", 5)
    with pytest.raises(OverBudget):
        work.charge("a", 0.01)


def test_no_bound_is_no_bound() -> None:
    for _ in range(100):
        Work(0).charge("a", 1000)


def test_the_cost_grows_with_recipients_draws_options_and_earlier_days() -> None:
    plain = list_cost(ShortlistQuery(n_draws=0, limit=1))
    assert plain < list_cost(ShortlistQuery(n_draws=0, limit=300))
    assert plain < list_cost(ShortlistQuery(n_draws=MAX_DRAWS, limit=1))
    assert plain < list_cost(ShortlistQuery(n_draws=0, limit=1, as_of="2020-01-01"))
    dearest = list_cost(ShortlistQuery(limit=100), 50)
    assert 4 < dearest < 7  # as measured
    assert list_cost(ShortlistQuery()) < work_module.HEAVY < dearest


@pytest.mark.parametrize(
    ("method", "path", "form", "heavy"),
    [
        ("GET", "/", "", False),
        ("GET", "/nhs/", "", False),
        ("GET", "/nhs/organisations/RPA/shortlist", "", False),
        ("GET", "/nhs/organisations/RPA/shortlist.pdf", "pdf", True),
        ("GET", "/nhs/organisations/RPA/profile.docx", "docx", True),
        ("GET", "/nhs/assign", "", True),
        ("GET", "/nhs/assign.xlsx", "xlsx", True),
        ("GET", "/nhs/own", "", False),
        ("POST", "/nhs/own", "", True),
        ("POST", "/nhs/organisations/RPA/decide", "", False),
    ],
)
def test_papers_assignments_and_own_figures_on_pages_wait_their_turn(
    method: str, path: str, form: str, heavy: bool
) -> None:
    assert (work_module.page_cost(method, path, form) >= work_module.HEAVY) is heavy


def test_what_costs_much_is_worked_on_one_at_a_time_and_the_rest_goes_on() -> None:
    work, now, most = Work(0), [0], [0]

    async def heavy(number: int) -> None:
        async with work.admitted(_scope(f"192.0.2.{number}"), 5):
            now[0] += 1
            most[0] = max(most[0], now[0])
            await asyncio.sleep(0.01)
            now[0] -= 1

    async def all_of_them() -> None:
        waiting = [asyncio.ensure_future(heavy(number)) for number in range(10)]
        await asyncio.sleep(0)
        async with work.admitted(_scope(), 0.1):
            assert now[0] == 1
        await asyncio.gather(*waiting)

    asyncio.run(all_of_them())
    assert most == [1]


def test_lists_of_one_recipient_are_worked_on_one_after_another_and_leave_out_who_left() -> None:
    work, now, most = Work(0), [0], [0]

    async def one(cost: float, scope: dict[str, Any]) -> None:
        async with work.admitted_list(scope, cost):
            now[0] += 1
            most[0] = max(most[0], now[0])
            await asyncio.sleep(0.01)
            now[0] -= 1

    async def all_of_them() -> list[BaseException | None]:
        left = threading.Event()
        left.set()
        lists = [one(0.1, _scope(f"192.0.2.{number}")) for number in range(5)]
        asked = asyncio.gather(*lists, one(0.1, _scope(given_up=left)), return_exceptions=True)
        await asyncio.sleep(0)
        async with work.admitted(_scope(), 0.1):  # what is no list goes on
            assert now[0] == 1
        return await asked

    found = asyncio.run(all_of_them())
    assert most == [1]
    assert [type(error) for error in found if error is not None] == [GivenUp]
    most[0] = 0

    async def dear_and_cheap() -> None:
        await asyncio.gather(one(work_module.HEAVY, _scope()), one(0.1, _scope()))

    asyncio.run(dear_and_cheap())
    assert most == [2]  # a dear one does not hold up a cheap one


def test_too_many_that_wait_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "MAX_WAITING", 2)
    work = Work(0)

    async def one() -> None:
        async with work.admitted(_scope(), 5):
            await asyncio.sleep(0.05)

    async def several() -> list[BaseException | None]:
        return await asyncio.gather(*(one() for _ in range(5)), return_exceptions=True)

    found = asyncio.run(several())
    assert sum(isinstance(error, Crowded) for error in found) == 2
    assert work.waiting == 0


def test_work_of_a_caller_who_left_is_not_begun() -> None:
    left = threading.Event()
    scope = _scope(given_up=left)
    stop_if_given_up(scope)
    left.set()

    async def ask() -> None:
        async with Work(0).admitted(scope, 5):
            raise AssertionError("begun")

    with pytest.raises(GivenUp):
        asyncio.run(ask())


def test_a_service_that_is_run_has_limits_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MATCHMAKER_RATE_LIMIT", "MATCHMAKER_WORK_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    settings = from_environment()
    assert (settings.rate_limit, settings.work_seconds) == tuple(SERVED.values())
    monkeypatch.setenv("MATCHMAKER_RATE_LIMIT", "")
    monkeypatch.setenv("MATCHMAKER_WORK_SECONDS", "0")
    assert (from_environment().rate_limit, from_environment().work_seconds) == (None, 0)


@pytest.mark.snapshot
def test_a_greedy_caller_is_told_when_to_come_again(served: Served) -> None:
    client = served(work_seconds=0.2)
    path = "/v1/nhs/organisations/RPA/shortlist?limit=1&n_draws=0"
    answers = [client.get(f"{path}&within_km={300 + number}") for number in range(8)]
    assert answers[0].status_code == 200
    refused = answers[-1]
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-much-work")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert client.get(path + "&within_km=300").status_code == 200, "what is kept costs nothing"
    many = {"recipients": ["RPA"] * 50, "limit": 100}
    assert client.post("/v1/nhs/shortlists", json=many).status_code == 429
    assert client.get("/health/live").status_code == 200


def test_heavy_work_lets_what_costs_less_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "GIVE_WAY", 60.0)
    work, order = Work(0), list[str]()

    def heavy() -> None:
        work.between_parts(_scope())
        order.append("heavy")

    async def ask() -> None:
        async with work.admitted(_scope(), 0.1), work.admitted(_scope("192.0.2.7"), 0.1):
            working = asyncio.ensure_future(asyncio.to_thread(heavy))
            await asyncio.sleep(0.05)
            order.append("light")
        await working

    asyncio.run(ask())
    assert order == ["light", "heavy"]
    assert work.light == 0


def test_heavy_work_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "GIVE_WAY", 0.01)
    work = Work(0)

    async def ask() -> None:
        async with work.admitted(_scope(), 0.1):
            await asyncio.to_thread(work.between_parts, _scope())

    asyncio.run(ask())
    left = threading.Event()
    left.set()
    with pytest.raises(GivenUp):
        work.between_parts(_scope(given_up=left))
