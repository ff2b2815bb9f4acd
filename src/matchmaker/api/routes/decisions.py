"""Decisions on shortlists: record one, read them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from matchmaker.api.asking import Engine, Question
from matchmaker.api.decisions.entry import Entry, decision_on
from matchmaker.api.decisions.errors import DecisionLogOff, OtherSnapshot
from matchmaker.api.decisions.export import as_csv
from matchmaker.api.decisions.log import DecisionLog
from matchmaker.errors import OutOfRange
from matchmaker.models.engine import Matchmaker

router = APIRouter(prefix="/v1", tags=["decisions"])


def log_of(request: Request) -> DecisionLog:
    """The decision log of the application.

    Raises:
        DecisionLogOff: it keeps none.
    """
    log: DecisionLog | None = getattr(request.app.state, "decisions", None)
    if log is None:
        raise DecisionLogOff
    return log


Log = Annotated[DecisionLog, Depends(log_of)]


def _printable(words: str) -> str:
    if any(letter < " " and letter not in "\n\r\t" for letter in words):
        raise ValueError("control characters can't be recorded")
    return words


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]


class DecisionRequest(Question):
    """What was asked, chosen and why. What was shown is worked out again from the question."""

    recipient: str = Field(min_length=1, max_length=120, examples=["RPA"])
    as_of: date | None = None
    limit: int = Field(default=10, ge=1, le=100, description="How many options were shown.")
    snapshot: str | None = Field(
        default=None,
        max_length=64,
        description="Snapshot of the shortlist that was seen; refused (409) if the service uses another.",
    )
    who: Words = Field(max_length=200, examples=["NHS England, South East"])
    chosen: str | None = Field(
        max_length=120, description="Code or name of the one chosen; null where nobody was.", examples=["RAX"]
    )
    reason: Words = Field(max_length=4000, examples=["Strong in emergency care, and willing."])


class DecisionsPage(BaseModel):
    """A part of the decision log, in the order of recording."""

    total: int
    next: int | None = Field(description="Ask with after=this for the next part; null at the end.")
    decisions: list[Entry]


@router.post(
    "/decisions", operation_id="create_decision", summary="Record what was chosen and why", status_code=201
)
def create_decision(request: Request, engine: Engine, log: Log, asked: DecisionRequest) -> Entry:
    """The answer is the entry as recorded: keep its hash to check later that it is still there."""
    if asked.snapshot is not None and asked.snapshot != engine.snapshot.hash:
        raise OtherSnapshot(
            "The service now uses other figures than the shortlist you saw.",
            "Read the shortlist again, then record the decision with its snapshot.",
        )
    shown = engine.shortlist(asked.recipient, as_of=asked.as_of, limit=asked.limit, **asked.arguments())
    question = asked.model_dump(mode="json", include={*Question.model_fields, "recipient", "limit"})
    chosen = None if asked.chosen is None else _chosen(engine, asked.chosen, shown.recipient.ods, shown.as_of)
    key = getattr(request.state, "key", None)
    return log.record(decision_on(shown, question, asked.who, key, chosen, asked.reason))


@router.get(
    "/decisions",
    operation_id="list_decisions",
    summary="Decisions on record",
    response_model=DecisionsPage,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def list_decisions(
    request: Request,
    log: Log,
    recipient: Annotated[str | None, Query(pattern="^[A-Za-z0-9]{1,10}$", description="ODS code.")] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only higher numbers.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="How many; CSV holds all.")] = 100,
) -> Any:
    """In the order of recording; `Accept: text/csv` exports all of them."""
    code = recipient.upper() if recipient else None
    if "text/csv" in request.headers.get("accept", ""):
        total = log.count(code)  # an unusable log is told before the first byte is sent
        headers = {"Content-Disposition": 'attachment; filename="decisions.csv"', "X-Total": str(total)}
        return StreamingResponse(as_csv(log.entries(code, after)), media_type="text/csv", headers=headers)
    found = log.read(code, after, limit)
    more = found and log.read(code, found[-1].number, 1)
    return DecisionsPage(total=log.count(code), next=found[-1].number if more else None, decisions=found)


def _chosen(engine: Matchmaker, asked: str, recipient: str, day: date) -> tuple[str, str]:
    found = engine.find(asked, day).organisation
    if found.ods == recipient:
        raise OutOfRange(f"{found.name} can't be its own partner.", "Name another organisation, or null.")
    return found.ods, found.name
