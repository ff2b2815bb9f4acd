"""The page of one trust."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.asking import Asked, AsOf, Engine
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.models.rules import KIND_LABELS
from matchmaker.page.charts import chart
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import portrait as present
from matchmaker.web.presenters.form import in_order
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/trusts/{ods}")
def trust_page(request: Request, engine: Engine, ods: Asked, as_of: AsOf = None) -> HTMLResponse:
    """Where a trust stands, its past, what is unknown, and where to go next."""
    portrait = engine.portrait(ods, as_of)
    profile = portrait.profile
    kind = KIND_LABELS[profile.kind]
    known = profile.in_state(KNOWN)
    return render(
        request,
        "trust.html",
        portrait=portrait,
        profile=profile,
        kind=kind,
        tabs=in_order(),
        dimensions=present.dimensions(profile),
        weak=present.weak(known),
        strong=present.strong(known),
        stale=profile.in_state(STALE),
        unknown=profile.in_state(UNKNOWN),
        cells={cell.feature: cell for cell in profile.cells},
        charts=[chart(trend, kind) for trend in portrait.trends],
        past=present.partnerships(engine.directory, profile.ods, profile.as_of),
        absorbed=present.absorbed(engine.directory, profile.ods, profile.as_of),
        linked={source.id for source in portrait.sources},
        crumbs=[*HOME, {"text": "Find a trust", "href": "/trusts"}],
        as_of=profile.as_of,
        asked_day=as_of,
        snapshot=profile.snapshot,
    )
