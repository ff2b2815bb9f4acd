"""Shortlists for one trust or several, with figures of the caller's own if need be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from pydantic import Field

from matchmaker.api.dependencies import MOST_DRAWS, Asked, Asking, AsOf, Draws, Engine, Limit, Name, Question
from matchmaker.api.error_locations import placed
from matchmaker.api.metrics import SHORTLISTS
from matchmaker.api.problems import UNCHANGED, responses
from matchmaker.api.responses import CSV, itself, lasting, path, render, with_links
from matchmaker.api.schemas import ShortlistAnswer, ShortlistsAnswer, WhyNotAnswer
from matchmaker.api.user_data import MOST_CHARACTERS, OwnRows, with_rows, with_text
from matchmaker.models import uncertainty
from matchmaker.models.engine import Matchmaker
from matchmaker.models.tables import Row
from matchmaker.models.types import Shortlist

router = APIRouter(prefix="/v1", tags=["shortlists"])
TABLE: dict[str, Any] = {
    "content": {CSV: {"schema": {"type": "string"}}},
    "description": "JSON, or CSV where it is asked for.",
}


class ShortlistsRequest(Question):
    """The same question for several recipients.

    Attributes:
        data: figures of your own, laid over the published ones; see docs/own-data.md.
    """

    recipients: list[Name] = Field(min_length=1, max_length=50, examples=[["RPA", "RVV"]])
    as_of: date | None = None
    limit: int = Field(default=10, ge=1, le=100)
    draws: int = Field(default=uncertainty.N_DRAWS, ge=0, le=MOST_DRAWS)
    data: OwnRows | Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)] | None = Field(
        default=None,
        description="Rows, or the text of a CSV file.",
        examples=[[{"code": "RPA", "staff_fte": 5200}]],
    )


def _asked(
    engine: Matchmaker, code: str, question: Question, as_of: date | None, limit: int, draws: int | None
) -> Shortlist:
    with placed(engine, question, as_of, "query"):
        answer = engine.shortlist(
            code,
            as_of=as_of,
            limit=limit,
            draws=uncertainty.N_DRAWS if draws is None else draws,
            **question.arguments(),
        )
    SHORTLISTS.labels(answer.arrangement).inc()
    return answer


def _links(request: Request, answer: Shortlist) -> dict[str, str]:
    own, query = answer.recipient.code, request.url.query
    candidates = (
        path(request, "trusts", own, "candidates", "{candidate}").replace("%7B", "{").replace("%7D", "}")
    )
    return {
        "trust": path(request, "trusts", own),
        "profile": path(request, "trusts", own, "profile"),
        "candidate": candidates + (f"?{query}" if query else ""),
        "arrangements": path(request, "arrangements"),
        "evidence": path(request, "evidence"),
        "sources": path(request, "sources"),
    }


def _rows(answer: Shortlist) -> Iterator[Row]:
    for option in answer.options:
        told = option.uncertainty
        yield {
            "recipient": answer.recipient.code,
            "arrangement": answer.arrangement,
            "rank": option.rank,
            "code": option.trust.code,
            "name": option.trust.name,
            "region": option.trust.region,
            "locality": option.trust.locality,
            "fit": option.fit,
            "coverage": option.coverage,
            "rank_low": told and told.rank_low,
            "rank_high": told and told.rank_high,
            "distance_km": option.distance_km,
            "size_ratio": option.size_ratio,
            "reasons_for": option.reasons_for,
            "reasons_against": option.reasons_against,
            "unknowns": option.unknowns,
            "violated_rules": option.violated_rules,
            "as_of": answer.as_of,
            "snapshot": answer.snapshot,
            "method": answer.method,
            "version": answer.version,
        }


def _told(request: Request, code: str, answer: Shortlist) -> Response:
    links = {"self": itself(request), **_links(request, answer)}
    return render(
        request, with_links(ShortlistAnswer, answer, links), lambda: _rows(answer), f"shortlist-{code}"
    )


@router.get(
    "/trusts/{code}/shortlist",
    operation_id="get_shortlist",
    summary="Options to consider for one trust",
    response_model=ShortlistAnswer,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
    dependencies=[Depends(lasting)],
)
def get_shortlist(
    request: Request,
    engine: Engine,
    code: Asked,
    question: Asking,
    as_of: AsOf = None,
    limit: Limit = 10,
    draws: Draws = None,
) -> Response:
    """Rank and explain the options for one recipient."""
    return _told(request, code, _asked(engine, code, question, as_of, limit, draws))


@router.post(
    "/trusts/{code}/shortlist",
    operation_id="create_shortlist",
    summary="Options to consider for one trust, with figures of your own",
    response_model=ShortlistAnswer,
    responses={200: TABLE, **responses(404, 409, 400, 408, 413, 415)},
)
def create_shortlist(
    request: Request,
    engine: Engine,
    code: Asked,
    question: Asking,
    table: Annotated[
        str,
        Body(
            media_type=CSV,
            description="A CSV file in UTF-8, as `matchmaker template` writes one.",
            max_length=MOST_CHARACTERS,
            examples=["ods,staff_fte\nRPA,5200\n"],
        ),
    ],
    as_of: AsOf = None,
    limit: Limit = 10,
    draws: Draws = None,
) -> Response:
    """Lay an uploaded CSV file over the published figures, for this question alone; nothing is kept."""
    return _told(request, code, _asked(with_text(engine, table), code, question, as_of, limit, draws))


@router.post(
    "/shortlists",
    operation_id="create_shortlists",
    summary="Shortlists for several recipients",
    response_model=ShortlistsAnswer,
    responses={200: TABLE, **responses(400, 408, 413, 415)},
)
def create_shortlists(request: Request, engine: Engine, asked: ShortlistsRequest) -> Response:
    """Own weights, rules, focus and figures, for several recipients at once."""
    if asked.data is not None:
        engine = (
            with_text(engine, asked.data) if isinstance(asked.data, str) else with_rows(engine, asked.data)
        )
    found = []
    for at, recipient in enumerate(asked.recipients):
        with placed(engine, asked, asked.as_of, "body", ("recipients", at)):
            found.append(
                engine.shortlist(
                    recipient, as_of=asked.as_of, limit=asked.limit, draws=asked.draws, **asked.arguments()
                )
            )
        SHORTLISTS.labels(asked.arrangement).inc()
    first = found[0]
    answer = ShortlistsAnswer(
        snapshot=first.snapshot,
        method=first.method,
        version=first.version,
        as_of=first.as_of,
        links={"self": itself(request), "arrangements": path(request, "arrangements")},
        shortlists=[with_links(ShortlistAnswer, one, _links(request, one)) for one in found],
    )
    return render(request, answer, lambda: (row for one in found for row in _rows(one)), "shortlists")


@router.get(
    "/trusts/{code}/candidates/{candidate}",
    operation_id="get_candidate",
    summary="Why a candidate stands where it does, and what would change it",
    response_model=WhyNotAnswer,
    responses=UNCHANGED | responses(404, 409),
    dependencies=[Depends(lasting)],
)
def get_candidate(
    request: Request,
    engine: Engine,
    code: Asked,
    candidate: Annotated[str, Path(min_length=1, max_length=120, examples=["RN7"])],
    question: Asking,
    as_of: AsOf = None,
    limit: Limit = 10,
) -> Response:
    """Explain any candidate, excluded ones included."""
    with placed(engine, question, as_of, "query"):
        answer = engine.why_not(code, candidate, as_of=as_of, limit=limit, **question.arguments())
    own, other = answer.recipient.code, answer.candidate.code
    query = f"?{request.url.query}" if request.url.query else ""
    links = {
        "self": itself(request),
        "shortlist": path(request, "trusts", own, "shortlist") + query,
        "recipient": path(request, "trusts", own),
        "candidate": path(request, "trusts", other),
    }
    return render(request, with_links(WhyNotAnswer, answer, links))
