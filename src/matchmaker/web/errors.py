"""Errors in plain words on a page, with the same status as a program would get."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from matchmaker.api.dependencies import UnknownSector
from matchmaker.api.middleware.authentication import sign_in_address
from matchmaker.api.papers.queue import NoPaper
from matchmaker.errors import Loc, MatchmakerError
from matchmaker.models.query import InvalidQuery
from matchmaker.rendering.environment import capitalise
from matchmaker.sector import Sector
from matchmaker.web.presenters.problem import Problem, meant, problem
from matchmaker.web.rendering import render, sector_of
from matchmaker.web.who import SignInNeeded

API_PATHS = ("/v1/", "/health/", "/metrics", "/openapi.json", "/static/")
"""Paths whose errors stay problem details."""
TITLES = {404: "Page not found", 422: "Check what you asked for", 503: "The service is not ready"}
LATER = "Try again in a few minutes. If it happens again, tell whoever runs this service."
COMMAND = re.compile(r"'matchmaker [a-z]|(?<!\S)--[a-z]")
"""Some sentences name a command or its option, which is none on a page."""
WITH_FORM = (409, 422)
"""Statuses that a change of what was asked mends."""

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
    if isinstance(error, UnknownSector | NoPaper) or sector is None:
        return _http(request, HTTPException(404))
    words = sector.words
    named = {
        404: f"{capitalise(words.organisation)} not found",
        409: f"More than one {words.organisation} has that name",
    }
    title = named.get(error.status) or TITLES.get(error.status, TITLES[422])
    engine = request.state.engines[sector.name]
    found = meant(error, engine, request)
    step = "" if found else _without_commands(error.next_step, _by_name(sector))
    issues = error.issues if isinstance(error, InvalidQuery) else ((error.loc, error.message),)
    if error.message.endswith(error.next_step):
        step = ""
    told = [(loc, _without_commands(text, "It can't be used.")) for loc, text in issues]
    return _page(request, error.status, title, told, step, meant=found)


def _by_name(sector: Sector) -> str:
    return f"Use a code, for example {sector.words.code_example}, or a part of the name."


def _without_commands(text: str, otherwise: str) -> str:
    """A text without its sentences and clauses that name a command; what else to say where none is left."""
    parts = re.split(r"(?<=[.;]) ", text)
    kept = " ".join(part for part in parts if not COMMAND.search(part)).rstrip(" ;")
    if not kept:
        return otherwise
    return kept if kept.endswith((".", "?")) else f"{kept}."


def _invalid(request: Request, error: RequestValidationError) -> Response:
    told = [((str(one["loc"][-1]),), _plain(one)) for one in error.errors()]
    return _page(request, 422, TITLES[422], told, "")


def _plain(one: Any) -> str:
    """What is wrong with one part of an address or form."""
    kind: str = one["type"]
    if kind in {"missing", "string_too_short"}:
        return "Fill this in."
    if kind == "string_too_long":
        return f"Use {one['ctx']['max_length']} characters or fewer."
    return f"{one['msg']}."


def _http(request: Request, error: HTTPException) -> Response:
    title = TITLES.get(error.status_code, HTTPStatus(error.status_code).phrase)
    if error.status_code == 404:
        text = "If you typed the address, check that it is right. If you followed a link, it may be old."
        return _page(request, 404, title, [((), text)], "")
    if error.status_code >= 500:
        return _page(
            request, error.status_code, "Something went wrong", [((), "The fault is ours, not yours.")], LATER
        )
    answer = _page(request, error.status_code, title, [((), str(error.detail))], "")
    answer.headers.update(error.headers or {})
    return answer


def _page(
    request: Request,
    status: int,
    title: str,
    told: Sequence[tuple[Loc, str]],
    next_step: str,
    meant: Sequence[tuple[str, str]] = (),
) -> Response:
    """The page of an error.

    Args:
        request: that failed.
        status: of the response.
        title: of the page.
        told: where in the query each fault is, and what is wrong.
        next_step: what to do.
        meant: organisations that may have been meant: name and address.
    """
    found = Problem(tuple(text for _, text in told))
    if status in (*WITH_FORM, 404) and request.method == "GET":
        asked = problem(request, told)
        found = asked if status in WITH_FORM or asked.fields else found
    return render(
        request,
        "error.html",
        status,
        title=title,
        is_problem=status in WITH_FORM or bool(meant or found.fields),
        problem=found,
        next_step=next_step,
        meant=meant,
    )
