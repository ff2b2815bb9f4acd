"""The pages that types of problems resolve to."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, Template

from matchmaker.api.problems import problem_types

router = APIRouter(prefix="/problems", include_in_schema=False)


@router.get("")
async def list_problem_types(request: Request) -> HTMLResponse:
    """Every type of problem."""
    return _page(request, title="Problems")


@router.get("/{slug}")
async def show_problem_type(request: Request, slug: str) -> HTMLResponse:
    """What one type of problem means, and what to do.

    Raises:
        HTTPException: there is no such type.
    """
    if slug not in problem_types():
        raise HTTPException(404)
    problem_type = problem_types()[slug]
    return _page(request, title=problem_type.title, slug=slug, problem_type=problem_type)


def _page(request: Request, **context: object) -> HTMLResponse:
    template, style_hash = _template()
    root = request.scope.get("root_path", "")
    policy = f"default-src 'none'; style-src 'sha256-{style_hash}'; frame-ancestors 'none'"
    return HTMLResponse(
        template.render(root=root, problem_types=problem_types(), **context),
        headers={"Content-Security-Policy": policy, "Cache-Control": "public, max-age=3600"},
    )


@cache
def _template() -> tuple[Template, str]:
    """The page, and the hash of its style sheet, which the content security policy names."""
    source = (files("matchmaker.api") / "problems.html").read_text("utf-8")
    style = source.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Environment(autoescape=True).from_string(source), digest
