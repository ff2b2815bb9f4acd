"""Sign in with a key, and out again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.api.auth.keys import KeyStore
from matchmaker.api.middleware.authentication import COOKIE, SIGN_IN
from matchmaker.web.csrf import same_origin
from matchmaker.web.rendering import render
from matchmaker.web.who import needs_sign_in, signed_in

router = APIRouter()
NOT_CACHED = {"Cache-Control": "no-store"}


@router.get(SIGN_IN)
def sign_in_page(request: Request, next: str = "/") -> HTMLResponse:
    """The form for a key; or how to sign in where a proxy says who is there."""
    return _page(request, _own(next), "")


@router.post(SIGN_IN, dependencies=[Depends(same_origin)])
def sign_in(
    request: Request, key: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/"
) -> Response:
    """Put the key into a cookie that ends with the browser, and lead back."""
    keys: KeyStore | None = request.app.state.keys
    if keys is None:
        raise HTTPException(404)
    key = key.strip()
    if not key or keys.principal(key) is None:
        fault = "This key is unknown, revoked or expired" if key else "Enter your key"
        return _page(request, _own(next), fault)
    answer = RedirectResponse(_own(next), 303, NOT_CACHED)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, key, path="/", httponly=True, samesite="lax", secure=secure)
    return answer


@router.post("/sign-out", dependencies=[Depends(same_origin)])
def sign_out() -> Response:
    """Forget the key."""
    answer = RedirectResponse("/", 303, NOT_CACHED)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return answer


def _own(address: str) -> str:
    """An address of this service: nothing that leads elsewhere."""
    sound = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if sound and address.isprintable() else "/"


def _page(request: Request, address: str, fault: str) -> HTMLResponse:
    if not needs_sign_in(request.app):
        raise HTTPException(404)
    page = render(
        request,
        "sign_in.html",
        422 if fault else 200,
        next=address,
        fault=fault,
        by_key=request.app.state.keys is not None,
        holder=signed_in(request),
    )
    page.headers.update(NOT_CACHED)
    return page
