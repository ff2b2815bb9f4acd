"""Scores of given pairs, and many recipients matched at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from matchmaker.api.dependencies import EngineDep
from matchmaker.api.problems import responses
from matchmaker.api.responses import TABLE, add_links, path, render, self_link
from matchmaker.api.routes.shortlists import QueryBody
from matchmaker.api.schemas import AssignmentResponse, PairScore, ScoresResponse
from matchmaker.api.work import ASSIGNMENT
from matchmaker.errors import InvalidParameter, MatchmakerError
from matchmaker.models.assignment import CAPACITY, FLOOR, N_DRAWS
from matchmaker.models.query import Text

router = APIRouter(prefix="/v1/{sector}", tags=["scores"])


class PairRequest(BaseModel):
    """A recipient and a candidate, by code or name."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    recipient: Text
    """Code or name of the recipient."""
    candidate: Text
    """Code or name of the candidate."""


class ScoresRequest(QueryBody):
    """Pairs to be scored by one query."""

    pairs: list[PairRequest] = Field(min_length=1, max_length=1000)
    """The pairs."""


@router.post(
    "/scores",
    operation_id="create_scores",
    summary="Scores of given pairs",
    response_model=ScoresResponse,
    responses={200: TABLE, **responses(400, 404, 408, 413, 415)},
)
def create_scores(request: Request, engine: EngineDep, body: ScoresRequest) -> Response:
    """Score pairs in a batch, without explanation."""
    with body.locating_errors():
        recommender = engine.recommender(
            body.arrangement,
            body.as_of,
            method=body.method,
            weights=body.weights,
            relax=body.relax,
            parameters=body.rule_parameters(),
            focus=body.focus,
            service=body.service,
        )
    day, position = recommender.profiles.as_of, recommender.profiles.position
    pairs = []
    for at, pair in enumerate(body.pairs):
        found = []
        for side in ("recipient", "candidate"):
            try:
                found.append(engine.find(getattr(pair, side), day).organisation.code)
            except MatchmakerError as error:
                error.loc = ("pairs", at, side)
                raise
        pairs.append((found[0], found[1]))
    rows = {recipient: position[recipient] for recipient, _ in pairs}
    order = {recipient: at for at, recipient in enumerate(rows)}
    with body.locating_errors():
        scores = recommender.ranker.scores(np.array(list(rows.values())))
        eligible = {recipient: recommender.eligible(row) for recipient, row in rows.items()}
    answer = ScoresResponse(
        snapshot=engine.snapshot.hash,
        method=recommender.ranker.name,
        version=recommender.version,
        as_of=day,
        links={
            "self": self_link(request),
            "arrangements": path(request, engine.sector.name, "arrangements"),
        },
        scores=[
            PairScore(
                recipient=recipient,
                candidate=candidate,
                fit=float(scores.score[order[recipient], position[candidate]]),
                coverage=float(scores.coverage[order[recipient], position[candidate]]),
                eligible=bool(eligible[recipient][position[candidate]]),
            )
            for recipient, candidate in pairs
        ],
    )

    def table() -> Iterator[dict[str, Any]]:
        shared = answer.model_dump(include={"as_of", "snapshot", "method", "version"})
        return (score.model_dump() | shared for score in answer.scores)

    return render(request, answer, table, "scores")


class AssignmentRequest(QueryBody):
    """Many recipients, each to be given one partner."""

    recipients: list[Text] = Field(default_factory=list, max_length=100)
    """Codes or names; by default all that are in need by the sector's definition."""
    regions: list[Text] = Field(default_factory=list, max_length=20)
    """Only recipients of these regions."""
    capacity: int = Field(default=CAPACITY, ge=1, le=20)
    """How many recipients a partner may have, help on record included."""
    floor: float = Field(default=FLOOR, ge=0, le=1, allow_inf_nan=False)
    """The least fit of a pair."""
    n_draws: int = Field(default=N_DRAWS, ge=0, le=400)
    """Draws of weights and unknown figures, for how often each pair is made; 0 leaves them out."""


async def _assignment_work(request: Request, body: AssignmentRequest) -> AsyncIterator[None]:
    cost = ASSIGNMENT * (1 + body.n_draws / N_DRAWS) / 2
    async with request.app.state.work.admitted(request.scope, cost):
        yield


@router.post(
    "/assignments",
    operation_id="create_assignment",
    summary="One option for each of many organisations at once",
    response_model=AssignmentResponse,
    responses={200: TABLE, **responses(400, 404, 408, 413, 415)},
    dependencies=[Depends(_assignment_work, scope="function")],
)
def create_assignment(request: Request, engine: EngineDep, body: AssignmentRequest) -> Response:
    """Find pairs whose fits add up to the most, each partner with limited capacity."""
    if body.method != "evidence":
        reason = f"Many organisations at once can't be matched by the method '{body.method}'."
        step = "Leave the method out: only fits by the evidence can be added up."
        raise InvalidParameter(reason, step, ("method",))
    with body.locating_errors():
        answer = engine.assign(
            body.recipients,
            body.arrangement,
            body.as_of,
            capacity=body.capacity,
            floor=body.floor,
            regions=body.regions,
            n_draws=body.n_draws,
            weights=body.weights,
            relax=body.relax,
            parameters=body.rule_parameters(),
            focus=body.focus,
            service=body.service,
        )
    links = {
        "self": self_link(request),
        "arrangements": path(request, engine.sector.name, "arrangements"),
    }
    response = add_links(AssignmentResponse, answer, links, method=body.method)
    return render(request, response, answer.to_rows, "assignment")
