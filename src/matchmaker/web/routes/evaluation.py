"""How good is this: the replays and outcomes that come with the package."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Engine
from matchmaker.evaluation.published import published_evaluation
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import evaluation as shown
from matchmaker.web.rendering import render

router = APIRouter(prefix="/evaluation")
AS_JSON = "/v1/evaluation"
UNDER = (*HOME, {"text": "How good is this", "href": "/evaluation"})


@router.get("")
def evaluation(request: Request, engine: Engine) -> HTMLResponse:
    """The main results in words, with charts, and what they can't show."""
    found = published_evaluation()
    return render(
        request,
        "evaluation.html",
        crumbs=HOME,
        found=found,
        shortly=shown.shortly(found),
        families=shown.families(found),
        cant_show=shown.named(found, "What this can't show"),
        explained=shown.named(found, "What else could explain it"),
        headline=shown.named(found, "In short"),
        differs=found.differs(engine.snapshot.hash, engine.snapshot.as_of),
        as_json=AS_JSON if AS_JSON in request.app.openapi()["paths"] else None,
    )


@router.get("/misses")
def misses(request: Request) -> HTMLResponse:
    """The worst misses of the default method, each explained."""
    return render(request, "misses.html", crumbs=UNDER, found=published_evaluation())


@router.get("/report")
def report(request: Request) -> HTMLResponse:
    """Every result, section by section."""
    found = published_evaluation()
    parts = shown.parts(found.sections)
    return render(request, "evaluation_report.html", crumbs=UNDER, found=found, parts=parts)


@router.get("/figures.csv")
def figures() -> Response:
    """The main figures, one row for each."""
    return csv_file("matchmaker-evaluation.csv", [asdict(one) for one in published_evaluation().figures])
