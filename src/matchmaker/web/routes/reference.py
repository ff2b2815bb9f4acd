"""The interface for programs, as a page that loads nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.problems import kinds
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import api_reference as present
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/api")
def reference(request: Request) -> HTMLResponse:
    """Every call with what it takes, what it gives, and a command that makes it."""
    document = request.app.openapi()
    origin = str(request.base_url).rstrip("/")
    return render(
        request,
        "reference.html",
        crumbs=HOME,
        title=document["info"]["title"],
        version=document["info"]["version"],
        origin=origin,
        groups=present.groups(document, origin),
        forms=present.forms(document),
        faults=kinds(),
    )
