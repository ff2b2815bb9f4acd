"""How a call becomes requests and an answer; it does no input or output of its own.

Both clients run the same steps: they send what they are given, or wait, and hand back what came of it.
"""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

from matchmaker.client.errors import ApiProblem, Unreachable, seconds

Answer = TypeVar("Answer")
LONGEST_WAIT = 30.0
"""Seconds; a service that asks for more is not waited for."""
FIRST_WAIT = 0.2
"""Seconds before the first repeat where the service names no time; it doubles each time, with a jitter."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """One question to the service, as a value.

    Attributes:
        answer: the type that the answer is read as.
        once: it must not be sent twice, as it changes something.
    """

    answer: type[Answer]
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """A step: wait so many seconds."""

    seconds: float


Step = httpx2.Request | Wait
Outcome = httpx2.Response | httpx2.TransportError | None
Steps = Generator[Step, Outcome, Answer]


class Kept:
    """The answers used last with their entity tags, so that unchanged ones are not sent again."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> tuple[str, bytes] | None:
        """Tag and body of an answer."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, tag: str, body: bytes) -> None:
        """Keep an answer; the one not used for longest gives way."""
        with self._lock:
            self._kept[key] = (tag, body)
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The steps of a call.

    Attributes:
        base: address of the service.
        headers: of every request.
        repeats: how often a request that failed in passing is sent again.
    """

    base: httpx2.URL
    headers: Mapping[str, str]
    timeout: httpx2.Timeout
    repeats: int
    kept: Kept = field(default_factory=lambda: Kept(0))

    def answer(self, call: Call[Answer]) -> Steps[Answer]:
        """Ask until there is an answer, and read it."""
        body = yield from self.content(call, "application/json")
        kind: Any = call.answer
        try:
            read: Answer = _adapter(kind).validate_json(body)
        except ValidationError as error:
            raise Unreachable(
                f"The answer from {call.path} has another form: {error.error_count()} differences.",
                "Check that the client and the service are of the same version.",
            ) from error
        return read

    def table(self, call: Call[Any]) -> Steps[str]:
        """Ask for the same answer as CSV."""
        return (yield from self.content(call, "text/csv")).decode("utf-8")

    def content(self, call: Call[Any], accept: str) -> Steps[bytes]:
        """The bytes of an answer.

        Raises:
            ApiProblem: the service refused.
            Unreachable: it did not answer.
        """
        request = self._request(call, accept)
        key = f"{accept} {request.url}"
        have = self.kept.get(key) if call.method == "GET" else None
        if have is not None:
            request.headers["If-None-Match"] = have[0]
        response = yield from self._sent(request, call.once)
        if response.status_code == 304 and have is not None:
            return have[1]
        if response.status_code not in (200, 201):
            raise ApiProblem(response)
        if call.method == "GET" and "etag" in response.headers:
            self.kept.put(key, response.headers["etag"], response.content)
        return response.content

    def _sent(self, request: httpx2.Request, once: bool) -> Steps[httpx2.Response]:
        for left in range(self.repeats, -1, -1):
            outcome = yield request
            wait = FIRST_WAIT * 2 ** (self.repeats - left) * random.uniform(0.5, 1.0)
            if isinstance(outcome, httpx2.Response):
                passing = outcome.status_code == 429 or (outcome.status_code == 503 and not once)
                named = seconds(outcome)
                wait = wait if named is None else named
                if not passing or not left or wait > LONGEST_WAIT:
                    return outcome
            elif not left or (once and not isinstance(outcome, httpx2.ConnectError | httpx2.ConnectTimeout)):
                step = "Check the address and that the service runs, with /health/ready."
                if once:
                    step += " Look whether it was recorded before you send it again."
                raise Unreachable(f"{self.base} does not answer: {outcome or type(outcome).__name__}.", step)
            yield Wait(wait)
        raise AssertionError("the last turn returns or raises")

    def _request(self, call: Call[Any], accept: str) -> httpx2.Request:
        return httpx2.Request(
            call.method,
            self.base.join(self.base.path.rstrip("/") + call.path),
            params=list(call.query) or None,
            json=call.body,
            headers={**self.headers, "Accept": accept},
            extensions={"timeout": self.timeout.as_dict()},
        )


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
