"""The page of one trust."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Asked, AsOf, Engine
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.rendering.charts.panels import chart
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import overview as present
from matchmaker.web.presenters.form import in_order
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/trusts/{code}")
def trust_page(request: Request, engine: Engine, code: Asked, as_of: AsOf = None) -> HTMLResponse:
    """Where a trust stands, its past, what is unknown, and where to go next."""
    portrait = engine.overview(code, as_of)
    profile = portrait.profile
    org_type = TYPE_LABELS[profile.type]
    known = profile.in_state(KNOWN)
    return render(
        request,
        "trust.html",
        portrait=portrait,
        profile=profile,
        org_type=org_type,
        tabs=in_order(),
        dimensions=present.dimensions(profile),
        weak=present.weak(known),
        strong=present.strong(known),
        stale=profile.in_state(STALE),
        unknown=profile.in_state(UNKNOWN),
        cells={cell.feature: cell for cell in profile.cells},
        charts=[chart(trend, org_type) for trend in portrait.trends],
        past=present.partnerships(engine.directory, profile.code, profile.as_of),
        absorbed=present.absorbed(engine.directory, profile.code, profile.as_of),
        linked={source.id for source in portrait.sources},
        crumbs=[*HOME, {"text": "Find a trust", "href": "/trusts"}],
        as_of=profile.as_of,
        asked_day=as_of,
        snapshot=profile.snapshot,
    )
