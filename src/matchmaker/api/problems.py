"""Errors over HTTP as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from matchmaker.errors import MatchmakerError

MEDIA_TYPE = "application/problem+json"


class FaultDetail(BaseModel):
    """One fault of the request: where it is and what is wrong."""

    pointer: str = Field(examples=["/query/limit"])
    detail: str


class Problem(BaseModel):
    """What went wrong, for a person and for a program."""

    type: str = Field(examples=["urn:matchmaker:problem:unknown-organisation"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No organisation has the code or name 'XYZ'."])
    next_step: str | None = Field(default=None, examples=["Use an ODS code, for example RPA."])
    errors: list[FaultDetail] = []


def problem(slug: str, status: int, detail: str, **more: Any) -> JSONResponse:
    """A problem details answer."""
    title = HTTPStatus(status).phrase
    body = Problem(type=f"urn:matchmaker:problem:{slug}", title=title, status=status, detail=detail, **more)
    return JSONResponse(body.model_dump(exclude_none=True), status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of an application with problem details."""

    @app.exception_handler(MatchmakerError)
    async def _known(request: Request, error: MatchmakerError) -> JSONResponse:  # noqa: ARG001
        return problem(error.slug, error.status, error.message, next_step=error.next_step)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:  # noqa: ARG001
        faults = [
            FaultDetail(pointer="/" + "/".join(str(part) for part in one["loc"]), detail=one["msg"])
            for one in error.errors()
        ]
        return problem("invalid-request", 422, "The request does not have the form asked for.", errors=faults)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:  # noqa: ARG001
        answer = problem("http", error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": HTTPStatus(status).phrase}
    for status in (404, 409, 422, 503)
}
