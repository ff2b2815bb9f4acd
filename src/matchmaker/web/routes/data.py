"""The figures and the method: what is known, what it means, where it is from, how it is weighed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.models.types import N_DRAWS
from matchmaker.web.navigation import crumbs
from matchmaker.web.presenters import data as present
from matchmaker.web.presenters.method import arrangement_views, evidence_use, method_rows
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")
UNDER = ("Data", "/data")


@router.get("/data")
def data(request: Request, engine: EngineDep) -> HTMLResponse:
    """How current and complete the figures are, and their known faults."""
    today, snapshot = engine.profiles(), engine.snapshot
    return render(
        request,
        "data.html",
        crumbs=crumbs(engine.sector),
        snapshot_used=snapshot,
        n_organisations=len(today.organisations),
        dimensions=present.dimension_views(today),
        types=[engine.sector.type_label(name) for name in present.types_in_use(today)],
        without=present.without_any(today),
        licences=present.licences(snapshot),
    )


@router.get("/data/features")
def features(request: Request, engine: EngineDep) -> HTMLResponse:
    """The data dictionary."""
    dimensions = present.dictionary(engine.profiles())
    return render(request, "features.html", crumbs=crumbs(engine.sector, UNDER), dimensions=dimensions)


@router.get("/data/sources")
def sources(request: Request, engine: EngineDep) -> HTMLResponse:
    """Every source with publisher, period, licence and age."""
    publishers = present.sources(engine.snapshot)
    return render(
        request,
        "sources.html",
        crumbs=crumbs(engine.sector, UNDER),
        publishers=publishers,
        day=engine.snapshot.as_of,
    )


@router.get("/method")
def method(request: Request, engine: EngineDep) -> HTMLResponse:
    """What is weighed, which rules leave candidates out, and on what evidence."""
    return render(
        request,
        "method.html",
        crumbs=crumbs(engine.sector),
        arrangements=arrangement_views(engine.sector),
        evidence_list=evidence_use(engine.sector),
        methods=method_rows(engine.sector),
        n_draws=N_DRAWS,
    )
