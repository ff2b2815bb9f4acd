"""The home page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Engine
from matchmaker.web.presenters.organisations import needing
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/")
def home(request: Request, engine: Engine) -> HTMLResponse:
    """What this is, a search, the trusts in need, and how current it is."""
    profiles = engine.profiles()
    return render(
        request,
        "home.html",
        without_search=True,
        needing=needing(profiles),
        trusts=len(profiles.organisations),
        as_of=profiles.as_of,
        snapshot=engine.snapshot.hash,
    )
