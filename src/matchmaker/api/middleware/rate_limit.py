"""Rate limits: so many requests in a moving window, for each key or else each address."""

from __future__ import annotations

import math
import time
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.auth.keys import KeyStore
from matchmaker.api.middleware.authentication import authenticate
from matchmaker.api.problems import send_problem

NOT_COUNTED = ("/health/",)
"""What supervisors ask must be answered, however much else their address asks."""


class RateLimitMiddleware:
    """Counts requests before their keys are judged, so that guessing keys is limited too.

    Args:
        app: the rest of the service.
        rate: such as `600/minute`.
        keys: by which callers are told apart.
    """

    def __init__(self, app: ASGIApp, rate: str, keys: KeyStore | None) -> None:
        self.app, self.rate, self.keys = app, limits.parse(rate), keys
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or say when to come again."""
        if scope["type"] != "http" or scope["path"].startswith(NOT_COUNTED):
            await self.app(scope, receive, send)
            return
        authenticate(scope, self.keys)
        caller = caller_of(scope)
        allowed = self.limiter.hit(self.rate, caller)

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                window = self.limiter.get_window_stats(self.rate, caller)
                wait = max(0, math.ceil(window.reset_time - time.time()))
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"default";q={self.rate.amount};w={self.rate.get_expiry()}'
                headers["RateLimit"] = f'"default";r={window.remaining};t={wait}'
                if message["status"] == 429:
                    headers["Retry-After"] = str(max(1, wait))
            await send(message)

        if allowed:
            await self.app(scope, receive, send_with_limits)
        else:
            detail = f"More than {self.rate.amount} requests came in {self.rate.get_expiry()} seconds."
            await send_problem("too-many-requests", detail, scope, receive, send_with_limits)


def caller_of(scope: Scope) -> str:
    """Who sends a request: the holder of a key, else an address."""
    principal = scope["state"].get("principal")
    address = (scope.get("client") or ("",))[0]
    return f"key {principal.id}" if principal else f"address {_network(address)}"


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    """The address that is counted: one person has a whole /64 of IPv6."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        # A socket for both families writes an IPv4 address as ::ffff:a.b.c.d.
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)
