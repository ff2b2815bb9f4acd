"""Shortlists, scores of given pairs, and why a candidate stands where it does."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from matchmaker.api.asking import Asked, Asking, AsOf, Engine, Limit, Question
from matchmaker.models.explanation import Shortlist, WhyNot

router = APIRouter(prefix="/v1", tags=["shortlists"])


class ShortlistsRequest(Question):
    """The same question for several recipients."""

    recipients: list[Annotated[str, Field(min_length=1, max_length=120)]] = Field(
        min_length=1, max_length=50, examples=[["RPA", "RVV"]]
    )
    as_of: date | None = None
    limit: int = Field(default=10, ge=1, le=100)


class Pair(BaseModel):
    """A recipient and a candidate, by code or name."""

    recipient: str = Field(min_length=1, max_length=120, examples=["RPA"])
    candidate: str = Field(min_length=1, max_length=120, examples=["RN7"])


class ScoresRequest(Question):
    """Pairs to be scored by one question."""

    pairs: list[Pair] = Field(min_length=1, max_length=1000)
    as_of: date | None = None


class PairScore(BaseModel):
    """One pair's score, and whether the rules let it stand."""

    recipient: str
    candidate: str
    fit: float
    coverage: float
    eligible: bool


class ScoresAnswer(BaseModel):
    """Scores in the order of the pairs asked about."""

    snapshot: str
    method: str
    version: str
    as_of: date
    scores: list[PairScore]


@router.get(
    "/trusts/{ods}/shortlist", operation_id="get_shortlist", summary="Options to consider for one trust"
)
def get_shortlist(
    engine: Engine, ods: Asked, question: Asking, as_of: AsOf = None, limit: Limit = 10
) -> Shortlist:
    """Rank and explain the options for one recipient."""
    return engine.shortlist(ods, as_of=as_of, limit=limit, **question.arguments())


@router.get(
    "/trusts/{ods}/candidates/{candidate}",
    operation_id="get_candidate",
    summary="Why a candidate stands where it does, and what would change it",
)
def get_candidate(
    engine: Engine,
    ods: Asked,
    candidate: Annotated[str, Path(min_length=1, max_length=120, examples=["RN7"])],
    question: Asking,
    as_of: AsOf = None,
    limit: Limit = 10,
) -> WhyNot:
    """Explain any candidate, excluded ones included."""
    return engine.why_not(ods, candidate, as_of=as_of, limit=limit, **question.arguments())


@router.post("/shortlists", operation_id="create_shortlists", summary="Shortlists for several recipients")
def create_shortlists(engine: Engine, asked: ShortlistsRequest) -> list[Shortlist]:
    """Own weights, rules and focus, several recipients."""
    arguments = asked.arguments()
    return [
        engine.shortlist(recipient, as_of=asked.as_of, limit=asked.limit, **arguments)
        for recipient in asked.recipients
    ]


@router.post("/scores", operation_id="create_scores", summary="Scores of given pairs")
def create_scores(engine: Engine, asked: ScoresRequest) -> ScoresAnswer:
    """Score pairs in a batch, without explanation."""
    matcher = engine.matcher(as_of=asked.as_of, **asked.arguments())
    day, position = matcher.profiles.as_of, matcher.profiles.position
    codes = [
        tuple(engine.find(one, day).organisation.ods for one in (pair.recipient, pair.candidate))
        for pair in asked.pairs
    ]
    rows = {own: position[own] for own, _ in codes}
    order = {own: at for at, own in enumerate(rows)}
    scores = matcher.ranker.scores(np.array(list(rows.values())))
    eligible = {own: matcher.eligible(row) for own, row in rows.items()}
    return ScoresAnswer(
        snapshot=engine.snapshot.hash,
        method=matcher.ranker.name,
        version=matcher.version,
        as_of=day,
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
