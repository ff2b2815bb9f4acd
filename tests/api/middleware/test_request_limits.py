"""Bodies of any method, the room for them, and work that nobody waits for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from matchmaker.api.middleware.request_context import RequestContextMiddleware
from matchmaker.api.middleware.request_limits import RequestLimitsMiddleware

Come = Callable[[], Message]


def _chunk(size: int, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def _answered(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def _limits(app: Any = _answered, seconds: float = 5.0, held: int = 10_000) -> RequestLimitsMiddleware:
    return RequestLimitsMiddleware(app, 1000, held, 4, seconds)


async def _ask(
    limits: RequestLimitsMiddleware, method: str, path: str, headers: dict[str, str], *messages: Message
) -> list[Message]:
    """What comes back, through the outermost middleware, where these parts of a body come in and no more."""
    came, sent = list(messages), []

    async def receive() -> Message:
        if came:
            return came.pop(0)
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await RequestContextMiddleware(limits, {}, 0)(scope, receive, send)
    return sent


def _told(sent: list[Message]) -> tuple[int, str, bool]:
    """Status, type of problem, and whether the connection is closed after it."""
    head = dict(sent[0]["headers"])
    body = json.loads(sent[1]["body"])
    return sent[0]["status"], body.get("type", ""), head.get(b"connection") == b"close"


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PROPFIND")
PATHS = ("/v1/nhs/methods", "/health/live", "/metrics", "/problems", "/nothing")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_a_body_that_never_ends_is_given_up_whatever_the_method_and_path(method: str, path: str) -> None:
    limits = _limits(seconds=0.05)
    sent = asyncio.run(_ask(limits, method, path, {"content-length": "900"}, _chunk(1)))
    assert _told(sent) == (408, "/problems/slow-request", True)
    assert limits.held_bytes == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_a_body_that_is_too_long_is_refused_whatever_the_method_and_path(method: str, path: str) -> None:
    for headers, parts in (
        ({"content-length": "1000000000"}, ()),
        ({"transfer-encoding": "chunked"}, (_chunk(600), _chunk(600))),
    ):
        sent = asyncio.run(_ask(_limits(), method, path, headers, *parts))
        assert _told(sent) == (413, "/problems/body-too-large", True)


def test_two_lengths_are_refused_and_the_connection_is_closed() -> None:
    headers = {"content-length": "4", "transfer-encoding": "chunked"}
    sent = asyncio.run(_ask(_limits(), "POST", "/v1/nhs/scores", headers, _chunk(4, more=False)))
    assert _told(sent) == (400, "/problems/malformed-request", True)


def test_a_whole_body_leaves_the_connection_open() -> None:
    sent = asyncio.run(_ask(_limits(), "POST", "/a", {"content-length": "4"}, _chunk(4, more=False)))
    assert _told(sent) == (200, "", False)


def test_all_bodies_together_are_bounded() -> None:
    limits = _limits(held=1500, seconds=0.2)

    async def two() -> list[list[Message]]:
        one = asyncio.ensure_future(_ask(limits, "POST", "/a", {"content-length": "1000"}, _chunk(900)))
        await asyncio.sleep(0.05)
        other = await _ask(limits, "POST", "/a", {"content-length": "1000"}, _chunk(900))
        return [await one, other]

    waiting, refused = asyncio.run(two())
    assert _told(refused) == (503, "/problems/busy", True)
    assert _told(waiting)[0] == 408
    assert limits.held_bytes == 0


@pytest.mark.parametrize("leaves", [True, False])
def test_work_learns_that_nobody_waits_for_it(leaves: bool) -> None:
    noticed = threading.Event()

    async def works(scope: Scope, receive: Receive, send: Send) -> None:
        given_up = scope["state"]["given_up"]
        await asyncio.to_thread(given_up.wait, 10)
        if given_up.is_set():
            noticed.set()

    async def ask() -> None:
        gone = [{"type": "http.disconnect"}] if leaves else []
        asked = _ask(_limits(works, seconds=5 if leaves else 0.1), "GET", "/a", {}, *gone)
        await asyncio.wait_for(asked, 5)
        await asyncio.sleep(0.05)

    asyncio.run(ask())
    assert noticed.is_set()
