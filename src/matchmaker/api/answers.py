"""What every answer carries: a request id, cache rules, an entity tag, the snapshot's hash."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
CACHED_SECONDS = 3600


def install(app: FastAPI) -> None:
    """Put the headers on every answer, and answer 304 where the caller has it already."""

    @app.middleware("http")
    async def _headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        tag = entity_tag(request, app.state.engine.snapshot.hash)
        fresh = tag is not None and tag in request.headers.get("if-none-match", "")
        answer = Response(status_code=304) if fresh else await call_next(request)
        if tag is not None and answer.status_code in (200, 304):
            answer.headers["ETag"] = tag
            answer.headers["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
        answer.headers["X-Request-ID"] = request.headers.get("x-request-id", "")[:64] or uuid.uuid4().hex
        answer.headers["X-Snapshot"] = app.state.engine.snapshot.hash
        answer.headers.update(SECURITY)
        return answer


def entity_tag(request: Request, snapshot: str) -> str | None:
    """The tag of an answer: the same snapshot, version and question give the same answer."""
    if request.method != "GET" or not request.url.path.startswith("/v1/"):
        return None
    asked = f"{request.app.version} {snapshot} {request.url.path}?{request.url.query}"
    return f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'
