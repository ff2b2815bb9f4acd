"""Why a candidate stands where it does, or is left out, and what would change it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.models.arrangement import arrangement
from matchmaker.models.eligibility.rules import NOT_ITSELF
from matchmaker.models.registry import EVIDENCE
from matchmaker.rendering.charts.waterfall import scale_ends, waterfall_lines
from matchmaker.rendering.shortlist import rule_label
from matchmaker.web.navigation import base_of
from matchmaker.web.query import QueryDep, address, crumbs_to_shortlist, with_weight, without_rules
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")
Candidate = Annotated[str, Path(min_length=1, max_length=120)]


@router.get("/organisations/{code}/candidates")
def find_candidate(
    engine: EngineDep,
    code: Code,
    query: QueryDep,
    candidate: Annotated[str, Query(min_length=1, max_length=120)],
) -> RedirectResponse:
    """From a name or code that was filled in to the page of that candidate."""
    found = engine.find(candidate, query.as_of).organisation.code
    path = f"{base_of(engine.sector)}/organisations/{code}/candidates/{found}"
    return RedirectResponse(address(path, query), 303)


@router.get("/organisations/{code}/candidates/{candidate}")
def why(
    request: Request, engine: EngineDep, code: Code, candidate: Candidate, query: QueryDep
) -> HTMLResponse:
    """One candidate explained, beside the first of the list."""
    sector = engine.sector
    answer = engine.explain(code, candidate, query)
    here = f"{base_of(sector)}/organisations/{answer.recipient.code}"
    back = f"{here}/shortlist"
    beside_first = answer.first is not None and answer.first.code != answer.candidate.code
    rules = [] if answer.excluded is None else [name for name in answer.excluded.rules if name != NOT_ITSELF]
    explained = [answer.rows, answer.first_rows] if beside_first else [answer.rows]
    return render(
        request,
        "why.html",
        answer=answer,
        pairs=query.to_fields(),
        here=here,
        back=address(back, query),
        usual=arrangement(sector, answer.arrangement),
        compared=[answer.candidate, answer.first] if beside_first else [answer.candidate],
        lines=waterfall_lines(explained),
        ends=scale_ends(explained),
        rules=[rule_label(name, sector) for name in rules],
        relaxed=address(back, without_rules(query, rules, sector)),
        reweighted=lambda change: address(back, with_weight(query, change.name, change.to)),
        by_evidence=answer.method == EVIDENCE,
        crumbs=crumbs_to_shortlist(sector, answer.recipient, query),
        as_of=answer.as_of,
        snapshot=answer.snapshot,
    )
