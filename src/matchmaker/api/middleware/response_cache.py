"""In-process response cache with ETag revalidation (RFC 9110, 13.1.2)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.metrics import RESPONSE_CACHE
from matchmaker.api.responses import wants_csv
from matchmaker.models.data_age import today

MAX_SHARE = 1 / 8
"""A response larger than this share of the whole cache is not kept."""
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A rendered response and its strong entity tag, a hash of the body."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str
    route: str | None


class ResponseCacheMiddleware:
    """Answers a request that was made before from the bytes of its response.

    Only what a route marks as following from the snapshot and the request alone is kept
    (`responses.cacheable`), under the day and the hashes of the snapshots; so a reload needs no clearing.
    """

    def __init__(self, app: ASGIApp, size: int, seconds: int, public: bool) -> None:
        self.app, self.size = app, size
        self.responses: LRUCache[Any, CachedResponse] = LRUCache(
            size, getsizeof=lambda response: len(response.body)
        )
        self.control = f"{'public' if public else 'private'}, max-age={seconds}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, from the cache if possible."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        headers, state = Headers(scope=scope), scope["state"]
        key = (
            today(),
            *(engine.snapshot.hash for engine in state["engines"].values()),
            scope.get("root_path"),
            scope["path"],
            scope["query_string"],
            wants_csv(headers.get("accept", "")),
        )
        response = self.responses.get(key)
        RESPONSE_CACHE["miss" if response is None else "hit"].inc()
        if response is None:
            response = await self._response(scope, receive, send)
            if response is None:
                return
            if len(response.body) <= self.size * MAX_SHARE:
                self.responses[key] = response
        state["route"] = response.route
        have = headers.get("if-none-match")
        fresh = have is not None and (have.strip() == "*" or response.tag in _TAG.findall(have))
        # A copy, as the middleware around adds headers of its own to the list.
        kept = [(n, v) for n, v in response.headers if not fresh or not n.startswith(b"content-")]
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": kept})
        body = b"" if fresh or scope["method"] == "HEAD" else response.body
        await send({"type": "http.response.body", "body": body})

    async def _response(self, scope: Scope, receive: Receive, send: Send) -> CachedResponse | None:
        """The response if it may be kept; any other is sent on as it comes."""
        start: Message | None = None
        parts: list[bytes] = []
        inner, state = dict(scope, method="GET"), scope["state"]

        async def collect(message: Message) -> None:
            nonlocal start
            is_start = message["type"] == "http.response.start"
            if is_start and message["status"] == 200 and state.get("cacheable"):
                start = message
            elif start is None:
                if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                    message = {**message, "body": b""}
                await send(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self.app(inner, receive, collect)
        state["route"] = getattr(inner.get("route"), "path", None)
        if start is None:
            return None
        body = b"".join(parts)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = MutableHeaders(scope=start)
        headers["ETag"], headers["Cache-Control"] = tag, self.control
        headers.add_vary_header("Accept")
        return CachedResponse(list(start["headers"]), body, tag, state["route"])
