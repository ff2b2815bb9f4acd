"""The outermost middleware: request id, access log, metrics, security headers, and no bare failure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.auth.keys import Principal
from matchmaker.api.metrics import observe
from matchmaker.api.problems import send_problem
from matchmaker.api.snapshot_reloader import SnapshotReloader
from matchmaker.models.engine import Matchmaker

_SOUND_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = structlog.get_logger("matchmaker.request")


class RequestContextMiddleware:
    """Sees every request first and every response last.

    It also settles which snapshots a request is answered from, so that a reload in its midst changes
    nothing: handlers find the engines by sector in `request.state.engines`.
    """

    def __init__(self, app: ASGIApp, engines: Mapping[str, SnapshotReloader], hsts_seconds: int) -> None:
        self.app, self.engines = app, engines
        self.headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if hsts_seconds:
            self.headers["Strict-Transport-Security"] = f"max-age={hsts_seconds}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = perf_counter(), 0
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = given if _SOUND_ID.fullmatch(given) else uuid.uuid4().hex
        state["engines"] = engines = {name: reloader.current for name, reloader in self.engines.items()}
        engine = _engine_of(scope["path"], engines)
        unread = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"

        async def receive_to_end() -> Message:
            nonlocal unread
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                unread = False
            return message

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = MutableHeaders(scope=message)
                answered["X-Request-ID"] = request_id
                if engine is not None:
                    answered["X-Snapshot"] = engine.snapshot.hash
                for name, value in self.headers.items():
                    answered.setdefault(name, value)
                if unread:
                    answered["Connection"] = "close"  # else the rest of the body would hold it open
            await send(message)

        try:
            if "transfer-encoding" in headers and "content-length" in headers:
                detail = "The length of the body is told in two ways."  # RFC 9112, 6.1
                await send_problem("malformed-request", detail, scope, receive, send_with_headers)
            else:
                await self.app(scope, receive_to_end, send_with_headers)
        except Exception:
            _log.exception("failed", request_id=request_id)
            if not status:
                detail = "The service failed. The failure is logged under the request id."
                await send_problem("internal-error", detail, scope, receive, send_with_headers)
        finally:
            took = perf_counter() - started
            route = state.get("route") or getattr(scope.get("route"), "path", None) or "none"
            observe(scope["method"], route, status, took)
            _log.info(
                "request",
                request_id=request_id,
                method=scope["method"],
                route=route,
                status=status or None,  # none was sent: the caller went away
                ms=round(1000 * took, 2),
                snapshot=None if engine is None else engine.snapshot.hash[:12],
                key=_key_name(state.get("principal")),
            )


def _key_name(principal: Principal | None) -> str | None:
    """The name of the key, which whoever made it chose; people whom a proxy names are not logged."""
    return None if principal is None or ":" in principal.id else principal.name


def _engine_of(path: str, engines: Mapping[str, Matchmaker]) -> Matchmaker | None:
    """The engine of the sector that an address names, or the only one."""
    named = next((part for part in path.split("/")[1:3] if part in engines), None)
    if named is None and len(engines) == 1:
        named = next(iter(engines))
    return None if named is None else engines[named]
