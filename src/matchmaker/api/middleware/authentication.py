"""Who may come in, and how often: API keys and rate limits."""

from __future__ import annotations

import math
import time
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.auth.keys import Keys
from matchmaker.api.problems import send_problem

ALWAYS_OPEN = ("/health/", "/problems", "/openapi.json")
"""What supervisors and people who look for help need, whoever they are."""


class Gate:
    """Knows the caller by key, counts requests, and turns away those without leave to read.

    Counting comes first, so that guessing keys is limited too. Scopes beyond `read` are checked by the
    routes (`security.needs`), which find the caller in `request.state.caller`.
    """

    def __init__(self, app: ASGIApp, keys: Keys | None, open_reads: bool, rate: str | None) -> None:
        self.app, self.keys, self.open_reads = app, keys, open_reads
        self.rate = limits.parse(rate) if rate else None
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or say why not."""
        if scope["type"] != "http" or scope["path"].startswith(ALWAYS_OPEN):
            await self.app(scope, receive, send)
            return
        given = _key_in(Headers(scope=scope))
        caller = self.keys.caller(given) if self.keys is not None and given else None
        scope["state"]["caller"] = caller
        if self.rate is not None:
            who = f"key {caller.id}" if caller else f"address {_network((scope.get('client') or ('',))[0])}"
            let_in = self.limiter.hit(self.rate, who)
            sending = self._counted(who, send)
            if not let_in:
                detail = f"More than {self.rate.amount} requests came in {self.rate.get_expiry()} seconds."
                await send_problem("too-many-requests", detail, scope, receive, sending)
                return
        else:
            sending = send
        if self.keys is not None and given and caller is None:
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            detail = "The key is unknown, revoked or expired."
            await send_problem("key-refused", detail, scope, receive, sending, headers=headers)
        elif self.keys is not None and not self.open_reads and caller is None:
            headers = {"WWW-Authenticate": "Bearer"}
            await send_problem("key-needed", "No key was sent.", scope, receive, sending, headers=headers)
        elif caller is not None and not self.open_reads and not caller.may("read"):
            await send_problem("scope-needed", "The key lacks the scope 'read'.", scope, receive, sending)
        else:
            await self.app(scope, receive, sending)

    def _counted(self, who: str, send: Send) -> Send:
        rate = self.rate
        assert rate is not None

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen = self.limiter.get_window_stats(rate, who)
                wait = max(0, math.ceil(seen.reset_time - time.time()))
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"default";q={rate.amount};w={rate.get_expiry()}'
                headers["RateLimit"] = f'"default";r={seen.remaining};t={wait}'
                if message["status"] == 429:
                    headers["Retry-After"] = str(max(1, wait))
            await send(message)

        return sending


def _key_in(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key") or (token.strip() if scheme.casefold() == "bearer" else None) or None


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    """The address that is counted: one person has a whole /64 of IPv6."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host
