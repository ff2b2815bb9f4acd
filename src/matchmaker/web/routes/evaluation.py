"""How good is this: the replays and outcomes that come with the sector."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.build import sections
from matchmaker.evaluation.report.fair_tests import default_against_nearest
from matchmaker.evaluation.report.outcomes import answer
from matchmaker.evaluation.report.replays import headline
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.rendering.evaluation import parts
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import crumbs
from matchmaker.web.presenters import evaluation as present
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}/evaluation")
UNDER = ("How good is this", "/evaluation")


def get_evaluation(engine: EngineDep) -> PublishedEvaluation:
    """A dependency: the evaluation of the sector.

    Raises:
        HTTPException: 404 where it has none.
    """
    published = published_evaluation(engine.sector)
    if published is None:
        raise HTTPException(404)
    return published


EvaluationDep = Annotated[PublishedEvaluation, Depends(get_evaluation)]


@router.get("")
def evaluation(request: Request, engine: EngineDep, published: EvaluationDep) -> HTMLResponse:
    """The main results in words, with charts, and what they can't show."""
    sector = engine.sector
    return render(
        request,
        "evaluation.html",
        crumbs=crumbs(sector),
        published=published,
        comparisons=present.short_comparisons(published, sector),
        families=present.family_views(published, sector),
        meanings=present.meanings(published, sector),
        against=default_against_nearest(published),
        study=evaluation_settings(sector).outcomes,
        outcome=answer(published.outcomes, sector),
        named={part.name: part for part in parts(sections(published, sector)) if part.name},
        headline=headline(published),
        notice=published.stale_notice(engine.snapshot.hash, engine.snapshot.as_of),
    )


@router.get("/misses")
def misses(request: Request, engine: EngineDep, published: EvaluationDep) -> HTMLResponse:
    """The worst misses of the default method, each explained."""
    return render(request, "misses.html", crumbs=crumbs(engine.sector, UNDER), published=published)


@router.get("/report")
def report(request: Request, engine: EngineDep, published: EvaluationDep) -> HTMLResponse:
    """Every result, section by section."""
    return render(
        request,
        "evaluation_report.html",
        crumbs=crumbs(engine.sector, UNDER),
        published=published,
        parts=parts(sections(published, engine.sector)),
    )


@router.get("/figures.csv")
def figures(published: EvaluationDep) -> Response:
    """The main figures, one row for each."""
    rows = [
        figure.model_dump() | {"label": published.label(figure.method)} for figure in published.headline()
    ]
    return csv_file("matchmaker-evaluation.csv", rows)
