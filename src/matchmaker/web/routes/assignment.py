"""The page of an assignment: one option for each of many trusts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Engine
from matchmaker.models.arrangement import arrangement
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import assignment as present
from matchmaker.web.presenters.form import in_order
from matchmaker.web.presenters.shortlist import differs
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/assign")
def assign(request: Request, engine: Engine) -> HTMLResponse:
    """Pairs with reasons, who has none and why, and who would rather have whom."""
    many = present.many_of(request.query_params, engine.directory)
    answer = engine.assign(**many.arguments())
    question = many.asked.question
    now = arrangement(question.arrangement).weighted(question.weights)
    regions = engine.profiles(many.asked.as_of).organisations["region"].drop_nulls().unique().sort()
    return render(
        request,
        "assign.html",
        crumbs=HOME,
        answer=answer,
        many=many,
        usual=now,
        forms=in_order(),
        regions=list(regions),
        most_each=present.MOST_EACH,
        in_need=4,
        first_rather=present.FIRST_RATHER,
        kept=many.asked.pairs(),
        changed=bool(question.weights or question.relax or question.focus or question.bounds),
        permanent=present.permanent(many, now, answer),
        differs=differs(many.asked, answer),
    )


@router.get("/assign.csv")
def assign_csv(request: Request, engine: Engine) -> Response:
    """One row for each recipient."""
    answer = engine.assign(**present.many_of(request.query_params, engine.directory).arguments())
    return csv_file(f"{answer.arrangement}-assignment-{answer.as_of}.csv", present.rows(answer))
