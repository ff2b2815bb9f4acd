"""Authentication: who sends a request, by a key or by the word of a proxy, and whether they may read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from ipaddress import ip_address, ip_network
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaker.api.auth.keys import MAX_NAME_LENGTH, KeyStore, Principal
from matchmaker.api.problems import send_problem

ALWAYS_OPEN = ("/health/", "/problems", "/openapi.json")
"""What supervisors and people who look for help need, whoever they are."""
SIGN_IN = "/sign-in"
"""The page on which people sign in."""
COOKIE = "matchmaker-key"
"""The cookie that holds the key of somebody who signed in on a page."""
OPEN_PAGES = (SIGN_IN, "/static/")
"""What somebody needs before they are signed in."""
BY_PROXY = "proxy:"
"""How the id of somebody begins whom a proxy names; ids of keys hold no colon."""
_SAFE = ("GET", "HEAD")


class ProxyUserMiddleware:
    """Takes from a header who is signed in, where a trusted proxy sent the request.

    It must see the address of whoever really sent the request, so it stands outside all that changes it.

    Args:
        app: the rest of the service.
        header: name of the header.
        proxies: addresses or networks that are believed.
    """

    def __init__(self, app: ASGIApp, header: str, proxies: Sequence[str]) -> None:
        self.app, self.header = app, header
        self.networks = [ip_network(one, strict=False) for one in proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, with the name of its sender where that is known."""
        if scope["type"] == "http" and self._trusted((scope.get("client") or ("",))[0]):
            name = Headers(scope=scope).get(self.header, "").strip()[:MAX_NAME_LENGTH]
            if name and name.isprintable():
                scope.setdefault("state", {})["proxy_user"] = name
        await self.app(scope, receive, send)

    def _trusted(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self.networks)


class AuthenticationMiddleware:
    """Turns away invalid keys, and requests without a key where reading needs one.

    Scopes beyond `read` are checked by the routes (`auth.dependencies.require_scope`).
    """

    def __init__(self, app: ASGIApp, keys: KeyStore | None, open_reads: bool, needs_sign_in: bool) -> None:
        self.app, self.keys, self.open_reads, self.needs_sign_in = app, keys, open_reads, needs_sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or say why not."""
        if scope["type"] != "http" or not self.needs_sign_in or scope["path"].startswith(ALWAYS_OPEN):
            await self.app(scope, receive, send)
            return
        principal = authenticate(scope, self.keys)
        if principal is None and self.keys is not None and _key(scope) is not None:
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            detail = "The key is unknown, revoked or expired."
            await send_problem("key-refused", detail, scope, receive, send, headers=headers)
        elif principal is None and not self.open_reads and not scope["path"].startswith(OPEN_PAGES):
            if _reads_page(scope):
                await RedirectResponse(sign_in_address(scope), 303)(scope, receive, send)
                return
            headers = {"WWW-Authenticate": "Bearer"}
            await send_problem("key-needed", "No key was sent.", scope, receive, send, headers=headers)
        elif principal is not None and not self.open_reads and not principal.has_scope("read"):
            await send_problem("scope-needed", "The key lacks the scope 'read'.", scope, receive, send)
        else:
            await self.app(scope, receive, send)


def authenticate(scope: Scope, keys: KeyStore | None) -> Principal | None:
    """The sender of a request, by its key or as a proxy says; routes find it in `request.state.principal`.

    What a browser sends by itself, a cookie or the proxy's session, counts for reading and for forms of
    pages, which are taken from the service's own pages only; it does not count for changes by the API.
    """
    state = scope["state"]
    if "principal" not in state:
        found, by_browser = None, scope["method"] in _SAFE or not scope["path"].startswith("/v1/")
        key = _key(scope) or (_cookie(scope) if by_browser else None)
        if keys is not None and key is not None:
            found = keys.principal(key)
        if found is None and by_browser and _key(scope) is None and "proxy_user" in state:
            name = state["proxy_user"]
            found = Principal(f"{BY_PROXY}{name}", name, ("read", "decide"), date.min, None, "")
        state["principal"] = found
    principal: Principal | None = state["principal"]
    return principal


def sign_in_address(scope: Scope) -> str:
    """The address of the page to sign in, which leads back to what was asked for."""
    query = scope["query_string"].decode("latin-1")
    return f"{SIGN_IN}?next={quote(scope['path'] + (f'?{query}' if query else ''), safe='')}"


def _reads_page(scope: Scope) -> bool:
    """Whether a browser asks for a page."""
    wants = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in wants and not scope["path"].startswith("/v1/")


def _key(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key") or (token.strip() if scheme.casefold() == "bearer" else None) or None


def _cookie(scope: Scope) -> str | None:
    return cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE) or None
