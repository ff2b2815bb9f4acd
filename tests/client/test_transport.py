"""When requests are sent again, what is kept, and what is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from matchmaker.client import ApiProblem, AsyncClient, Client, ConnectionFailed
from matchmaker.models.query import InvalidQuery

FIGURES = {"snapshot": "a", "as_of": "2026-01-01", "organisations": 3}
READY = {"status": "ready", "sectors": {"one": FIGURES}}
DECISION = {"who": "A region", "chosen": None, "reason": "No"}


class Script:
    """A service that answers as it is told, one answer after the other."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = iter(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the clients wait; nobody really waits."""
    waited: list[float] = []

    async def soon(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("matchmaker.client.clients.time.sleep", waited.append)
    monkeypatch.setattr("matchmaker.client.clients.asyncio.sleep", soon)
    return waited


Ask = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask once, with either client."""

    def asked(
        script: Script, name: str, *args: Any, options: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        transport = httpx2.MockTransport(script)
        if request.param == "sync":
            with Client("http://service/under", transport=transport, **(options or {})) as client:
                return getattr(client, name)(*args, **more)

        async def run() -> Any:
            async with AsyncClient("http://service/under/", transport=transport, **(options or {})) as client:
                return await getattr(client, name)(*args, **more)

        return asyncio.run(run())

    return asked


def answer(status: int, **headers: str) -> httpx2.Response:
    return httpx2.Response(
        status, json=READY, headers={name.replace("_", "-"): to for name, to in headers.items()}
    )


def test_it_waits_as_long_as_it_is_told(ask: Ask, waits: list[float]) -> None:
    script = Script(answer(429, retry_after="7"), answer(503, retry_after="2"), answer(200))
    assert ask(script, "ready").sectors["one"].organisations == 3
    assert waits == [7, 2]


def test_it_waits_a_little_longer_each_time(ask: Ask, waits: list[float]) -> None:
    script = Script(httpx2.ReadError("cut"), answer(503), answer(503), answer(200))
    assert ask(script, "ready", options={"repeats": 3}).sectors["one"].organisations == 3
    assert len(waits) == 3
    assert 0.1 <= waits[0] <= 0.2 <= waits[1] <= 0.4 <= waits[2] <= 0.8


def test_it_gives_up(ask: Ask, waits: list[float]) -> None:
    script = Script(*[answer(503)] * 3)
    with pytest.raises(ApiProblem) as told:
        ask(script, "ready")
    assert told.value.status == 503
    assert (len(script.requests), len(waits)) == (3, 2)


def test_it_does_not_wait_for_hours(ask: Ask, waits: list[float]) -> None:
    script = Script(answer(429, retry_after="3600"))
    with pytest.raises(ApiProblem) as told:
        ask(script, "ready")
    assert told.value.retry_after == 3600
    assert not waits


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 502, 504])
def test_other_refusals_are_not_asked_again(ask: Ask, waits: list[float], status: int) -> None:
    script = Script(answer(status))
    with pytest.raises(ApiProblem) as told:
        ask(script, "ready")
    assert (told.value.status, told.value.type, len(script.requests)) == (status, "about:blank", 1)


@pytest.mark.parametrize("failure", [None, httpx2.ReadTimeout("late"), httpx2.RemoteProtocolError("cut")])
def test_a_decision_is_not_sent_twice_where_it_may_be_on_record(
    ask: Ask, waits: list[float], failure: Exception | None
) -> None:
    script = Script(failure or answer(503))
    with pytest.raises((ApiProblem, ConnectionFailed)) as told:
        ask(script, "decide", "RPA", **DECISION)
    assert len(script.requests) == 1
    if failure is not None:
        assert "before you send it again" in str(told.value)


def test_a_decision_is_sent_again_where_it_surely_was_not_taken(ask: Ask, waits: list[float]) -> None:
    script = Script(httpx2.ConnectError("refused"), answer(429, retry_after="1"), answer(404))
    with pytest.raises(ApiProblem, match="404"):
        ask(script, "decide", "RPA", **DECISION)
    assert len(script.requests) == 3


def test_what_is_no_answer_of_the_service_is_told(ask: Ask) -> None:
    with pytest.raises(ConnectionFailed, match="another form"):
        ask(Script(httpx2.Response(200, json={"hello": "world"})), "ready")
    with pytest.raises(ConnectionFailed, match="another form"):
        ask(Script(httpx2.Response(200, text="<html>")), "ready")


def test_nobody_there_is_told_in_a_sentence(ask: Ask, waits: list[float]) -> None:
    with pytest.raises(ConnectionFailed, match=r"http://service/under/? does not answer: refused"):
        ask(Script(*[httpx2.ConnectError("refused")] * 3), "ready")


def test_requests_carry_the_key_and_the_base(ask: Ask) -> None:
    script = Script(answer(200))
    ask(script, "ready", options={"key": "mm_1_x"})
    assert script.requests[0].headers["X-API-Key"] == "mm_1_x"
    assert script.requests[0].url == "http://service/under/health/ready"


def test_an_answer_that_holds_is_not_sent_again() -> None:
    script = Script(
        answer(200, etag='"1"'), httpx2.Response(304), answer(200, etag='"2"'), httpx2.Response(304)
    )
    with Client("http://service", transport=httpx2.MockTransport(script)) as client:
        assert len({client.ready().sectors["one"].snapshot for _ in range(4)}) == 1
    tags = [request.headers.get("if-none-match") for request in script.requests]
    assert tags == [None, '"1"', '"1"', '"2"']


def test_only_so_many_are_kept() -> None:
    script = Script(*[answer(200, etag='"1"')] * 4)
    with Client("http://service", transport=httpx2.MockTransport(script), cache_size=1) as client:
        for ask_ in (client.ready, client.live, client.ready, client.ready):
            ask_()
    assert [request.headers.get("if-none-match") for request in script.requests] == [None, None, None, '"1"']


def test_a_problem_with_odd_parts_is_still_a_problem(ask: Ask) -> None:
    for body in (b"[]", b"{", b'{"errors": ["x", {"pointer": "/a"}], "type": 3}'):
        odd = httpx2.Response(422, content=body, headers={"content-type": "application/problem+json"})
        with pytest.raises(ApiProblem) as told:
            ask(Script(odd), "ready")
        assert told.value.status == 422


def sectors(*names: str) -> httpx2.Response:
    words = dict.fromkeys(("label", "summary", "organisation", "organisations", "code", "snapshot"), "x")
    item = {**words, "types": {}, "arrangements": [], "as_of": "2026-01-01", "links": {}}
    body = {"version": "1", "links": {}, "sectors": [{**item, "name": name} for name in names]}
    return httpx2.Response(200, json=body)


def test_the_only_sector_is_asked_for_once() -> None:
    script = Script(sectors("one"), answer(404), answer(404))
    with Client("http://service", transport=httpx2.MockTransport(script)) as client:
        for _ in range(2):
            with pytest.raises(ApiProblem):
                client.methods()
    paths = [request.url.path for request in script.requests]
    assert paths == ["/v1/sectors", "/v1/one/methods", "/v1/one/methods"]


def test_a_named_sector_is_not_asked_for(ask: Ask) -> None:
    script = Script(answer(404))
    with pytest.raises(ApiProblem):
        ask(script, "methods", options={"sector": "two"})
    assert script.requests[0].url.path == "/under/v1/two/methods"


def test_one_of_several_sectors_must_be_named(ask: Ask) -> None:
    with pytest.raises(ConnectionFailed, match="Name one of one, two"):
        ask(Script(sectors("one", "two")), "methods")


def test_a_query_is_checked_before_anything_is_sent(ask: Ask) -> None:
    script = Script()
    with pytest.raises(InvalidQuery) as raised:
        ask(script, "shortlist", "A", limit=0, sauce="brown")
    assert [loc for loc, _ in raised.value.issues] == [("limit",), ("sauce",)]
    assert not script.requests
