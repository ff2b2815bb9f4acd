"""Why a candidate stands where it does, or is left out, and what would change it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.api.dependencies import Asked, Engine
from matchmaker.models.arrangement import arrangement
from matchmaker.web.navigation import way_back
from matchmaker.web.presenters.compare import sums
from matchmaker.web.presenters.form import rule_label
from matchmaker.web.query import Asking
from matchmaker.web.rendering import render

router = APIRouter()
Candidate = Annotated[str, Path(min_length=1, max_length=120)]


@router.get("/trusts/{code}/candidates")
def which_candidate(
    engine: Engine, code: Asked, asked: Asking, candidate: Annotated[str, Query(min_length=1, max_length=120)]
) -> RedirectResponse:
    """From a name or code that was filled in to the page of that candidate."""
    found = engine.find(candidate, asked.as_of).organisation.code
    return RedirectResponse(asked.address(f"/trusts/{code}/candidates/{found}"), 303)


@router.get("/trusts/{code}/candidates/{candidate}")
def why_page(
    request: Request, engine: Engine, code: Asked, candidate: Candidate, asked: Asking
) -> HTMLResponse:
    """One candidate explained, beside the first of the list."""
    answer = engine.why_not(code, candidate, **asked.arguments())
    here = f"/trusts/{answer.recipient.code}"
    beside = answer.first is not None and answer.first.code != answer.candidate.code
    explanations = [answer.rows, answer.first_rows] if beside else [answer.rows]
    return render(
        request,
        "why.html",
        answer=answer,
        asked=asked,
        here=here,
        usual=arrangement(asked.question.arrangement),
        beside=beside,
        lines=sums(explanations),
        rule_label=rule_label,
        by_evidence=answer.method == "evidence",
        crumbs=way_back(answer.recipient.name, here, asked.address(f"{here}/shortlist")),
        as_of=answer.as_of,
        snapshot=answer.snapshot,
    )
