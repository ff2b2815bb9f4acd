"""Errors in plain words on a page, with the same status as a program would get."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from matchmaker.api.dependencies import UnknownSector
from matchmaker.api.middleware.authentication import sign_in_address
from matchmaker.errors import MatchmakerError
from matchmaker.rendering.environment import capitalise
from matchmaker.web.rendering import render, sector_of
from matchmaker.web.who import SignInNeeded

API_PATHS = ("/v1/", "/health/", "/metrics", "/openapi.json", "/static/")
"""Paths whose errors stay problem details."""
TITLES = {404: "Page not found", 422: "Check what you asked for", 503: "The service is not ready"}
LATER = "Try again in a few minutes. If it happens again, tell whoever runs this service."
COMMAND = "'matchmaker "
"""Some next steps name a command, which is none on a page."""

_log = structlog.get_logger("matchmaker.pages")
Handler = Callable[[Request, Any], Response | Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Answer errors of pages with pages, and leave those of the API as they are."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    for error, page in (
        (MatchmakerError, _known),
        (RequestValidationError, _invalid),
        (HTTPException, _http),
    ):
        app.add_exception_handler(error, _choosing(page, app.exception_handlers.get(error)))


async def guarded(request: Request) -> AsyncIterator[None]:
    """A dependency of every page: whatever else fails is logged, and shown without its details."""
    try:
        yield
    except (MatchmakerError, RequestValidationError, HTTPException, SignInNeeded):
        raise
    except Exception as error:
        _log.exception("page failed", path=request.url.path)
        raise HTTPException(500) from error


def _choosing(page: Callable[[Request, Any], Response], before: Handler | None) -> Handler:
    async def handle(request: Request, error: Any) -> Response:
        if before is None or not request.url.path.startswith(API_PATHS):
            return page(request, error)
        answer = before(request, error)
        return answer if isinstance(answer, Response) else await answer

    return handle


def _sign_in(request: Request, _: Exception) -> Response:
    """To the page on which people sign in; back to the page that a form came from."""
    scope = dict(request.scope)
    if request.method != "GET":
        scope["path"] = scope["path"].removesuffix("/changes").removesuffix("/options")
    return RedirectResponse(sign_in_address(scope), 303, {"Cache-Control": "no-store"})


def _known(request: Request, error: MatchmakerError) -> Response:
    sector = sector_of(request)
    if isinstance(error, UnknownSector) or sector is None:
        return _http(request, HTTPException(404))
    words = sector.words
    named = {
        404: f"{capitalise(words.organisation)} not found",
        409: f"More than one {words.organisation} has that name",
    }
    title = named.get(error.status) or TITLES.get(error.status, TITLES[422])
    by_name = f"Use a code, for example {words.code_example}, or a part of the name."
    step = by_name if COMMAND in error.next_step else error.next_step
    return _page(request, error.status, title, error.message, step)


def _invalid(request: Request, error: RequestValidationError) -> Response:
    details = [f"{one['loc'][-1]}: {one['msg'][:1].lower()}{one['msg'][1:]}." for one in error.errors()]
    text = "A part of the address or form is not as it should be."
    return _page(request, 422, TITLES[422], text, "", details)


def _http(request: Request, error: HTTPException) -> Response:
    title = TITLES.get(error.status_code, HTTPStatus(error.status_code).phrase)
    if error.status_code == 404:
        text = "If you typed the address, check that it is right. If you followed a link, it may be old."
        return _page(request, 404, title, text, "")
    if error.status_code >= 500:
        return _page(
            request, error.status_code, "Something went wrong", "The fault is ours, not yours.", LATER
        )
    answer = _page(request, error.status_code, title, str(error.detail), "")
    answer.headers.update(error.headers or {})
    return answer


def _page(
    request: Request, status: int, title: str, text: str, next_step: str, details: list[str] | None = None
) -> Response:
    return render(
        request, "error.html", status, title=title, text=text, next_step=next_step, details=details or []
    )
