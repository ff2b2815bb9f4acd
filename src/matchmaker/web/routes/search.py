"""Find a trust."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.api.dependencies import Engine
from matchmaker.web.presenters.organisations import matching
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/trusts", response_class=HTMLResponse)
def search_trusts(
    request: Request, engine: Engine, search: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """All trusts, or those that a search means; a code leads straight to its trust."""
    hits = matching(engine, search)
    if hits.only:
        return RedirectResponse(f"/trusts/{hits.only.code}", 303)
    return render(
        request,
        "search.html",
        without_search=True,
        search=search,
        hits=hits,
        as_of=engine.snapshot.as_of,
        snapshot=engine.snapshot.hash,
    )
