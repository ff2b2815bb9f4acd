"""The two clients: `Client` waits for each answer, `AsyncClient` is for asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx2

from matchmaker.client import endpoints
from matchmaker.client.transport import Answer, ETagCache, Outcome, RequestSpec, Step, Steps, Transport, Wait

P = ParamSpec("P")
Result = TypeVar("Result")
LOCAL = "http://127.0.0.1:8000"


def _sync(endpoint: Callable[P, RequestSpec[Answer]]) -> Callable[Concatenate[Client, P], Answer]:
    """A method that sends the request of an endpoint and waits for its answer."""

    @wraps(endpoint)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        return self.send(endpoint(*args, **kwargs))

    return method


def _async(
    endpoint: Callable[P, RequestSpec[Answer]],
) -> Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, Answer]]:
    """A coroutine that sends the request of an endpoint and gives its answer."""

    @wraps(endpoint)
    async def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        return await self.send(endpoint(*args, **kwargs))

    return method


def _transport(
    base_url: str, sector: str | None, key: str | None, timeout: float, repeats: int, cache_size: int
) -> Transport:
    headers = {"User-Agent": "matchmaker-client"} | ({} if key is None else {"X-API-Key": key})
    cache = ETagCache(cache_size)
    return Transport(httpx2.URL(base_url), headers, httpx2.Timeout(timeout), repeats, sector, cache)


class Client:
    """Asks a service, and waits for each answer; may be shared by threads.

    Args:
        base_url: address of the service.
        sector: whose organisations are meant; needed only where the service answers for several.
        key: an API key, where the service asks for one.
        timeout: seconds to wait for each step of a request.
        repeats: how often a request is sent again after 429, 503 or a broken connection; one that
            changes something only if it surely was not taken.
        cache_size: so many answers are kept, and not sent again by the service while they hold.
        transport: in place of the network, for tests.

    Raises:
        ApiProblem: by every method, when the service refuses.
        ConnectionFailed: by every method, when it does not answer.

    Example:
        with Client("https://matchmaker.example") as client:
            for option in client.shortlist("Harwich", limit=3).options:
                print(option.rank, option.organisation.name)
    """

    def __init__(
        self,
        base_url: str = LOCAL,
        *,
        sector: str | None = None,
        key: str | None = None,
        timeout: float = 30.0,
        repeats: int = 2,
        cache_size: int = 128,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._transport = _transport(base_url, sector, key, timeout, repeats, cache_size)
        self._http = httpx2.Client(transport=transport)

    def send(self, request: RequestSpec[Answer]) -> Answer:
        """The answer to a request of `matchmaker.client.endpoints`."""
        return self._run(self._transport.answer(request))

    def csv(self, request: RequestSpec[Any]) -> str:
        """The answer to a request as a table in CSV, where the service has one."""
        return self._run(self._transport.table(request))

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

    sectors = _sync(endpoints.sectors)
    organisations = _sync(endpoints.organisations)
    organisation = _sync(endpoints.organisation)
    profile = _sync(endpoints.profile)
    overview = _sync(endpoints.overview)
    comparison = _sync(endpoints.comparison)
    early_warning = _sync(endpoints.early_warning)
    shortlist = _sync(endpoints.shortlist)
    shortlists = _sync(endpoints.shortlists)
    candidate = _sync(endpoints.candidate)
    scores = _sync(endpoints.scores)
    assign = _sync(endpoints.assign)
    arrangements = _sync(endpoints.arrangements)
    rules = _sync(endpoints.rules)
    services = _sync(endpoints.services)
    methods = _sync(endpoints.methods)
    features = _sync(endpoints.features)
    measures = _sync(endpoints.measures)
    evidence = _sync(endpoints.evidence)
    sources = _sync(endpoints.sources)
    evaluation = _sync(endpoints.evaluation)
    decide = _sync(endpoints.decide)
    decision_outcome = _sync(endpoints.decision_outcome)
    decisions = _sync(endpoints.decisions)
    kept_shortlists = _sync(endpoints.kept_shortlists)
    kept_shortlist = _sync(endpoints.kept_shortlist)
    begin_kept = _sync(endpoints.begin_kept)
    keep = _sync(endpoints.keep)
    change_kept = _sync(endpoints.change_kept)
    delete_kept = _sync(endpoints.delete_kept)
    live = _sync(endpoints.live)
    ready = _sync(endpoints.ready)


class AsyncClient:
    """Asks a service from asyncio; the arguments and errors are those of `Client`."""

    def __init__(
        self,
        base_url: str = LOCAL,
        *,
        sector: str | None = None,
        key: str | None = None,
        timeout: float = 30.0,
        repeats: int = 2,
        cache_size: int = 128,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._transport = _transport(base_url, sector, key, timeout, repeats, cache_size)
        self._http = httpx2.AsyncClient(transport=transport)

    async def send(self, request: RequestSpec[Answer]) -> Answer:
        """The answer to a request of `matchmaker.client.endpoints`."""
        return await self._run(self._transport.answer(request))

    async def csv(self, request: RequestSpec[Any]) -> str:
        """The answer to a request as a table in CSV, where the service has one."""
        return await self._run(self._transport.table(request))

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

    sectors = _async(endpoints.sectors)
    organisations = _async(endpoints.organisations)
    organisation = _async(endpoints.organisation)
    profile = _async(endpoints.profile)
    overview = _async(endpoints.overview)
    comparison = _async(endpoints.comparison)
    early_warning = _async(endpoints.early_warning)
    shortlist = _async(endpoints.shortlist)
    shortlists = _async(endpoints.shortlists)
    candidate = _async(endpoints.candidate)
    scores = _async(endpoints.scores)
    assign = _async(endpoints.assign)
    arrangements = _async(endpoints.arrangements)
    rules = _async(endpoints.rules)
    services = _async(endpoints.services)
    methods = _async(endpoints.methods)
    features = _async(endpoints.features)
    measures = _async(endpoints.measures)
    evidence = _async(endpoints.evidence)
    sources = _async(endpoints.sources)
    evaluation = _async(endpoints.evaluation)
    decide = _async(endpoints.decide)
    decision_outcome = _async(endpoints.decision_outcome)
    decisions = _async(endpoints.decisions)
    kept_shortlists = _async(endpoints.kept_shortlists)
    kept_shortlist = _async(endpoints.kept_shortlist)
    begin_kept = _async(endpoints.begin_kept)
    keep = _async(endpoints.keep)
    change_kept = _async(endpoints.change_kept)
    delete_kept = _async(endpoints.delete_kept)
    live = _async(endpoints.live)
    ready = _async(endpoints.ready)
