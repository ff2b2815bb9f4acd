"""The figures and the method: what is known, what it means, where it is from, how it is weighed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Engine
from matchmaker.models.uncertainty import DRAWS
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import data as shown
from matchmaker.web.presenters import method as how
from matchmaker.web.rendering import render

router = APIRouter()
UNDER = (*HOME, {"text": "Data", "href": "/data"})


@router.get("/data")
def data(request: Request, engine: Engine) -> HTMLResponse:
    """How current and complete the figures are, and their known faults."""
    today, snapshot = engine.profiles(), engine.snapshot
    return render(
        request,
        "data.html",
        crumbs=HOME,
        snapshot_used=snapshot,
        trusts=len(today.organisations),
        figures=snapshot.measures.height,
        sources=len(snapshot.sources),
        conflicts=snapshot.conflicts.height,
        dimensions=shown.dimensions(today),
        kinds=shown.kind_labels(today),
        without=shown.without_any(today),
        licences=shown.licences(snapshot),
    )


@router.get("/data/features")
def features(request: Request, engine: Engine) -> HTMLResponse:
    """The data dictionary."""
    return render(request, "features.html", crumbs=UNDER, dimensions=shown.dictionary(engine.profiles()))


@router.get("/data/sources")
def sources(request: Request, engine: Engine) -> HTMLResponse:
    """Every source with publisher, period, licence and age."""
    found = shown.sources(engine.snapshot)
    return render(request, "sources.html", crumbs=UNDER, publishers=found, day=engine.snapshot.as_of)


@router.get("/method")
def method(request: Request) -> HTMLResponse:
    """What is weighed, which rules leave trusts out, and on what evidence."""
    return render(
        request,
        "method.html",
        crumbs=HOME,
        forms=how.forms(),
        evidence_list=how.used_by(),
        methods=how.methods(),
        draws=DRAWS,
    )
