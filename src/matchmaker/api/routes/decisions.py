"""Decisions on shortlists: record one, read them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, Field, StringConstraints

from matchmaker.api.audit_log.entry import decision_on
from matchmaker.api.audit_log.errors import DecisionLogOff, OtherSnapshot
from matchmaker.api.audit_log.export import as_csv
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.auth.dependencies import needs
from matchmaker.api.auth.keys import Caller
from matchmaker.api.dependencies import MOST_DRAWS, Engine, Name, Question
from matchmaker.api.error_locations import placed
from matchmaker.api.problems import FaultDetail, Placed, responses
from matchmaker.api.responses import CSV, base, path, render, wants_csv
from matchmaker.api.routes.shortlists import TABLE
from matchmaker.api.schemas import DecisionAnswer, DecisionsPage
from matchmaker.errors import InvalidParameter
from matchmaker.models import uncertainty
from matchmaker.models.engine import Matchmaker
from matchmaker.models.types import Shortlist

router = APIRouter(prefix="/v1", tags=["decisions"])
NOT_KEPT = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""


def log_of(request: Request) -> DecisionLog:
    """The decision log of the application.

    Raises:
        DecisionLogOff: it keeps none.
    """
    log: DecisionLog | None = request.app.state.decisions
    if log is None:
        raise DecisionLogOff
    return log


def _printable(words: str) -> str:
    if any(letter < " " and letter not in "\n\r\t" for letter in words):
        raise ValueError("control characters can't be recorded")
    return words


Decider = Annotated[Caller | None, Depends(needs("decide"))]
Log = Annotated[DecisionLog, Depends(log_of)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]


class DecisionRequest(Question):
    """What was asked, chosen and why. What was shown is worked out again from the question.

    Attributes:
        limit: how many options were shown.
        snapshot: that of the shortlist that was seen; refused (409) if the service uses another.
        who: the person or body that decides.
        chosen: code or name; null where nobody was chosen.
    """

    recipient: Name = Field(examples=["RPA"])
    as_of: date | None = None
    limit: int = Field(default=10, ge=1, le=100)
    draws: int = Field(default=uncertainty.N_DRAWS, ge=0, le=MOST_DRAWS)
    snapshot: str | None = Field(default=None, max_length=64)
    who: Words = Field(max_length=200, examples=["NHS England, South East"])
    chosen: Name | None = Field(examples=["RAX"])
    reason: Words = Field(max_length=4000, examples=["Strong in emergency care, and willing."])


@router.post(
    "/decisions",
    operation_id="create_decision",
    summary="Record what was chosen and why",
    status_code=201,
    response_model=DecisionAnswer,
    responses=responses(400, 408, 409, 413, 415),
)
def create_decision(
    request: Request, caller: Decider, engine: Engine, log: Log, asked: DecisionRequest
) -> Response:
    """The answer is the entry as recorded: keep its hash to check later that it is still there."""
    if asked.snapshot is not None and asked.snapshot != engine.snapshot.hash:
        raise OtherSnapshot(
            "The service now uses other figures than the shortlist you saw.",
            "Read the shortlist again, then record the decision with its snapshot.",
        )
    with placed(engine, asked, asked.as_of, "body", ("recipient",)):
        shown = engine.shortlist(
            asked.recipient, as_of=asked.as_of, limit=asked.limit, draws=asked.draws, **asked.arguments()
        )
    with placed(engine, asked, shown.as_of, "body", ("chosen",)):
        chosen = None if asked.chosen is None else _chosen(engine, asked.chosen, shown)
    parts = {*Question.model_fields, "recipient", "limit", "draws"}
    question = asked.model_dump(mode="json", include=parts)
    key = None if caller is None else caller.name
    entry = log.record(decision_on(shown, question, asked.who, key, chosen, asked.reason))
    own = path(request, "decisions", after=entry.number - 1, limit=1)
    answer = render(
        request, DecisionAnswer(decision=entry, **base(request, shown.as_of) | {"links": {"self": own}})
    )
    answer.status_code = 201
    answer.headers.update(NOT_KEPT | {"Location": own})
    return answer


@router.get(
    "/decisions",
    operation_id="list_decisions",
    summary="Decisions on record",
    response_model=DecisionsPage,
    responses={200: TABLE, **responses()},
    dependencies=[Depends(needs("decide"))],
)
def list_decisions(
    request: Request,
    log: Log,
    recipient: Annotated[
        str | None, Query(pattern="^[A-Za-z0-9]{1,10}$", description="ODS code.", examples=["RPA"])
    ] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only higher numbers.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="How many; CSV holds all.")] = 100,
) -> Response:
    """In the order of recording; `Accept: text/csv` exports all of them."""
    code = recipient.upper() if recipient else None
    total = log.count(code)
    if wants_csv(request.headers.get("accept", "")):
        headers = NOT_KEPT | {"Content-Disposition": 'attachment; filename="decisions.csv"'}
        media_type = f"{CSV}; charset=utf-8; header=present"
        return StreamingResponse(as_csv(log.entries(code, after)), headers=headers, media_type=media_type)
    found = log.read(code, after, limit + 1)
    shown, links = found[:limit], {}
    if len(found) > limit:
        links = {"next": path(request, "decisions", recipient=code, after=shown[-1].number, limit=limit)}
    answer = render(request, DecisionsPage(total=total, decisions=shown, **base(request, **links)))
    answer.headers.update(NOT_KEPT)
    return answer


def _chosen(engine: Matchmaker, asked: str, shown: Shortlist) -> tuple[str, str]:
    found = engine.find(asked, shown.as_of).organisation
    if found.code == shown.recipient.code:
        error = InvalidParameter(
            f"{found.name} can't be its own partner.", "Name another organisation, or null."
        )
        raise Placed(error, [FaultDetail(part="body", pointer="/chosen", detail=error.message)], error.status)
    return found.code, found.name
