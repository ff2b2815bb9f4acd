"""The start of the service, and the home page of a sector."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.models.assignment.triage import in_need, need_known
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.navigation import base_of
from matchmaker.web.rendering import render, sector_of

start = APIRouter()
"""Of the page above all sectors."""
router = APIRouter(prefix="/{sector}")


@start.get("/")
def sectors(request: Request) -> Response:
    """The sectors to choose from; where there is one, its home page."""
    if sector := sector_of(request):
        return RedirectResponse(base_of(sector), 307)
    return render(request, "sectors.html", sectors=[one.sector for one in request.state.engines.values()])


@router.get("")
def home(request: Request, engine: EngineDep) -> Response:
    """What this is, a search, the organisations in need, and how current it is."""
    profiles = engine.profiles()
    return render(
        request,
        "home.html",
        without_search=True,
        in_need=in_need(profiles),
        need_unknown=[one for one in need_known(profiles) if one.unknown],
        arrangements=arrangements_in_order(engine.sector),
        n_organisations=len(profiles.organisations),
        as_of=profiles.as_of,
        snapshot=engine.snapshot.hash,
    )
