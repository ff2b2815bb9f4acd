"""Scores of given pairs, and many recipients matched at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from matchmaker.api.dependencies import Engine, Name, Question
from matchmaker.api.error_locations import placed
from matchmaker.api.problems import responses
from matchmaker.api.responses import itself, path, render, with_links
from matchmaker.api.routes.shortlists import TABLE
from matchmaker.api.schemas import AssignmentAnswer, PairScore, ScoresAnswer
from matchmaker.errors import InvalidParameter
from matchmaker.models.assignment import solver as assignment
from matchmaker.models.tables import Row

router = APIRouter(prefix="/v1", tags=["scores"])


class AskedPair(BaseModel):
    """A recipient and a candidate, by code or name."""

    model_config = ConfigDict(extra="forbid")

    recipient: Name = Field(examples=["RPA"])
    candidate: Name = Field(examples=["RN7"])


class ScoresRequest(Question):
    """Pairs to be scored by one question."""

    pairs: list[AskedPair] = Field(min_length=1, max_length=1000)
    as_of: date | None = None


@router.post(
    "/scores",
    operation_id="create_scores",
    summary="Scores of given pairs",
    response_model=ScoresAnswer,
    responses={200: TABLE, **responses(400, 408, 413, 415)},
)
def create_scores(request: Request, engine: Engine, asked: ScoresRequest) -> Response:
    """Score pairs in a batch, without explanation."""
    with placed(engine, asked, asked.as_of, "body"):
        matcher = engine.recommender(as_of=asked.as_of, **asked.arguments())
    day, position = matcher.profiles.as_of, matcher.profiles.position
    codes = []
    for at, pair in enumerate(asked.pairs):
        found = []
        for side in ("recipient", "candidate"):
            with placed(engine, asked, day, "body", ("pairs", at, side)):
                found.append(engine.find(getattr(pair, side), day).organisation.code)
        codes.append((found[0], found[1]))
    rows = {own: position[own] for own, _ in codes}
    order = {own: at for at, own in enumerate(rows)}
    with placed(engine, asked, day, "body"):
        scores = matcher.ranker.scores(np.array(list(rows.values())))
        eligible = {own: matcher.eligible(row) for own, row in rows.items()}
    answer = ScoresAnswer(
        snapshot=engine.snapshot.hash,
        method=matcher.ranker.name,
        version=matcher.version,
        as_of=day,
        links={"self": itself(request), "arrangements": path(request, "arrangements")},
        scores=[
            PairScore(
                recipient=own,
                candidate=other,
                fit=float(scores.score[order[own], position[other]]),
                coverage=float(scores.coverage[order[own], position[other]]),
                eligible=bool(eligible[own][position[other]]),
            )
            for own, other in codes
        ],
    )

    def table() -> Iterator[Row]:
        said = {"as_of": day, "snapshot": answer.snapshot, "method": answer.method, "version": answer.version}
        return (score.model_dump() | said for score in answer.scores)

    return render(request, answer, table, "scores")


class AssignmentRequest(Question):
    """Many recipients, each to be given one partner.

    Attributes:
        recipients: by code or name; by default all trusts in oversight segment 4 or 5.
        recipients_in: regions; only recipients of these.
        capacity: how many recipients a partner may have, help on record included.
        floor: the least fit of a pair.
        draws: of weights and unknowns, for how steady the pairs are; 0 leaves it out.
    """

    recipients: list[Name] = Field(default_factory=list, max_length=100, examples=[["RPA", "RVV"]])
    recipients_in: list[Name] = Field(default_factory=list, max_length=20, examples=[["South East"]])
    as_of: date | None = None
    capacity: int = Field(default=assignment.CAPACITY, ge=1, le=20)
    floor: float = Field(default=assignment.FLOOR, ge=0, le=1, allow_inf_nan=False)
    draws: int = Field(default=assignment.N_DRAWS, ge=0, le=400)


@router.post(
    "/assignments",
    operation_id="create_assignment",
    summary="One option for each of many trusts at once",
    response_model=AssignmentAnswer,
    responses=responses(400, 408, 413, 415),
)
def create_assignment(request: Request, engine: Engine, asked: AssignmentRequest) -> Response:
    """Find pairs whose fits add up to the most, each partner with limited room; by the evidence method."""
    arguments = asked.arguments()
    if arguments.pop("method") != "evidence":
        reason = f"Many trusts at once can't be matched by the method '{asked.method}'."
        with placed(engine, asked, asked.as_of, "body"):
            raise InvalidParameter(reason, "Leave the method out: only fits by the evidence can be added up.")
    for at, recipient in enumerate(asked.recipients):
        with placed(engine, asked, asked.as_of, "body", ("recipients", at)):
            engine.find(recipient, asked.as_of)
    with placed(engine, asked, asked.as_of, "body", ("recipients_in",)):
        answer = engine.assign(
            asked.recipients,
            as_of=asked.as_of,
            capacity=asked.capacity,
            floor=asked.floor,
            recipients_in=asked.recipients_in,
            draws=asked.draws,
            **arguments,
        )
    links = {"self": itself(request), "arrangements": path(request, "arrangements")}
    return render(request, with_links(AssignmentAnswer, answer, links, method="evidence"))
