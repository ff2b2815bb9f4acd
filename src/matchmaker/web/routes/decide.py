"""Record what was chosen, and why."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.api.audit_log.entry import Decision, Entry, Result, YesNo
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.api.routes.decisions import Log, find_chosen
from matchmaker.errors import MatchmakerError
from matchmaker.models.arrangement import arrangement
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Shortlist
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.sector import Sector
from matchmaker.web.csrf import same_origin
from matchmaker.web.navigation import base_of, crumbs
from matchmaker.web.presenters.decide import (
    ANSWERS,
    NOBODY,
    OTHER,
    RESULTS,
    DecisionForm,
    OutcomeForm,
    form_errors,
    outcome_errors,
)
from matchmaker.web.query import QueryDep, address, crumbs_to_shortlist
from matchmaker.web.rendering import render
from matchmaker.web.who import require_writer, signed_in

router = APIRouter(prefix="/{sector}", dependencies=[Depends(require_writer)])
NOT_CACHED = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""
PER_PAGE = 50
"""Decisions on one page."""
Text = Annotated[str, Form()]


@router.get("/organisations/{code}/decide")
def decide_page(
    request: Request, engine: EngineDep, code: Code, query: QueryDep, choice: str = ""
) -> HTMLResponse:
    """The form, empty, but for what a working shortlist or the sign-in says."""
    answer = engine.answer(code, query)
    shown = choice in {option.organisation.code for option in answer.options}
    filled = DecisionForm(
        who=getattr(signed_in(request), "name", ""),
        choice=choice if shown else OTHER if choice else "",
        other="" if shown else choice,
        snapshot=answer.snapshot,
    )
    return _form(request, engine.sector, answer, query, filled, {})


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
    key = getattr(signed_in(request), "name", None)
    decision = Decision.from_shortlist(answer, query, sector.name, filled.who, key, chosen, filled.reason)
    entry = log.record(decision)
    return RedirectResponse(f"{base_of(sector)}/decisions/{entry.number}?fresh=1", 303)


@router.get("/decisions")
def all_decisions(
    request: Request,
    engine: EngineDep,
    log: Log,
    recipient: str = "",
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> HTMLResponse:
    """Decisions on record, the latest first; all, or those for one organisation."""
    sector = engine.sector
    found = engine.find(recipient).organisation if recipient.strip() else None
    entries = (
        one for one in log.newest(found.code if found else None, before) if one.query["sector"] == sector.name
    )
    shown = list(islice(entries, PER_PAGE + 1))
    page = render(
        request,
        "decisions.html",
        shown=shown[:PER_PAGE],
        older=shown[PER_PAGE - 1].number if len(shown) > PER_PAGE else None,
        newest=before is None,
        recipient=found,
        labels={one.name: one.label for one in arrangements_in_order(sector)},
        moment=datetime.fromisoformat,
        crumbs=crumbs(sector, *([(found.name, f"/organisations/{found.code}")] if found else [])),
    )
    page.headers.update(NOT_CACHED)
    return page


@router.get("/decisions/{number}")
def decided_page(
    request: Request, engine: EngineDep, log: Log, number: Annotated[int, Path(ge=1, lt=2**31)]
) -> HTMLResponse:
    """A decision as it was recorded, with what came of it."""
    filled = OutcomeForm(who=getattr(signed_in(request), "name", ""))
    return _decided(request, engine.sector, log, number, filled, {})


@router.post("/decisions/{number}/outcomes", dependencies=[Depends(same_origin)])
def decision_outcome(
    request: Request,
    engine: EngineDep,
    log: Log,
    number: Annotated[int, Path(ge=1, lt=2**31)],
    who: Text = "",
    asked: Text = "",
    accepted: Text = "",
    result: Text = "",
    came: Text = "",
) -> Response:
    """Record what came of a decision, or show the form again with what is wrong."""
    filled = OutcomeForm(*(text.strip() for text in (who, asked, accepted, result, came)))
    errors = outcome_errors(filled)
    if errors:
        return _decided(request, engine.sector, log, number, filled, errors)
    if log.decision(number).query["sector"] != engine.sector.name:
        raise HTTPException(404)
    key = getattr(signed_in(request), "name", None)
    log.record_outcome(
        number,
        filled.who,
        key,
        cast(YesNo, filled.asked),
        cast(YesNo, filled.accepted),
        cast(Result, filled.result),
        filled.came,
    )
    return RedirectResponse(f"{base_of(engine.sector)}/decisions/{number}#outcomes", 303)


def _decided(
    request: Request,
    sector: Sector,
    log: DecisionLog,
    number: int,
    filled: OutcomeForm,
    errors: dict[str, str],
) -> HTMLResponse:
    found = log.read(after=number - 1, limit=1)
    if not found or found[0].number != number or found[0].query["sector"] != sector.name:
        raise HTTPException(404)
    entry = found[0]
    page = render(
        request,
        "decided.html",
        422 if errors else 200,
        entry=entry,
        outcomes=[] if entry.outcome else log.outcomes(number),
        filled=filled,
        errors=errors,
        answers=ANSWERS,
        results=RESULTS,
        moment=datetime.fromisoformat,
        fresh="fresh" in request.query_params,
        again=f"{base_of(sector)}/organisations/{entry.recipient}/shortlist?"
        + urlencode([*_asked(entry, sector), ("as_of", entry.as_of), ("snapshot", entry.snapshot)]),
        crumbs=crumbs(
            sector,
            (entry.recipient_name, f"/organisations/{entry.recipient}"),
            ("Decisions", f"/decisions?recipient={entry.recipient}"),
        ),
        at=datetime.fromisoformat(entry.at),
        usual=arrangement(sector, entry.arrangement),
        as_of=date.fromisoformat(entry.as_of),
        snapshot=entry.snapshot,
    )
    page.headers.update(NOT_CACHED)
    return page


def _asked(entry: Entry, sector: Sector) -> list[tuple[str, str]]:
    """The fields of the address that asks for the same list; none where that can't be asked any more."""
    fields = {name: value for name, value in entry.query.items() if name not in {"sector", "as_of"}}
    try:
        return ShortlistQuery.parse(fields, sector).to_fields()
    except MatchmakerError:
        return [("arrangement", entry.arrangement)]


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
