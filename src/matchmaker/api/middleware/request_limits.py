"""Limits on bodies, request time and concurrency."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.metrics import IN_FLIGHT
from matchmaker.api.problems import send_problem

NEVER_QUEUED = ("/health/", "/metrics", "/problems")


class _TooLarge(Exception):
    pass


class _TooMuch(Exception):
    pass


class RequestLimitsMiddleware:
    """Reads the body within its limits, then waits for the response within the time allowed.

    A thread can't be stopped from outside. `request.state.given_up` is set once nobody waits for the
    answer any more; work that takes long looks at it between its parts.

    Args:
        app: the rest of the service.
        max_body_bytes: of one body.
        max_held_bytes: of all bodies that are held at once.
        max_in_flight: requests that are worked on or wait at once.
        seconds: for a body to come in, and again for the answer.
    """

    def __init__(
        self, app: ASGIApp, max_body_bytes: int, max_held_bytes: int, max_in_flight: int, seconds: float
    ) -> None:
        self.app = app
        self.max_body_bytes, self.max_held_bytes = max_body_bytes, max_held_bytes
        self.max_in_flight, self.seconds = max_in_flight, seconds
        self.held_bytes = 0
        self.working: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request within the limits."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        parts: list[bytes] = []
        try:
            await asyncio.wait_for(self._read(scope, receive, parts), self.seconds)
        except _TooLarge:
            detail = f"The body is longer than {self.max_body_bytes:,} bytes."
            closing = {"Connection": "close"}
            await send_problem("body-too-large", detail, scope, receive, send, headers=closing)
        except _TooMuch:
            detail = "The bodies of other requests take up all the room there is."
            await send_problem("busy", detail, scope, receive, send, headers={"Retry-After": "1"})
        except TimeoutError:
            detail = f"The body did not come in within {self.seconds:g} seconds."
            await send_problem("slow-request", detail, scope, receive, send)
        except ClientDisconnect:
            pass
        else:
            await self._admit(scope, b"".join(parts), receive, send)
        finally:
            self.held_bytes -= sum(map(len, parts))

    async def _read(self, scope: Scope, receive: Receive, parts: list[bytes]) -> None:
        """Read the body of any method: one that is not read would hold its connection open."""
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if "transfer-encoding" not in headers and declared == "0":
            return
        if declared.isdecimal() and int(declared) > self.max_body_bytes:
            raise _TooLarge
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part, more = message.get("body", b""), message.get("more_body", False)
            length += len(part)
            if length > self.max_body_bytes:
                raise _TooLarge
            if self.held_bytes + len(part) > self.max_held_bytes:
                raise _TooMuch
            parts.append(part)
            self.held_bytes += len(part)

    async def _admit(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        gone = asyncio.Event()
        if scope["path"].startswith(NEVER_QUEUED):
            await self.app(scope, replayed(body, gone), send)
        elif len(self.working) >= self.max_in_flight:
            detail = f"{self.max_in_flight} other requests are being worked on."
            await send_problem("busy", detail, scope, receive, send, headers={"Retry-After": "1"})
        else:
            scope.setdefault("state", {})["given_up"] = given_up = threading.Event()
            watch = asyncio.ensure_future(_watch(receive, gone, given_up))
            try:
                await self._answer(scope, replayed(body, gone), receive, send, given_up)
            finally:
                watch.cancel()

    async def _answer(
        self, scope: Scope, replayed: Receive, receive: Receive, send: Send, given_up: threading.Event
    ) -> None:
        late = started = False

        async def send_in_time(message: Message) -> None:
            nonlocal started
            if not late:
                started = True
                await send(message)

        task = asyncio.ensure_future(self._work(scope, replayed, send_in_time))
        self.working.add(task)
        IN_FLIGHT.inc()
        task.add_done_callback(self._done)
        # Once an answer has begun, as a long download has, it may take its time.
        done, _ = await asyncio.wait({task}, timeout=self.seconds)
        if done or started:
            await task
            return
        late = True
        given_up.set()
        detail = f"The answer took longer than {self.seconds:g} seconds."
        await send_problem("took-too-long", detail, scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.working.discard(task)
        IN_FLIGHT.dec()
        if not task.cancelled():
            task.exception()  # nobody else looks at that of one that was late


async def _watch(receive: Receive, gone: asyncio.Event, given_up: threading.Event) -> None:
    """Note that the caller has gone away."""
    with contextlib.suppress(Exception):
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()
        given_up.set()


def replayed(body: bytes, gone: asyncio.Event) -> Receive:
    """Gives a body that was read already, and the end of the connection once the caller has gone."""
    given = False

    async def again() -> Message:
        """See ASGI."""
        nonlocal given
        if given:
            await gone.wait()
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
