"""What a route requires of the API key that a request comes with."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from matchmaker.api.auth.keys import Principal
from matchmaker.errors import MatchmakerError

_DESCRIPTION = "A key made by `matchmaker keys create`; needed only where the service requires one."
# The middleware reads the key; these put both ways to send it into the description.
API_KEY_SCHEMES = [
    Security(APIKeyHeader(name="X-API-Key", scheme_name="key", auto_error=False, description=_DESCRIPTION)),
    Security(HTTPBearer(scheme_name="bearer", auto_error=False, description=_DESCRIPTION)),
]


class Unauthenticated(MatchmakerError):
    """No key was sent where one is needed."""

    slug = "key-needed"
    status = 401


class Forbidden(MatchmakerError):
    """The key lacks a scope."""

    slug = "scope-needed"
    status = 403


def get_principal(request: Request) -> Principal | None:
    """The holder of the request's key, or whom a proxy names; None where nobody is known."""
    found: Principal | None = getattr(request.state, "principal", None)
    return found


def require_scope(scope: str) -> Callable[[Request], Principal | None]:
    """A dependency: the request's key must have a scope, where the service must know who writes.

    Raises:
        Unauthenticated: no key was sent.
        Forbidden: the key lacks the scope.
    """

    def authorize(request: Request) -> Principal | None:
        principal = get_principal(request)
        if not request.app.state.settings.needs_sign_in:
            return None
        if principal is None:
            step = f"Send a key with the scope '{scope}' in the header X-API-Key."
            raise Unauthenticated("No key was sent.", step)
        if not principal.has_scope(scope):
            raise Forbidden(f"The key lacks the scope '{scope}'.", "Request a key that has it.")
        return principal

    return authorize
