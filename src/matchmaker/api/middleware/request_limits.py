"""Limits on body size, request time and concurrency."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.metrics import IN_FLIGHT
from matchmaker.api.problems import send_problem

NEVER_QUEUED = ("/health/", "/metrics", "/problems")


class _TooLarge(Exception):
    pass


class RequestLimitsMiddleware:
    """Reads the body within its limits, then waits for the response within the time allowed.

    A thread can't be stopped: one that takes too long keeps its place in the queue until it is done,
    though its caller is answered at once.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, max_in_flight: int, seconds: float) -> None:
        self.app = app
        self.max_body_bytes, self.max_in_flight, self.seconds = max_body_bytes, max_in_flight, seconds
        self.working: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request within the limits."""
        if scope["type"] != "http" or scope["path"].startswith(NEVER_QUEUED):
            await self.app(scope, receive, send)
            return
        closing = {"Connection": "close"}  # the rest of the body is not read
        try:
            body = await asyncio.wait_for(self._read(scope, receive), self.seconds)
        except _TooLarge:
            detail = f"The body is longer than {self.max_body_bytes:,} bytes."
            await send_problem("body-too-large", detail, scope, receive, send, headers=closing)
        except TimeoutError:
            detail = f"The body did not come in within {self.seconds:g} seconds."
            await send_problem("slow-request", detail, scope, receive, send, headers=closing)
        except ClientDisconnect:
            pass
        else:
            if len(self.working) >= self.max_in_flight:
                detail = f"{self.max_in_flight} other requests are being worked on."
                await send_problem("busy", detail, scope, receive, send, headers={"Retry-After": "1"})
            else:
                await self._answer(scope, _replayed(body, receive), receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return b""
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self.max_body_bytes:
            raise _TooLarge
        parts, length, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part, more = message.get("body", b""), message.get("more_body", False)
            length += len(part)
            if length > self.max_body_bytes:
                raise _TooLarge
            parts.append(part)
        return b"".join(parts)

    async def _answer(self, scope: Scope, replayed: Receive, receive: Receive, send: Send) -> None:
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
        detail = f"The answer took longer than {self.seconds:g} seconds."
        await send_problem("took-too-long", detail, scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.working.discard(task)
        IN_FLIGHT.dec()
        if not task.cancelled():
            task.exception()  # nobody else looks at that of one that was late


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
