"""Errors over HTTP as problem details (RFC 9457), each of a type that resolves to a page."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from matchmaker.errors import BadFile, MatchmakerError

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 100
"""So many are placed; the first few usually explain the rest."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem, as its page tells it."""

    status: int
    title: str
    means: str
    do: str


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of problem by its slug."""
    content = tomllib.loads((files("matchmaker.api") / "problems.toml").read_text("utf-8"))
    return {slug: Kind(**told) for slug, told in content.items()}


class FaultDetail(BaseModel):
    """One fault of the request: where it is and what is wrong.

    Attributes:
        pointer: JSON pointer (RFC 6901) into the part; empty means the whole of it.
        part: body, query, path, header, or table for a user's own figures.
    """

    part: str = Field(examples=["body"])
    pointer: str = Field(examples=["/recipients/0"])
    detail: str = Field(examples=["No organisation has the code or name 'XYZ'."])


class Problem(BaseModel):
    """What went wrong, for a person and for a program."""

    type: str = Field(examples=["/problems/unknown-organisation"])
    title: str = Field(examples=["No organisation has that code or name"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No organisation has the code or name 'XYZ'."])
    next_step: str | None = Field(default=None, examples=["Use an ODS code, for example RPA."])
    request_id: str | None = Field(default=None, examples=["6b1f0c9e5d0f4f0f9f0e2f6f8a1c2d3e"])
    errors: list[FaultDetail] = Field(default_factory=list)


def pointer(parts: Sequence[Any]) -> str:
    """A JSON pointer from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def problem(
    slug: str,
    detail: str,
    *,
    scope: Scope,
    status: int | None = None,
    next_step: str | None = None,
    errors: Sequence[FaultDetail] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem details answer.

    Args:
        slug: one of `kinds`.
        detail: one sentence about this case.
        scope: of the request, for its id and the place the service is mounted at.
        status: where it differs from the kind's.
        next_step: one sentence; by default the kind's.
        errors: where the faults are.
        headers: further ones of the answer.
    """
    kind = kinds()[slug]
    body = Problem(
        type=f"{scope.get('root_path', '')}/problems/{slug}",
        title=kind.title,
        status=status or kind.status,
        detail=detail,
        next_step=next_step or kind.do,
        request_id=scope.get("state", {}).get("request_id"),
        errors=list(errors),
    )
    said = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body.model_dump_json(exclude_none=True), body.status, said, MEDIA_TYPE)


async def send_problem(
    slug: str, detail: str, scope: Scope, receive: Receive, send: Send, **more: Any
) -> None:
    """Answer with a problem from outside the application."""
    await problem(slug, detail, scope=scope, **more)(scope, receive, send)


class Placed(MatchmakerError):
    """An error of which it is known where in the request its faults are."""

    def __init__(self, error: MatchmakerError, errors: Sequence[FaultDetail], status: int) -> None:
        super().__init__(error.message, error.next_step)
        self.slug, self.status, self.errors = error.slug, status, tuple(errors)


def errors_of(error: MatchmakerError) -> tuple[FaultDetail, ...]:
    """Where the faults of an error are, as far as is known."""
    if isinstance(error, Placed):
        return error.errors
    if isinstance(error, BadFile):
        return tuple(
            FaultDetail(
                part="table",
                pointer=pointer([at for at in (fault.row, fault.column) if at is not None]),
                detail=str(fault),
            )
            for fault in error.faults[:MOST_FAULTS]
        )
    return ()


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "description": "; ".join(sorted(kind.title for kind in kinds().values() if kind.status == status)),
    }
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504)
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route can answer with, for its description; those of every route besides."""
    return {status: RESPONSES[status] for status in sorted({401, 403, 422, 429, 500, 503, 504, *statuses})}


UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "What If-None-Match names is still so."}}
