"""Record what was chosen, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from matchmaker.api.audit_log.entry import Decision
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.dependencies import Asked, Engine
from matchmaker.errors import MatchmakerError
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import arrangement
from matchmaker.models.types import Shortlist
from matchmaker.web import query
from matchmaker.web.csrf import same_origin
from matchmaker.web.navigation import way_back
from matchmaker.web.presenters.decide import NOBODY, OTHER, Filled, faults, recording
from matchmaker.web.query import Asking
from matchmaker.web.rendering import render

router = APIRouter()
NOT_KEPT = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""
Text = Annotated[str, Form()]


def log_of(request: Request) -> DecisionLog:
    """The log, where pages may write to it.

    Raises:
        HTTPException: 404 where they may not.
    """
    if not recording(request.app):
        raise HTTPException(404)
    log: DecisionLog = request.app.state.decisions
    return log


Log = Annotated[DecisionLog, Depends(log_of)]


@router.get("/trusts/{code}/decide")
def decide_page(request: Request, engine: Engine, log: Log, code: Asked, asked: Asking) -> HTMLResponse:  # noqa: ARG001
    """The form, empty."""
    answer = engine.shortlist(code, **asked.arguments())
    return _form(request, answer, asked, Filled(snapshot=answer.snapshot), {})


@router.post("/trusts/{code}/decide", dependencies=[Depends(same_origin)])
def decide(
    request: Request,
    engine: Engine,
    log: Log,
    code: Asked,
    asked: Asking,
    who: Text = "",
    choice: Text = "",
    other: Text = "",
    reason: Text = "",
    snapshot: Text = "",
) -> Response:
    """Record the decision and show it, or show the form again with what is wrong."""
    filled = Filled(*(text.strip() for text in (who, choice, other, reason, snapshot)))
    answer = engine.shortlist(code, **asked.arguments())
    found = faults(filled, answer.snapshot)
    chosen = None
    if not found and filled.chosen is not None:
        try:
            trust = engine.find(filled.chosen, answer.as_of).organisation
            chosen = trust.code, trust.name
        except MatchmakerError as error:
            found["other"] = f"{error.message} {error.next_step}"
        if chosen and chosen[0] == answer.recipient.code:
            found["other"] = "A trust can't be its own partner. Enter another one"
    if found:
        return _form(request, answer, asked, filled, found)
    question = asked.question.model_dump(mode="json")
    question |= {"recipient": answer.recipient.code, "limit": asked.limit, "draws": uncertainty.N_DRAWS}
    entry = log.record(Decision.from_shortlist(answer, question, filled.who, None, chosen, filled.reason))
    return RedirectResponse(f"/decisions/{entry.number}", 303)


@router.get("/decisions/{number}")
def decided_page(request: Request, log: Log, number: Annotated[int, Path(ge=1, lt=2**31)]) -> HTMLResponse:
    """A decision as it was recorded."""
    found = log.read(after=number - 1, limit=1)
    if not found or found[0].number != number:
        raise HTTPException(404)
    entry = found[0]
    page = render(
        request,
        "decided.html",
        entry=entry,
        at=datetime.fromisoformat(entry.at),
        usual=arrangement(entry.arrangement),
        as_of=date.fromisoformat(entry.as_of),
        snapshot=entry.snapshot,
    )
    page.headers.update(NOT_KEPT)
    return page


def _form(
    request: Request, answer: Shortlist, asked: query.Asked, filled: Filled, found: dict[str, str]
) -> HTMLResponse:
    here = f"/trusts/{answer.recipient.code}"
    page = render(
        request,
        "decide.html",
        422 if found else 200,
        answer=answer,
        asked=asked,
        here=here,
        usual=arrangement(answer.arrangement),
        filled=filled,
        faults=found,
        OTHER=OTHER,
        NOBODY=NOBODY,
        crumbs=way_back(answer.recipient.name, here, asked.address(f"{here}/shortlist")),
        as_of=answer.as_of,
        snapshot=answer.snapshot,
    )
    page.headers.update(NOT_KEPT)
    return page
