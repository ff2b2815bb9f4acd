"""Errors over HTTP as problem details (RFC 9457), each of a type that resolves to a page."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Response
from starlette.types import Receive, Scope, Send

from matchmaker.api.schemas import ErrorDetail, Problem

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 100
"""At most so many faults are listed; the first few usually explain the rest."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One type of problem, as `problems.toml` defines it and its page shows it."""

    status: int
    title: str
    description: str
    remedy: str


@cache
def problem_types() -> dict[str, ProblemType]:
    """Every type of problem by its slug."""
    content = tomllib.loads((files("matchmaker.api") / "problems.toml").read_text("utf-8"))
    return {slug: ProblemType(**fields) for slug, fields in content.items()}


def pointer(parts: Iterable[Any]) -> str:
    """A JSON pointer (RFC 6901) from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def problem(
    slug: str,
    detail: str,
    *,
    scope: Scope,
    status: int | None = None,
    next_step: str | None = None,
    errors: Sequence[ErrorDetail] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response with problem details.

    Args:
        slug: one of `problem_types`.
        detail: one sentence about this case.
        scope: of the request, for its id and the place the service is mounted at.
        status: where it differs from the type's.
        next_step: one sentence; by default the type's remedy.
        errors: where the faults are.
        headers: further ones of the response.
    """
    problem_type = problem_types()[slug]
    body = Problem(
        type=f"{scope.get('root_path', '')}/problems/{slug}",
        title=problem_type.title,
        status=status or problem_type.status,
        detail=detail,
        next_step=next_step or problem_type.remedy,
        request_id=scope.get("state", {}).get("request_id"),
        errors=list(errors[:MAX_ERRORS]),
    )
    all_headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body.model_dump_json(exclude_none=True), body.status, all_headers, MEDIA_TYPE)


async def send_problem(
    slug: str, detail: str, scope: Scope, receive: Receive, send: Send, **more: Any
) -> None:
    """Answer with a problem from a middleware."""
    await problem(slug, detail, scope=scope, **more)(scope, receive, send)


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "description": "; ".join(
            sorted(one.title for one in problem_types().values() if one.status == status)
        ),
    }
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 421, 422, 429, 500, 503, 504)
}


ALWAYS = (400, 401, 403, 408, 413, 421, 422, 429, 500, 503, 504)
"""Statuses of problems that any route can answer with."""


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route can answer with, for its description; those of every route besides."""
    return {status: RESPONSES[status] for status in sorted({*ALWAYS, *statuses})}


UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The answer that If-None-Match names is unchanged."}
}
