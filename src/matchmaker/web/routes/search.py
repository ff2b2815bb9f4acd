"""Find an organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.navigation import base_of
from matchmaker.web.presenters import search as present
from matchmaker.web.presenters.headlines import headline_figures
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")


@router.get("/organisations")
def search(
    request: Request, engine: EngineDep, search: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """All organisations, or those that a search means; a code leads straight to its organisation."""
    hits = present.search(engine, search)
    if hits.only:
        return RedirectResponse(f"{base_of(engine.sector)}/organisations/{hits.only.code}", 303)
    return render(
        request,
        "search.html",
        without_search=True,
        search=search,
        hits=hits,
        figures=headline_figures(engine.profiles()),
        first_arrangement=arrangements_in_order(engine.sector)[0],
        as_of=engine.snapshot.as_of,
        snapshot=engine.snapshot.hash,
    )
