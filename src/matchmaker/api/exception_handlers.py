"""Turns every error of the application into a problem, with the place of each fault in the request."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from matchmaker.api.problems import pointer, problem, problem_types
from matchmaker.api.schemas import ErrorDetail
from matchmaker.errors import BadFile, Loc, MatchmakerError
from matchmaker.models.query import InvalidQuery

SLUGS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 415: "unsupported-media-type"}


def install(app: FastAPI) -> None:
    """Answer every error of an application with problem details."""
    app.add_exception_handler(MatchmakerError, _matchmaker_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def _matchmaker_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatchmakerError)
    errors = _error_details(request, error)
    in_body = any(detail.part == "body" for detail in errors)
    return problem(
        error.slug if error.slug in problem_types() else "error",
        error.message,
        scope=request.scope,
        # The address exists; it is the body that names what does not.
        status=422 if in_body and error.status in (404, 409) else error.status,
        next_step=error.next_step,
        errors=errors,
        headers=getattr(error, "headers", None),
    )


def _error_details(request: Request, error: MatchmakerError) -> list[ErrorDetail]:
    if isinstance(error, InvalidQuery):
        return [_located(request, loc, text) for loc, text in error.issues]
    if isinstance(error, BadFile):
        # Rows of a body are counted from 0 and have no heading; those of a table count from its heading.
        return [
            _located(
                request,
                tuple(
                    part
                    for part in (
                        *error.loc,
                        issue.row if issue.row is None or not error.loc else issue.row - 1,
                        issue.column,
                    )
                    if part is not None
                ),
                str(issue),
                part="body" if error.loc else "table",
            )
            for issue in error.faults
        ]
    return [_located(request, error.loc, error.message)] if error.loc else []


def _located(request: Request, loc: Loc, detail: str, part: str = "") -> ErrorDetail:
    """One fault, by the part of the request where a field of its name stands."""
    if not part and loc[0] in request.path_params:
        part, loc = "path", loc[:1]
    elif not part and _media_type_read(request) == "application/json":
        part = "body"
    elif not part:
        part, loc = "query", loc[:1]
    return ErrorDetail(part=part, pointer=pointer(loc), detail=detail)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        reason = found[0].get("ctx", {}).get("error", "it can't be parsed")
        detail = f"The body is not JSON: {reason} (character {found[0]['loc'][-1]})."
        return problem("malformed-body", detail, scope=request.scope)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if any(one["loc"][0] == "body" for one in found) and media_type != _media_type_read(request):
        detail = f"A body of the type '{media_type}' is not read here."
        if not media_type:
            detail = "The body has no content type."
        return problem("unsupported-media-type", detail, scope=request.scope)
    # FastAPI finds a fault once for each dependency that needs what is at fault.
    faults = dict.fromkeys((str(one["loc"][0]), pointer(one["loc"][1:]), one["msg"]) for one in found)
    errors = [ErrorDetail(part=part, pointer=at, detail=detail) for part, at, detail in faults]
    count = "1 part" if len(errors) == 1 else f"{len(errors)} parts"
    detail = f"{count} of the request can't be used as given."
    return problem("invalid-request", detail, scope=request.scope, errors=errors)


def _media_type_read(request: Request) -> str:
    """The content type that the route reads; empty where it reads no body."""
    body = getattr(request.scope.get("route"), "body_field", None)
    return "" if body is None else str(getattr(body.field_info, "media_type", "application/json"))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
        detail = f"{request.method} is not possible at this address."
    elif error.status_code == 404:
        detail = "The service has no such address."
    elif error.status_code == 400:
        return problem("malformed-body", "The body can't be read.", scope=request.scope)
    else:
        detail = str(error.detail)
    slug = SLUGS.get(error.status_code, "error")
    return problem(slug, detail, scope=request.scope, status=error.status_code, headers=headers)


def _allowed_methods(request: Request) -> set[str]:
    """Every method that some route takes at this address."""
    found: set[str] = set()
    for route in request.app.routes:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if route.matches({**request.scope, "method": method})[0] is Match.FULL:
                found |= {method, "HEAD"} if method == "GET" else {method}
    return found
