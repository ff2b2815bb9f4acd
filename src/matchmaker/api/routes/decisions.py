"""Decisions on shortlists: record one, read them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from matchmaker.api.audit_log.entry import Decision, Result, YesNo
from matchmaker.api.audit_log.errors import DecisionLogOff, OtherSnapshot
from matchmaker.api.audit_log.export import as_csv
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.auth.dependencies import require_scope
from matchmaker.api.auth.keys import Principal
from matchmaker.api.dependencies import engine_for
from matchmaker.api.plain_text import plain_text
from matchmaker.api.problems import responses
from matchmaker.api.responses import (
    CSV,
    TABLE,
    attachment,
    path,
    render,
    response_metadata,
    self_link,
    wants_csv,
)
from matchmaker.api.routes.shortlists import QueryBody
from matchmaker.api.schemas import DecisionResponse, DecisionsPage
from matchmaker.errors import InvalidParameter, MatchmakerError
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import Text
from matchmaker.models.types import Shortlist
from matchmaker.version import __version__

router = APIRouter(prefix="/v1", tags=["decisions"])
NOT_CACHED = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""


def get_log(request: Request) -> DecisionLog:
    """The decision log of the application.

    Raises:
        DecisionLogOff: it keeps none.
    """
    log: DecisionLog | None = request.app.state.decisions
    if log is None:
        raise DecisionLogOff
    return log


Log = Annotated[DecisionLog, Depends(get_log)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(plain_text)]


class DecisionRequest(QueryBody):
    """The query, what was chosen and why. What was shown is worked out again from the query."""

    sector: str | None = Field(default=None, max_length=40)
    """Name of the sector; needed only where the service answers for several."""
    recipient: Text
    """Code or name of the organisation that needs a partner."""
    snapshot: str | None = Field(default=None, max_length=64)
    """That of the shortlist decided on; refused (409) if the service uses another."""
    who: Words = Field(max_length=200)
    """The person or body that decides."""
    chosen: Text | None
    """Code or name of the one chosen; null where nobody was."""
    reason: Words = Field(max_length=4000, examples=["Strong where help is needed, and willing."])
    """Why."""


@router.post(
    "/decisions",
    operation_id="create_decision",
    summary="Record what was chosen and why",
    status_code=201,
    response_model=DecisionResponse,
    responses=responses(400, 404, 408, 409, 413, 415),
)
def create_decision(
    request: Request,
    principal: Annotated[Principal | None, Depends(require_scope("decide"))],
    log: Log,
    body: DecisionRequest,
) -> Response:
    """The answer is the entry as recorded: keep its hash to check later that it is still there."""
    engine = engine_for(request, body.sector)
    if body.snapshot is not None and body.snapshot != engine.snapshot.hash:
        raise OtherSnapshot(
            "The service now uses other figures than the shortlist you saw.",
            "Read the shortlist again, then record the decision with its snapshot.",
        )
    try:
        shortlist = engine.answer(body.recipient, body)
    except MatchmakerError as error:
        error.loc = error.loc or ("recipient",)
        raise
    chosen = None if body.chosen is None else find_chosen(engine, body.chosen, shortlist)
    key = None if principal is None else principal.name
    sector = engine.sector.name
    decision = Decision.from_shortlist(shortlist, body, sector, body.who, key, chosen, body.reason)
    entry = log.record(decision)
    own = path(request, "decisions", after=entry.number - 1, limit=1)
    meta = response_metadata(request, engine, shortlist.as_of) | {"links": {"self": own}}
    response = render(request, DecisionResponse(decision=entry, **meta))
    response.status_code = 201
    response.headers.update(NOT_CACHED | {"Location": own})
    return response


class OutcomeRequest(BaseModel):
    """What came of a decision, some months after."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    who: Words = Field(max_length=200)
    """The person or body that says so."""
    asked: YesNo
    """Whether the one chosen was asked."""
    accepted: YesNo
    """Whether it said yes."""
    result: Result
    """How the recipient does now against the day of the decision, in the judgement of who records it."""
    came: Words = Field(max_length=4000, examples=["They worked together for a year; waits are shorter."])
    """What came of it."""


@router.post(
    "/decisions/{number}/outcomes",
    operation_id="create_decision_outcome",
    summary="Record what came of a decision",
    status_code=201,
    response_model=DecisionResponse,
    responses=responses(400, 404, 408, 413, 415),
)
def create_decision_outcome(
    request: Request,
    principal: Annotated[Principal | None, Depends(require_scope("decide"))],
    log: Log,
    number: Annotated[int, Path(ge=1, le=2**31 - 1, description="Of the decision.", examples=[1])],
    body: OutcomeRequest,
) -> Response:
    """A further entry that refers to the decision, which itself stays as it is; there may be several."""
    key = None if principal is None else principal.name
    entry = log.record_outcome(number, body.who, key, body.asked, body.accepted, body.result, body.came)
    engine = engine_for(request, entry.query["sector"])
    own = path(request, "decisions", after=entry.number - 1, limit=1)
    meta = response_metadata(request, engine, date.fromisoformat(entry.as_of)) | {"links": {"self": own}}
    response = render(request, DecisionResponse(decision=entry, **meta))
    response.status_code = 201
    response.headers.update(NOT_CACHED | {"Location": own})
    return response


@router.get(
    "/decisions",
    operation_id="list_decisions",
    summary="Decisions on record",
    response_model=DecisionsPage,
    responses={200: TABLE, **responses()},
    dependencies=[Depends(require_scope("decide"))],
)
def list_decisions(
    request: Request,
    log: Log,
    recipient: Annotated[
        str | None, Query(pattern="^[A-Za-z0-9]{1,12}$", description="Only decisions for this code.")
    ] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only higher numbers.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="Maximum number; CSV holds all.")] = 100,
) -> Response:
    """In the order of recording; `Accept: text/csv` exports all of them."""
    code = recipient.upper() if recipient else None
    total = log.count(code)
    if wants_csv(request.headers.get("accept", "")):
        headers = NOT_CACHED | {"Content-Disposition": attachment("decisions.csv")}
        media_type = f"{CSV}; charset=utf-8; header=present"
        return StreamingResponse(as_csv(log.entries(code, after)), headers=headers, media_type=media_type)
    found = log.read(code, after, limit + 1)
    shown, links = found[:limit], {"self": self_link(request)}
    if len(found) > limit:
        links["next"] = path(request, "decisions", recipient=code, after=shown[-1].number, limit=limit)
    page = DecisionsPage(version=__version__, links=links, total=total, decisions=shown)
    response = render(request, page)
    response.headers.update(NOT_CACHED)
    return response


def find_chosen(engine: Matchmaker, organisation: str, shortlist: Shortlist) -> tuple[str, str]:
    """Code and name of the one chosen."""
    try:
        found = engine.find(organisation, shortlist.as_of).organisation
        if found.code == shortlist.recipient.code:
            text = f"{found.name} can't be its own partner."
            raise InvalidParameter(text, "Name another organisation, or null.")
    except MatchmakerError as error:
        error.loc = ("chosen",)
        raise
    return found.code, found.name
