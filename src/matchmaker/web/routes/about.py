"""What this is and is not, the transparency record, accessibility, privacy, and a map of the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import crumbs, site_map
from matchmaker.web.presenters import atrs
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")


def get_record(engine: EngineDep) -> atrs.Record:
    """A dependency: the transparency record of the sector.

    Raises:
        HTTPException: 404 where it has none.
    """
    record = atrs.record_of(engine.sector)
    if record is None:
        raise HTTPException(404)
    return record


RecordDep = Annotated[atrs.Record, Depends(get_record)]


@router.get("/about")
def about(request: Request, engine: EngineDep) -> HTMLResponse:
    """What this is, what it must not be used for, and who stands behind it."""
    return render(
        request,
        "about.html",
        crumbs=crumbs(engine.sector),
        n_organisations=len(engine.profiles().organisations),
        n_sources=len(engine.snapshot.sources),
        with_record=atrs.record_of(engine.sector) is not None,
    )


@router.get("/about/transparency")
def transparency(request: Request, engine: EngineDep, record: RecordDep) -> HTMLResponse:
    """The transparency record: what is true of every copy, and what the owner of this one says."""
    return render(
        request,
        "transparency.html",
        crumbs=crumbs(engine.sector, ("About", "/about")),
        standard=record.standard,
        sections=atrs.record_views(record, engine, request.app.state.owner),
    )


@router.get("/about/transparency.csv")
def transparency_csv(request: Request, engine: EngineDep, record: RecordDep) -> Response:
    """The record as a table."""
    rows = atrs.rows(record, engine, request.app.state.owner)
    return csv_file("matchmaker-transparency-record.csv", rows)


@router.get("/accessibility")
def accessibility(request: Request, engine: EngineDep) -> HTMLResponse:
    """The accessibility statement."""
    return render(request, "accessibility.html", crumbs=crumbs(engine.sector))


@router.get("/privacy")
def privacy(request: Request, engine: EngineDep) -> HTMLResponse:
    """What is stored about readers of these pages: no cookies, and hardly anything."""
    with_log = getattr(request.app.state, "decisions", None) is not None
    return render(request, "privacy.html", crumbs=crumbs(engine.sector), with_log=with_log)


@router.get("/sitemap")
def sitemap(request: Request, engine: EngineDep) -> HTMLResponse:
    """Every page, in one list."""
    return render(request, "sitemap.html", crumbs=crumbs(engine.sector), groups=site_map(engine.sector))
