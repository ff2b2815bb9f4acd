"""The page of one organisation."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import AsOf, Code, EngineDep
from matchmaker.rendering.environment import with_article
from matchmaker.rendering.organisation import organisation_view
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.navigation import crumbs
from matchmaker.web.presenters import organisation as present
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")


@router.get("/organisations/{code}")
def organisation(request: Request, engine: EngineDep, code: Code, as_of: AsOf = None) -> HTMLResponse:
    """Where an organisation stands, its past, what is unknown, and where to go next."""
    overview = engine.overview(code, as_of)
    profile = overview.profile
    return render(
        request,
        "organisation.html",
        **organisation_view(overview, engine.sector, engine.profiles(as_of)),
        tabs=arrangements_in_order(engine.sector, profile.type),
        past=present.past_partnerships(engine.registry, profile.code, profile.as_of),
        absorbed=present.absorbed(engine.registry, profile.code, profile.as_of),
        crumbs=crumbs(
            engine.sector, (f"Find {with_article(engine.sector.words.organisation)}", "/organisations")
        ),
        as_of=profile.as_of,
        given_day=as_of,
        snapshot=profile.snapshot,
    )
