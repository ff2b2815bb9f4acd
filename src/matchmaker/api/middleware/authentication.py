"""API-key authentication: who sends a request, and whether they may read."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaker.api.auth.keys import KeyStore, Principal
from matchmaker.api.problems import send_problem

ALWAYS_OPEN = ("/health/", "/problems", "/openapi.json")
"""What supervisors and people who look for help need, whoever they are."""


class AuthenticationMiddleware:
    """Turns away invalid keys, and requests without a key where reading needs one.

    Scopes beyond `read` are checked by the routes (`auth.dependencies.require_scope`).
    """

    def __init__(self, app: ASGIApp, keys: KeyStore | None, open_reads: bool) -> None:
        self.app, self.keys, self.open_reads = app, keys, open_reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or say why not."""
        if scope["type"] != "http" or self.keys is None or scope["path"].startswith(ALWAYS_OPEN):
            await self.app(scope, receive, send)
            return
        principal = authenticate(scope, self.keys)
        if principal is None and _key(scope) is not None:
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            detail = "The key is unknown, revoked or expired."
            await send_problem("key-refused", detail, scope, receive, send, headers=headers)
        elif principal is None and not self.open_reads:
            headers = {"WWW-Authenticate": "Bearer"}
            await send_problem("key-needed", "No key was sent.", scope, receive, send, headers=headers)
        elif principal is not None and not self.open_reads and not principal.has_scope("read"):
            await send_problem("scope-needed", "The key lacks the scope 'read'.", scope, receive, send)
        else:
            await self.app(scope, receive, send)


def authenticate(scope: Scope, keys: KeyStore | None) -> Principal | None:
    """The holder of the key that a request comes with; routes find it in `request.state.principal`."""
    state = scope["state"]
    if "principal" not in state:
        key = None if keys is None else _key(scope)
        state["principal"] = None if keys is None or key is None else keys.principal(key)
    principal: Principal | None = state["principal"]
    return principal


def _key(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key") or (token.strip() if scheme.casefold() == "bearer" else None) or None
