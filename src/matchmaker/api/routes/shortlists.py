"""Shortlists for one recipient or several, with the caller's own figures if need be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from fastapi import Query as QueryParameter
from pydantic import Field

from matchmaker.api.dependencies import Code, EngineDep, QueryDep
from matchmaker.api.metrics import SHORTLISTS
from matchmaker.api.parts import Part, details, left_out, listed_facts
from matchmaker.api.problems import UNCHANGED, responses
from matchmaker.api.responses import CSV, TABLE, add_links, cacheable, path, query_string, render, self_link
from matchmaker.api.schemas import ShortlistResponse, ShortlistsResponse, WhyNotResponse
from matchmaker.api.user_data import MAX_CHARACTERS, DataRows, with_rows, with_text
from matchmaker.api.work import OWN_DATA, Work, list_cost
from matchmaker.errors import AmbiguousName, MatchmakerError, UnknownOrganisation
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import MAX_DRAWS, ShortlistQuery, Text
from matchmaker.models.types import N_DRAWS, Shortlist

router = APIRouter(prefix="/v1/{sector}", tags=["shortlists"])
PARTS = (
    "More of the answer as JSON: `rows` (how each fit adds up), `reasons` (which criterion each comes from), "
    "`figures` (rows and reasons with the published figures of both sides), `facts` (each with value, unit, "
    "age and source), `excluded` (who is left out, and why), `draws` (all that draws of weights and unknowns "
    "tell), or `all`."
)
Include = Annotated[list[Part] | None, QueryParameter(max_length=7, description=PARTS)]


class QueryBody(ShortlistQuery):
    """A query as a body holds it."""

    arrangement: Annotated[str, Field(max_length=40)] | None = None
    """The form of partnership, by name; by default the first of the sector."""
    limit: int = Field(default=10, ge=1, le=100)
    """How many options to show."""
    n_draws: int = Field(default=N_DRAWS, ge=0, le=MAX_DRAWS)
    """Draws of weights and unknown figures from which rank intervals are made; 0 leaves them out."""


class ShortlistsRequest(QueryBody):
    """The same query for several recipients."""

    recipients: list[Text] = Field(min_length=1, max_length=50)
    """Codes or names."""
    data: DataRows | Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)] | None = None
    """Figures of your own, laid over the published ones: rows, or the text of a CSV file."""
    include: list[Part] = Field(default=[], max_length=7, description=PARTS)


async def _list_work(request: Request, query: QueryDep) -> AsyncIterator[None]:
    async with request.app.state.work.admitted_list(request.scope, list_cost(query)):
        yield


async def _own_list_work(request: Request, query: QueryDep) -> AsyncIterator[None]:
    async with request.app.state.work.admitted(request.scope, list_cost(query) + OWN_DATA):
        yield


async def _lists_work(request: Request, body: ShortlistsRequest) -> AsyncIterator[None]:
    cost = list_cost(body, len(body.recipients)) + (OWN_DATA if body.data is not None else 0)
    async with request.app.state.work.admitted(request.scope, cost):
        yield


def _answer(
    engine: Matchmaker, recipient: str, query: ShortlistQuery, include: Collection[Part] | None
) -> Shortlist:
    answer = engine.answer(recipient, query, details(include or ()))
    SHORTLISTS.labels(engine.sector.name, answer.arrangement).inc()
    return answer


def _links(request: Request, engine: Matchmaker, answer: Shortlist) -> dict[str, str]:
    sector, query = engine.sector.name, query_string(request)
    own = (sector, "organisations", answer.recipient.code)
    return {
        "organisation": path(request, *own),
        "profile": path(request, *own, "profile"),
        "candidate": path(request, *own, "candidates", "{candidate}") + (f"?{query}" if query else ""),
        "arrangements": path(request, sector, "arrangements"),
        "evidence": path(request, sector, "evidence"),
        "sources": path(request, sector, "sources"),
    }


def _response(engine: Matchmaker, answer: Shortlist, links: dict[str, str]) -> ShortlistResponse:
    return add_links(ShortlistResponse, answer, links, listed_facts=listed_facts(answer, engine.sector))


def _render(
    request: Request, engine: Matchmaker, answer: Shortlist, include: Collection[Part] | None
) -> Response:
    own = self_link(request)
    full = (
        {}
        if include or request.method != "GET"
        else {"full": f"{own}{'&' if '?' in own else '?'}include=all"}
    )
    response = _response(engine, answer, {"self": own, **full, **_links(request, engine, answer)})
    name = f"shortlist-{answer.recipient.code}"
    return render(request, response, answer.to_rows, name, left_out(include or ()))


@router.get(
    "/organisations/{code}/shortlist",
    operation_id="get_shortlist",
    summary="Options to consider for one organisation",
    response_model=ShortlistResponse,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
    dependencies=[Depends(cacheable), Depends(_list_work, scope="function")],
)
def get_shortlist(
    request: Request, engine: EngineDep, code: Code, query: QueryDep, include: Include = None
) -> Response:
    """Rank and explain the options for one recipient."""
    return _render(request, engine, _answer(engine, code, query, include), include)


@router.post(
    "/organisations/{code}/shortlist",
    operation_id="create_shortlist",
    summary="Options to consider for one organisation, with figures of your own",
    response_model=ShortlistResponse,
    responses={200: TABLE, **responses(404, 409, 400, 408, 413, 415)},
    dependencies=[Depends(_own_list_work, scope="function")],
)
def create_shortlist(
    request: Request,
    engine: EngineDep,
    code: Code,
    query: QueryDep,
    table: Annotated[
        str,
        Body(
            media_type=CSV,
            description="A CSV file in UTF-8, as `matchmaker template` writes one.",
            max_length=MAX_CHARACTERS,
        ),
    ],
    include: Include = None,
) -> Response:
    """Lay an uploaded CSV file over the published figures, for this answer alone; nothing is kept."""
    own = with_text(engine, table)
    return _render(request, own, _answer(own, code, query, include), include)


@router.post(
    "/shortlists",
    operation_id="create_shortlists",
    summary="Shortlists for several recipients",
    response_model=ShortlistsResponse,
    responses={200: TABLE, **responses(400, 404, 408, 413, 415)},
    dependencies=[Depends(_lists_work, scope="function")],
)
def create_shortlists(request: Request, engine: EngineDep, body: ShortlistsRequest) -> Response:
    """The same query for several recipients at once, with figures of your own."""
    if isinstance(body.data, str):
        engine = with_text(engine, body.data)
    elif body.data is not None:
        engine = with_rows(engine, body.data)
    work: Work = request.app.state.work
    answers = []
    with body.locating_errors():
        for at, answer in enumerate(engine.shortlists(body.recipients, body, details(body.include))):
            work.between_parts(request.scope)
            if isinstance(answer, MatchmakerError):
                if isinstance(answer, UnknownOrganisation | AmbiguousName):
                    answer.loc = ("recipients", at)
                raise answer
            SHORTLISTS.labels(engine.sector.name, answer.arrangement).inc()
            answers.append(answer)
    first = answers[0]
    response = ShortlistsResponse(
        snapshot=first.snapshot,
        method=first.method,
        version=first.version,
        as_of=first.as_of,
        links={
            "self": self_link(request),
            "arrangements": path(request, engine.sector.name, "arrangements"),
        },
        shortlists=[_response(engine, answer, _links(request, engine, answer)) for answer in answers],
    )
    rows = (row for one in answers for row in one.to_rows())
    return render(request, response, lambda: rows, "shortlists", left_out(body.include), "shortlists")


@router.get(
    "/organisations/{code}/candidates/{candidate}",
    operation_id="get_candidate",
    summary="Why a candidate stands where it does, and what would change it",
    response_model=WhyNotResponse,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
    dependencies=[Depends(cacheable), Depends(_list_work, scope="function")],
)
def get_candidate(
    request: Request,
    engine: EngineDep,
    code: Code,
    candidate: Annotated[
        str, Path(min_length=1, max_length=120, description="Code or name of the candidate.")
    ],
    query: QueryDep,
) -> Response:
    """Explain any candidate, excluded ones included."""
    answer = engine.explain(code, candidate, query)
    own, other = answer.recipient.code, answer.candidate.code
    organisations = (engine.sector.name, "organisations")
    query_text = query_string(request)
    string = f"?{query_text}" if query_text else ""
    links = {
        "self": self_link(request),
        "shortlist": path(request, *organisations, own, "shortlist") + string,
        "recipient": path(request, *organisations, own),
        "candidate": path(request, *organisations, other),
    }
    response = add_links(WhyNotResponse, answer, links)
    return render(request, response, answer.to_rows, f"candidate-{own}-{other}")
