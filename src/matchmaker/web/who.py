"""Who uses the pages, and what they may keep and record."""

from __future__ import annotations

from fastapi import FastAPI, Request

from matchmaker.api.auth.dependencies import get_principal
from matchmaker.api.auth.keys import Principal
from matchmaker.api.kept.store import KeptStore

SCOPE = "decide"
"""What a key must allow before its holder may keep something in the store, or record a decision."""


class SignInNeeded(Exception):
    """Somebody must sign in before they see or do this."""


def signed_in(request: Request) -> Principal | None:
    """Who is signed in; None where nobody is, or nobody can be."""
    return get_principal(request)


def needs_sign_in(app: FastAPI) -> bool:
    """Whether what is kept and recorded here must have a known writer."""
    return bool(getattr(getattr(app.state, "settings", None), "needs_sign_in", False))


def may_write(request: Request) -> bool:
    """Whether this request may read and write what people keep."""
    if not needs_sign_in(request.app):
        return True
    found = signed_in(request)
    return found is not None and found.has_scope(SCOPE)


def require_writer(request: Request) -> Principal | None:
    """A dependency: who records something; None where nobody need be known.

    Raises:
        SignInNeeded: nobody is signed in, or their key does not allow it.
    """
    if not may_write(request):
        raise SignInNeeded
    return signed_in(request)


def kept_store(request: Request) -> KeptStore | None:
    """The store of working shortlists; None where there is none, or this request may not use it."""
    store: KeptStore | None = getattr(request.app.state, "kept", None)
    return store if may_write(request) else None
