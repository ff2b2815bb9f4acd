"""How a request specification becomes HTTP requests and an answer, without input or output of its own.

Both clients run the same steps: they send what they are given, or wait, and hand back what came of it.
"""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

from matchmaker.api.schemas import SectorsResponse
from matchmaker.client.errors import ApiProblem, ConnectionFailed, retry_after

Answer = TypeVar("Answer")
MAX_WAIT = 30.0
"""Seconds; a service that asks for more is not waited for."""
FIRST_WAIT = 0.2
"""Seconds before the first repeat where the service names no time; it doubles each time, with a jitter."""
SECTOR = "{sector}"
"""Stands in a path for the name of the sector."""


@dataclass(frozen=True, slots=True)
class RequestSpec(Generic[Answer]):
    """One request to the service, as a value.

    Attributes:
        answer: the type that the answer is read as.
        idempotent: whether it may be sent twice; not where it changes something.
    """

    answer: type[Answer]
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    idempotent: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """A step: wait so many seconds."""

    seconds: float


Step = httpx2.Request | Wait
Outcome = httpx2.Response | httpx2.TransportError | None
Steps = Generator[Step, Outcome, Answer]


class ETagCache:
    """The answers used last with their entity tags, so that unchanged ones are not sent again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> tuple[str, bytes] | None:
        """Tag and body of an answer."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: str, tag: str, body: bytes) -> None:
        """Keep an answer; the least recently used gives way."""
        with self._lock:
            self._answers[key] = (tag, body)
            self._answers.move_to_end(key)
            if len(self._answers) > self._size:
                self._answers.popitem(last=False)


@dataclass(slots=True)
class Transport:
    """The steps of a request.

    Attributes:
        base: address of the service.
        headers: of every request.
        repeats: how often a request that failed in passing is sent again.
        sector: name of the sector; None means the only one of the service, which it is asked for.
    """

    base: httpx2.URL
    headers: Mapping[str, str]
    timeout: httpx2.Timeout
    repeats: int
    sector: str | None = None
    cache: ETagCache = field(default_factory=lambda: ETagCache(0))

    def answer(self, spec: RequestSpec[Answer]) -> Steps[Answer]:
        """Send a request until there is an answer, and read it."""
        body = yield from self.content(spec, "application/json")
        answer_type: Any = spec.answer
        try:
            answer: Answer = _adapter(answer_type).validate_json(body)
        except ValidationError as error:
            raise ConnectionFailed(
                f"The answer from {spec.path} has another form: {error.error_count()} differences.",
                "Check that the client and the service are of the same version.",
            ) from error
        return answer

    def table(self, spec: RequestSpec[Any]) -> Steps[str]:
        """Ask for the same answer as CSV."""
        return (yield from self.content(spec, "text/csv")).decode("utf-8")

    def content(self, spec: RequestSpec[Any], accept: str) -> Steps[bytes]:
        """The bytes of an answer.

        Raises:
            ApiProblem: the service refused.
            ConnectionFailed: it did not answer, or answers for several sectors and none was named.
        """
        if SECTOR in spec.path:
            sector = yield from self._sector()
            spec = replace(spec, path=spec.path.replace(SECTOR, sector))
        request = self._request(spec, accept)
        key = f"{accept} {request.url}"
        cached = self.cache.get(key) if spec.method == "GET" else None
        if cached is not None:
            request.headers["If-None-Match"] = cached[0]
        response = yield from self._send(request, spec.idempotent)
        if response.status_code == 304 and cached is not None:
            return cached[1]
        if response.status_code not in (200, 201):
            raise ApiProblem(response)
        if spec.method == "GET" and "etag" in response.headers:
            self.cache.put(key, response.headers["etag"], response.content)
        return response.content

    def _sector(self) -> Steps[str]:
        if self.sector is None:
            known = yield from self.answer(RequestSpec(SectorsResponse, "GET", "/v1/sectors"))
            names = [item.name for item in known.sectors]
            if len(names) != 1:
                step = f"Name one of {', '.join(names)} when you make the client."
                raise ConnectionFailed(f"{self.base} answers for several sectors.", step)
            self.sector = names[0]
        return self.sector

    def _send(self, request: httpx2.Request, idempotent: bool) -> Steps[httpx2.Response]:
        for left in range(self.repeats, -1, -1):
            outcome = yield request
            wait = FIRST_WAIT * 2 ** (self.repeats - left) * random.uniform(0.5, 1.0)  # noqa: S311
            if isinstance(outcome, httpx2.Response):
                passing = outcome.status_code == 429 or (outcome.status_code == 503 and idempotent)
                named = retry_after(outcome)
                wait = wait if named is None else named
                if not passing or not left or wait > MAX_WAIT:
                    return outcome
            elif not left or not (
                idempotent or isinstance(outcome, httpx2.ConnectError | httpx2.ConnectTimeout)
            ):
                step = "Check the address and that the service runs, with /health/ready."
                if not idempotent:
                    step += " Look whether it was recorded before you send it again."
                reason = f"{self.base} does not answer: {outcome or type(outcome).__name__}."
                raise ConnectionFailed(reason, step)
            yield Wait(wait)
        raise AssertionError("the last turn returns or raises")

    def _request(self, spec: RequestSpec[Any], accept: str) -> httpx2.Request:
        return httpx2.Request(
            spec.method,
            self.base.join(self.base.path.rstrip("/") + spec.path),
            params=list(spec.query) or None,
            json=spec.body,
            headers={**self.headers, "Accept": accept},
            extensions={"timeout": self.timeout.as_dict()},
        )


@cache
def _adapter(answer_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer_type)
