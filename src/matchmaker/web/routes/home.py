"""The home page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.asking import Engine
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/")
def home(request: Request, engine: Engine) -> HTMLResponse:
    """What this is, a search, and how current it is."""
    return render(request, "home.html", as_of=engine.snapshot.as_of)
