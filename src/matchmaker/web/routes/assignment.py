"""The page of an assignment: one option for each of many recipients."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.models.eligibility.candidates import needs_service
from matchmaker.models.engine import Matchmaker
from matchmaker.models.scoring.need import rows_in_need
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import crumbs
from matchmaker.web.presenters import assignment as present
from matchmaker.web.presenters.shortlist import differences, permanent
from matchmaker.web.rendering import render

MAX_AT_ONCE = 200
"""Of more in need than this a page answers for one region at a time."""
router = APIRouter(prefix="/{sector}")


@router.get("/assign")
def assign(request: Request, engine: EngineDep) -> HTMLResponse:
    """Pairs with reasons, who has none and why, and who would rather have whom."""
    assignment = _bounded(present.read_assignment_query(request.query_params, engine.registry), engine)
    answer = assignment.answer(engine)
    query = assignment.query
    recommender = engine.recommender_for(query)
    changed = recommender.arrangement
    regions = engine.profiles(query.as_of).organisations["region"].drop_nulls().unique().sort()
    return render(
        request,
        "assign.html",
        crumbs=crumbs(engine.sector),
        answer=answer,
        assignment=assignment,
        query=query,
        pairs=query.to_fields(),
        usual=changed,
        arrangements=[
            one
            for one in arrangements_in_order(engine.sector)
            if one.name == answer.arrangement or not needs_service(one, recommender.profiles)
        ],
        regions=list(regions),
        MAX_CAPACITY=present.MAX_CAPACITY,
        N_BLOCKING_PAIRS=present.N_BLOCKING_PAIRS,
        changed=bool(query.weights or query.relax or query.focus or query.rule_parameters()),
        permanent=[*permanent(query, changed, answer), *assignment.to_fields()],
        differences=differences(request.query_params, answer),
    )


def _bounded(assignment: present.AssignmentQuery, engine: Matchmaker) -> present.AssignmentQuery:
    """The question for one region where it is about all in need and these are too many for a page."""
    on_day = engine.profiles(assignment.query.as_of)
    if assignment.recipients or assignment.regions or len(rows_in_need(on_day)) <= MAX_AT_ONCE:
        return assignment
    first = on_day.organisations["region"][rows_in_need(on_day)].drop_nulls().sort()[:1]
    return replace(assignment, regions=tuple(first))


@router.get("/assign.csv")
def assign_csv(request: Request, engine: EngineDep) -> Response:
    """One row for each recipient."""
    assignment = _bounded(present.read_assignment_query(request.query_params, engine.registry), engine)
    answer = assignment.answer(engine)
    return csv_file(f"{answer.arrangement}-assignment-{answer.as_of}.csv", answer.to_rows())
