"""What this is and is not, the transparency record, accessibility, privacy, and a map of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

import matchmaker
from matchmaker.api.dependencies import Engine
from matchmaker.web.content.atrs import record
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import HOME, SITEMAP
from matchmaker.web.presenters.atrs import YOURS, rows, told
from matchmaker.web.rendering import render

router = APIRouter()
UNDER = (*HOME, {"text": "About", "href": "/about"})


@router.get("/about")
def about(request: Request, engine: Engine) -> HTMLResponse:
    """What this is, what it must not be used for, and who stands behind it."""
    trusts = len(engine.profiles().organisations)
    return render(request, "about.html", crumbs=HOME, trusts=trusts, sources=len(engine.snapshot.sources))


@router.get("/about/transparency")
def transparency(request: Request, engine: Engine) -> HTMLResponse:
    """The transparency record, nearly filled in."""
    standard = record().standard
    return render(
        request, "transparency.html", crumbs=UNDER, standard=standard, parts=told(engine), yours=YOURS
    )


@router.get("/about/transparency.csv")
def transparency_csv(engine: Engine) -> Response:
    """The record as a table, to be filled in further."""
    return csv_file("matchmaker-transparency-record.csv", rows(engine))


@router.get("/accessibility")
def accessibility(request: Request) -> HTMLResponse:
    """The accessibility statement."""
    return render(request, "accessibility.html", crumbs=HOME)


@router.get("/privacy")
def privacy(request: Request) -> HTMLResponse:
    """What is kept of whoever reads these pages: no cookies, and hardly anything."""
    kept = getattr(request.app.state, "decisions", None) is not None
    return render(request, "privacy.html", crumbs=HOME, decisions=kept)


@router.get("/sitemap")
def sitemap(request: Request) -> HTMLResponse:
    """Every page, in one list."""
    return render(request, "sitemap.html", crumbs=HOME, groups=SITEMAP, version=matchmaker.__version__)
