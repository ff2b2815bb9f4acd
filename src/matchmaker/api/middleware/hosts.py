"""Answers only to its own names, so that a page elsewhere can't reach it under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaker.api.problems import send_problem

_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?")
_NO_DOT = re.compile(r"[a-z0-9_-]+")


class HostMiddleware:
    """Turns away requests whose header Host names some other machine (DNS rebinding).

    Addresses and names without a dot pass: nobody elsewhere can have such a name of their own.

    Args:
        app: the rest of the service.
        hosts: the names with dots under which the service is reached.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app, self.hosts = app, frozenset(name.casefold() for name in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or say why not."""
        if scope["type"] == "http" and not self.knows(Headers(scope=scope).getlist("host")):
            detail = "The service is not reached by the name in the header Host."
            await send_problem("unknown-host", detail, scope, receive, send)
            return
        await self.app(scope, receive, send)

    def knows(self, given: list[str]) -> bool:
        """Whether a request with these headers Host is meant for this service."""
        if not given:
            return True  # HTTP/1.0, which no browser speaks
        found = _HOST.fullmatch(given[0].strip())
        if len(given) != 1 or found is None:
            return False
        name = (found[1] or found[2]).casefold().rstrip(".")
        return name in self.hosts or _NO_DOT.fullmatch(name) is not None or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return name.endswith(".localhost")
    return True
