"""What questions cost in computing, how much of it one caller may ask for, and who waits for whom."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import limits
from fastapi import Request
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import Scope

from matchmaker.api.middleware.rate_limit import caller_of
from matchmaker.errors import MatchmakerError
from matchmaker.models.query import MAX_DRAWS, ShortlistQuery

OWN_DATA, ASSIGNMENT, OTHER = 0.5, 2.0, 0.03
"""Seconds of one processor: figures of one's own laid over the published, an assignment, anything small."""
PAPERS = {"pdf": 6.0, "docx": 1.5, "xlsx": 1.5}
LIST, LIST_DRAWS, LIST_OPTION, EARLIER_DAY = 0.03, 0.05, 0.0004, 0.3
"""Seconds of a list: by itself, with the most draws, for each option, and of a day other than the last."""
HEAVY = 0.5
"""Questions that cost as much are worked on one at a time in each process."""
GIVE_WAY = 0.1
"""Seconds that heavy work waits between two of its parts while anything that costs less is worked on."""
MAX_WAITING = 20
"""Heavy questions that wait for their turn."""
MINUTE = 60
_UNITS = 100
"""Parts of a second in which work is counted."""


class OverBudget(MatchmakerError):
    """A caller has asked for more computing than its share of a minute."""

    slug = "too-much-work"
    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(
            "The questions of this minute have taken up your share of the service's computing.",
            f"Wait {wait} seconds, and ask for fewer recipients, draws or options at a time.",
        )
        self.headers = {"Retry-After": str(wait)}


class Crowded(MatchmakerError):
    """Too many questions that cost much wait for their turn."""

    slug = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(f"{MAX_WAITING} other questions that cost much wait.", "Try again in a minute.")
        self.headers = {"Retry-After": "30"}


class GivenUp(MatchmakerError):
    """Nobody waits for the answer any more."""

    slug = "took-too-long"
    status = 504

    def __init__(self) -> None:
        super().__init__("Nobody waits for this answer any more.", "Ask again.")


class Work:
    """Shares out the computing of one process.

    Args:
        seconds: of one processor that a caller may ask for in each minute; 0 is no bound.
    """

    def __init__(self, seconds: float) -> None:
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self.share = None if not seconds else limits.RateLimitItemPerSecond(int(seconds * _UNITS), MINUTE)
        self.turn = asyncio.Semaphore(1)
        self.list_turn = asyncio.Semaphore(1)
        self.waiting = 0
        self.light = 0
        self.quiet = threading.Event()
        self.quiet.set()

    def charge(self, caller: str, cost: float) -> None:
        """Take a cost off a caller's share of this minute.

        Args:
            caller: as `caller_of` tells them apart.
            cost: in seconds.

        Raises:
            OverBudget: nothing of it is left.
        """
        if self.share is None:
            return
        units = min(max(1, math.ceil(cost * _UNITS)), self.share.amount)
        if not self.limiter.hit(self.share, caller, cost=units):
            reset = self.limiter.get_window_stats(self.share, caller).reset_time
            raise OverBudget(max(1, math.ceil(reset - time.time())))

    @asynccontextmanager
    async def admitted(self, scope: Scope, cost: float) -> AsyncIterator[None]:
        """Charge the caller, and wait for the turn where the cost is high.

        Raises:
            OverBudget: the caller's share is used up.
            Crowded: too many wait.
            GivenUp: the caller left before its turn came.
        """
        if not scope["state"].get("charged"):
            self.charge(caller_of(scope), cost)
        if cost < HEAVY:
            self.light += 1
            self.quiet.clear()
            try:
                yield
            finally:
                self.light -= 1
                if not self.light:
                    self.quiet.set()
            return
        if self.waiting >= MAX_WAITING:
            raise Crowded
        self.waiting += 1
        try:
            await self.turn.acquire()
        finally:
            self.waiting -= 1
        try:
            stop_if_given_up(scope)
            yield
        finally:
            self.turn.release()

    @asynccontextmanager
    async def admitted_list(self, scope: Scope, cost: float) -> AsyncIterator[None]:
        """`admitted` for a list of one recipient; such lists are worked on one after another.

        One process computes one of them at a time anyway: several at once would take turns within each, and
        longer together.

        Raises:
            MatchmakerError: as `admitted` does.
        """
        async with self.admitted(scope, cost):
            if cost >= HEAVY:
                yield
                return
            async with self.list_turn:
                stop_if_given_up(scope)
                yield

    def between_parts(self, scope: Scope) -> None:
        """Called by heavy work between its parts, in its thread: what costs less goes first.

        Raises:
            GivenUp: nobody waits for it any more.
        """
        stop_if_given_up(scope)
        self.quiet.wait(GIVE_WAY)


def stop_if_given_up(scope: Scope) -> None:
    """Stop work that nobody waits for.

    Raises:
        GivenUp: the caller left, or was told that it took too long.
    """
    given_up: threading.Event | None = scope.get("state", {}).get("given_up")
    if given_up is not None and given_up.is_set():
        raise GivenUp


def list_cost(query: ShortlistQuery, recipients: int = 1) -> float:
    """Seconds that the lists of a query take, about."""
    each = LIST + LIST_DRAWS * query.n_draws / MAX_DRAWS + LIST_OPTION * query.limit
    return recipients * each + (EARLIER_DAY if query.as_of else 0)


def page_cost(method: str, path: str, form: str = "") -> float:
    """Seconds that a page or paper takes, about.

    Args:
        method: of the request.
        path: without the query string.
        form: ending of a paper, such as `pdf`; empty for a page.
    """
    cost = PAPERS.get(form, OTHER)
    kind = path.partition("?")[0].strip("/").split("/")[1:2]
    if kind and kind[0].partition(".")[0] == "assign":
        cost += ASSIGNMENT
    if kind == ["own"] and method == "POST":
        cost += OWN_DATA
    return cost


async def small(request: Request) -> None:
    """A dependency of routes whose answers cost little.

    Raises:
        OverBudget: the caller's share is used up.
    """
    work: Work = request.app.state.work
    work.charge(caller_of(request.scope), OTHER)


async def page(request: Request) -> AsyncIterator[None]:
    """A dependency of every page and paper.

    Raises:
        MatchmakerError: the queue of papers refused it, or as `Work.admitted` does.
    """
    if (refused := request.scope["state"].get("refused")) is not None:
        raise refused
    cost = page_cost(request.method, request.scope["path"], request.path_params.get("form", ""))
    work: Work = request.app.state.work
    async with work.admitted(request.scope, cost):
        yield
