"""Turns every error of the application into a problem."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from matchmaker.api.problems import MOST_FAULTS, FaultDetail, errors_of, kinds, pointer, problem
from matchmaker.errors import MatchmakerError

SLUGS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 415: "unsupported-media-type"}


def install(app: FastAPI) -> None:
    """Answer every error of an application with problem details."""
    app.add_exception_handler(MatchmakerError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatchmakerError)
    slug = error.slug if error.slug in kinds() else "error"
    return problem(
        slug,
        error.message,
        scope=request.scope,
        status=error.status,
        next_step=error.next_step,
        errors=errors_of(error),
    )


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        reason = found[0].get("ctx", {}).get("error", "it can't be parsed")
        detail = f"The body is not JSON: {reason} (character {found[0]['loc'][-1]})."
        return problem("malformed-body", detail, scope=request.scope)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if any(one["loc"][0] == "body" for one in found) and kind != _read_as(request):
        detail = f"A body of the type '{kind}' is not read here." if kind else "The body has no content type."
        return problem("unsupported-media-type", detail, scope=request.scope)
    faults = [
        FaultDetail(part=str(one["loc"][0]), pointer=pointer(one["loc"][1:]), detail=one["msg"])
        for one in found[:MOST_FAULTS]
    ]
    count = "1 part" if len(found) == 1 else f"{len(found)} parts"
    detail = f"{count} of the request can't be used as given."
    return problem("invalid-request", detail, scope=request.scope, errors=faults)


def _read_as(request: Request) -> str:
    """The content type that the route reads."""
    body = getattr(request.scope.get("route"), "body_field", None)
    return str(getattr(getattr(body, "field_info", None), "media_type", "application/json"))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_allowed(request)))
        detail = f"{request.method} is not possible at this address."
    elif error.status_code == 404:
        detail = "The service has no such address."
    elif error.status_code == 400:
        return problem("malformed-body", "The body can't be read.", scope=request.scope)
    else:
        detail = str(error.detail)
    slug = SLUGS.get(error.status_code, "error")
    return problem(slug, detail, scope=request.scope, status=error.status_code, headers=headers)


def _allowed(request: Request) -> set[str]:
    """Every method that some route takes at this address."""
    found: set[str] = set()
    for route in request.app.routes:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if route.matches({**request.scope, "method": method})[0] is Match.FULL:
                found |= {method, "HEAD"} if method == "GET" else {method}
    return found
