"""The page of an assignment: one option for each of many recipients."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import EngineDep
from matchmaker.models.eligibility.candidates import needs_service
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import crumbs
from matchmaker.web.presenters import assignment as present
from matchmaker.web.presenters.shortlist import differences, permanent
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")


@router.get("/assign")
def assign(request: Request, engine: EngineDep) -> HTMLResponse:
    """Pairs with reasons, who has none and why, and who would rather have whom."""
    assignment = present.read_assignment_query(request.query_params, engine.registry)
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


@router.get("/assign.csv")
def assign_csv(request: Request, engine: EngineDep) -> Response:
    """One row for each recipient."""
    answer = present.read_assignment_query(request.query_params, engine.registry).answer(engine)
    return csv_file(f"{answer.arrangement}-assignment-{answer.as_of}.csv", answer.to_rows())
