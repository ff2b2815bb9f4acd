"""Record what was chosen, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.api.audit_log.entry import Decision
from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.api.routes.decisions import Log, find_chosen
from matchmaker.errors import MatchmakerError
from matchmaker.models.arrangement import arrangement
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Shortlist
from matchmaker.sector import Sector
from matchmaker.web.csrf import same_origin
from matchmaker.web.navigation import base_of
from matchmaker.web.presenters.decide import NOBODY, OTHER, DecisionForm, form_errors
from matchmaker.web.query import QueryDep, address, crumbs_to_shortlist
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")
NOT_CACHED = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""
Text = Annotated[str, Form()]


@router.get("/organisations/{code}/decide")
def decide_page(request: Request, engine: EngineDep, code: Code, query: QueryDep) -> HTMLResponse:
    """The form, empty."""
    answer = engine.answer(code, query)
    return _form(request, engine.sector, answer, query, DecisionForm(snapshot=answer.snapshot), {})


@router.post("/organisations/{code}/decide", dependencies=[Depends(same_origin)])
def decide(
    request: Request,
    engine: EngineDep,
    log: Log,
    code: Code,
    query: QueryDep,
    who: Text = "",
    choice: Text = "",
    other: Text = "",
    reason: Text = "",
    snapshot: Text = "",
) -> Response:
    """Record the decision and show it, or show the form again with what is wrong."""
    sector = engine.sector
    filled = DecisionForm(*(text.strip() for text in (who, choice, other, reason, snapshot)))
    answer = engine.answer(code, query)
    errors = form_errors(filled, answer.snapshot, sector.words)
    chosen = None
    if not errors and filled.chosen is not None:
        try:
            chosen = find_chosen(engine, filled.chosen, answer)
        except MatchmakerError as error:
            errors["other"] = f"{error.message} {error.next_step}"
    if errors:
        return _form(request, sector, answer, query, filled, errors)
    decision = Decision.from_shortlist(answer, query, sector.name, filled.who, None, chosen, filled.reason)
    entry = log.record(decision)
    return RedirectResponse(f"{base_of(sector)}/decisions/{entry.number}", 303)


@router.get("/decisions/{number}")
def decided_page(
    request: Request, engine: EngineDep, log: Log, number: Annotated[int, Path(ge=1, lt=2**31)]
) -> HTMLResponse:
    """A decision as it was recorded."""
    found = log.read(after=number - 1, limit=1)
    if not found or found[0].number != number or found[0].query["sector"] != engine.sector.name:
        raise HTTPException(404)
    entry = found[0]
    page = render(
        request,
        "decided.html",
        entry=entry,
        at=datetime.fromisoformat(entry.at),
        usual=arrangement(engine.sector, entry.arrangement),
        as_of=date.fromisoformat(entry.as_of),
        snapshot=entry.snapshot,
    )
    page.headers.update(NOT_CACHED)
    return page


def _form(
    request: Request,
    sector: Sector,
    answer: Shortlist,
    query: ShortlistQuery,
    filled: DecisionForm,
    errors: dict[str, str],
) -> HTMLResponse:
    here = f"{base_of(sector)}/organisations/{answer.recipient.code}"
    page = render(
        request,
        "decide.html",
        422 if errors else 200,
        answer=answer,
        action=address(f"{here}/decide", query),
        back=address(f"{here}/shortlist", query),
        usual=arrangement(sector, answer.arrangement),
        filled=filled,
        errors=errors,
        OTHER=OTHER,
        NOBODY=NOBODY,
        crumbs=crumbs_to_shortlist(sector, answer.recipient, query),
        as_of=answer.as_of,
        snapshot=answer.snapshot,
    )
    page.headers.update(NOT_CACHED)
    return page
