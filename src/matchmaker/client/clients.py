"""The two clients: `Client` waits for each answer, `AsyncClient` is for asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx2

from matchmaker.client import endpoints
from matchmaker.client.transport import Answer, Call, Exchange, Kept, Outcome, Step, Steps, Wait

P = ParamSpec("P")
Result = TypeVar("Result")
LOCAL = "http://127.0.0.1:8000"


def _asks(call: Callable[P, Call[Answer]]) -> Callable[Concatenate[Client, P], Answer]:
    """A method that makes a call and waits for its answer."""

    @wraps(call)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        return self.ask(call(*args, **kwargs))

    return method


def _awaits(
    call: Callable[P, Call[Answer]],
) -> Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, Answer]]:
    """A coroutine that makes a call and gives its answer."""

    @wraps(call)
    async def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        return await self.ask(call(*args, **kwargs))

    return method


def _exchange(base_url: str, key: str | None, timeout: float, repeats: int, kept: int) -> Exchange:
    headers = {"User-Agent": "matchmaker-client"} | ({} if key is None else {"X-API-Key": key})
    return Exchange(httpx2.URL(base_url), headers, httpx2.Timeout(timeout), repeats, Kept(kept))


class Client:
    """Asks a service, and waits for each answer; may be shared by threads.

    Args:
        base_url: address of the service.
        key: an API key, where the service asks for one.
        timeout: seconds to wait for each step of a request.
        repeats: how often a request is sent again after 429, 503 or a broken connection; one that
            changes something only if it surely was not taken.
        kept: so many answers are kept, and not sent again by the service while they hold.
        transport: in place of the network, for tests.

    Raises:
        ApiProblem: by every method, when the service refuses.
        Unreachable: by every method, when it does not answer.

    Example:
        with Client("https://matchmaker.example.nhs.uk") as client:
            for option in client.shortlist("Medway", limit=3).options:
                print(option.rank, option.trust.name)
    """

    def __init__(
        self,
        base_url: str = LOCAL,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        repeats: int = 2,
        kept: int = 128,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._exchange = _exchange(base_url, key, timeout, repeats, kept)
        self._http = httpx2.Client(transport=transport)

    def ask(self, call: Call[Answer]) -> Answer:
        """The answer to a call of `matchmaker.client.endpoints`."""
        return self._run(self._exchange.answer(call))

    def csv(self, call: Call[Any]) -> str:
        """The answer to a call as a table in CSV, where the service has one."""
        return self._run(self._exchange.table(call))

    def _run(self, steps: Steps[Result]) -> Result:
        outcome: Outcome = None
        try:
            while True:
                outcome = self._take(steps.send(outcome))
        except StopIteration as end:
            result: Result = end.value
            return result

    def _take(self, step: Step) -> Outcome:
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return None
        try:
            return self._http.send(step)
        except httpx2.TransportError as error:
            return error

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    trusts = _asks(endpoints.trusts)
    trust = _asks(endpoints.trust)
    profile = _asks(endpoints.profile)
    shortlist = _asks(endpoints.shortlist)
    shortlists = _asks(endpoints.shortlists)
    candidate = _asks(endpoints.candidate)
    scores = _asks(endpoints.scores)
    assign = _asks(endpoints.assign)
    arrangements = _asks(endpoints.arrangements)
    methods = _asks(endpoints.methods)
    features = _asks(endpoints.features)
    evidence = _asks(endpoints.evidence)
    sources = _asks(endpoints.sources)
    evaluation = _asks(endpoints.evaluation)
    decide = _asks(endpoints.decide)
    decisions = _asks(endpoints.decisions)
    live = _asks(endpoints.live)
    ready = _asks(endpoints.ready)


class AsyncClient:
    """Asks a service from asyncio; the arguments and errors are those of `Client`."""

    def __init__(
        self,
        base_url: str = LOCAL,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        repeats: int = 2,
        kept: int = 128,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._exchange = _exchange(base_url, key, timeout, repeats, kept)
        self._http = httpx2.AsyncClient(transport=transport)

    async def ask(self, call: Call[Answer]) -> Answer:
        """The answer to a call of `matchmaker.client.endpoints`."""
        return await self._run(self._exchange.answer(call))

    async def csv(self, call: Call[Any]) -> str:
        """The answer to a call as a table in CSV, where the service has one."""
        return await self._run(self._exchange.table(call))

    async def _run(self, steps: Steps[Result]) -> Result:
        outcome: Outcome = None
        try:
            while True:
                outcome = await self._take(steps.send(outcome))
        except StopIteration as end:
            result: Result = end.value
            return result

    async def _take(self, step: Step) -> Outcome:
        if isinstance(step, Wait):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return await self._http.send(step)
        except httpx2.TransportError as error:
            return error

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    trusts = _awaits(endpoints.trusts)
    trust = _awaits(endpoints.trust)
    profile = _awaits(endpoints.profile)
    shortlist = _awaits(endpoints.shortlist)
    shortlists = _awaits(endpoints.shortlists)
    candidate = _awaits(endpoints.candidate)
    scores = _awaits(endpoints.scores)
    assign = _awaits(endpoints.assign)
    arrangements = _awaits(endpoints.arrangements)
    methods = _awaits(endpoints.methods)
    features = _awaits(endpoints.features)
    evidence = _awaits(endpoints.evidence)
    sources = _awaits(endpoints.sources)
    evaluation = _awaits(endpoints.evaluation)
    decide = _awaits(endpoints.decide)
    decisions = _awaits(endpoints.decisions)
    live = _awaits(endpoints.live)
    ready = _awaits(endpoints.ready)
