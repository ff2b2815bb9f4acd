"""What a route asks of its caller's key."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from matchmaker.api.auth.keys import Caller
from matchmaker.errors import MatchmakerError

_SAID = "A key made by `matchmaker keys create`; needed only where the service asks for one."
# The gate reads the key; these put both ways to send it into the description.
SENT = [
    Security(APIKeyHeader(name="X-API-Key", scheme_name="key", auto_error=False, description=_SAID)),
    Security(HTTPBearer(scheme_name="bearer", auto_error=False, description=_SAID)),
]


class KeyNeeded(MatchmakerError):
    """No key was sent where one is needed."""

    slug = "key-needed"
    status = 401


class ScopeNeeded(MatchmakerError):
    """The key lacks a scope."""

    slug = "scope-needed"
    status = 403


def caller_of(request: Request) -> Caller | None:
    """Whose key the request came with; None where none did, or the service knows no keys."""
    found: Caller | None = getattr(request.state, "caller", None)
    return found


def needs(scope: str) -> Callable[[Request], Caller | None]:
    """A dependency: the caller's key must have a scope, where the service has keys at all.

    Raises:
        KeyNeeded: no key was sent.
        ScopeNeeded: the key lacks the scope.
    """

    def allowed(request: Request) -> Caller | None:
        caller = caller_of(request)
        if request.app.state.settings.keys is None:
            return None
        if caller is None:
            raise KeyNeeded(
                "No key was sent.", f"Send a key with the scope '{scope}' in the header X-API-Key."
            )
        if not caller.may(scope):
            raise ScopeNeeded(f"The key lacks the scope '{scope}'.", "Ask for a key that has it.")
        return caller

    return allowed
