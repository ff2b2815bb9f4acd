"""Trusts: the list, one of them, its profile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from matchmaker.api.dependencies import Asked, AsOf, Engine
from matchmaker.api.problems import UNCHANGED, FaultDetail, Placed, responses
from matchmaker.api.responses import base, lasting, path, render, with_links
from matchmaker.api.routes.shortlists import TABLE
from matchmaker.api.schemas import ProfileAnswer, TrustAnswer, TrustPage, TrustRow
from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles

router = APIRouter(prefix="/v1", tags=["trusts"], dependencies=[Depends(lasting)])


@router.get(
    "/trusts",
    operation_id="list_trusts",
    summary="Trusts open on a day",
    response_model=TrustPage,
    responses={200: TABLE, **UNCHANGED, **responses()},
)
def list_trusts(
    request: Request,
    engine: Engine,
    search: Annotated[
        str, Query(max_length=120, description="Words of name, code, region or system.", examples=["kent"])
    ] = "",
    org_type: Annotated[str | None, Query(description="Only trusts of this kind.")] = None,
    region: Annotated[str | None, Query(max_length=80, examples=["London"])] = None,
    locality: Annotated[str | None, Query(max_length=120, examples=["Kent and Medway"])] = None,
    segment: Annotated[int | None, Query(ge=1, le=5, description="Only this oversight segment.")] = None,
    as_of: AsOf = None,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Search, filter and page through the trusts."""
    profiles = _profiles(engine, as_of)
    words = search.casefold().split()
    wanted = {
        "region": _known(profiles, "region", region),
        "locality": _known(profiles, "locality", locality),
        "type": org_type,
        "segment": segment,
    }
    filters = {name: value for name, value in wanted.items() if value is not None}
    found = [
        row
        for row in _rows(profiles)
        if all(getattr(row, name) == value for name, value in filters.items())
        and all(
            word in f"{row.code} {row.name} {row.type} {row.region} {row.locality}".casefold()
            for word in words
        )
    ]
    pages = {"next": offset + limit, "prev": max(0, offset - limit)}
    if offset + limit >= len(found):
        del pages["next"]
    if offset == 0:
        del pages["prev"]
    query = {"search": search or None, **filters, "as_of": as_of, "limit": limit}
    links = {name: path(request, "trusts", **query, offset=at) for name, at in pages.items()}
    answer = TrustPage(
        total=len(found),
        offset=offset,
        limit=limit,
        trusts=found[offset : offset + limit],
        **base(request, profiles.as_of, **links, trust=f"{path(request, 'trusts')}/{{code}}"),
    )
    said = {"as_of": profiles.as_of, "snapshot": answer.snapshot}
    return render(request, answer, lambda: (row.model_dump() | said for row in answer.trusts), "trusts")


@router.get(
    "/trusts/{code}",
    operation_id="get_trust",
    summary="One trust, through its successor if closed",
    response_model=TrustAnswer,
    responses=UNCHANGED | responses(404, 409),
)
def get_trust(request: Request, engine: Engine, code: Asked, as_of: AsOf = None) -> Response:
    """Find a trust by code or name."""
    profiles = _profiles(engine, as_of)
    found = engine.find(code, profiles.as_of)
    links = _links(request, found.organisation.code, as_of)
    told = base(request, profiles.as_of, **links)
    return render(request, TrustAnswer(organisation=found.organisation, via=list(found.via), **told))


@router.get(
    "/trusts/{code}/profile",
    operation_id="get_profile",
    summary="The profile of one trust",
    response_model=ProfileAnswer,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
)
def get_profile(request: Request, engine: Engine, code: Asked, as_of: AsOf = None) -> Response:
    """Every feature with value, percentile, age and source."""
    profiles = _profiles(engine, as_of)
    found = engine.profile(code, profiles.as_of)
    told = base(
        request, profiles.as_of, **_links(request, found.code, as_of), features=path(request, "features")
    )
    answer = with_links(ProfileAnswer, found, told["links"], version=told["version"])
    return render(request, answer, found.rows, f"profile-{found.code}")


def _profiles(engine: Engine, as_of: date | None) -> Profiles:
    try:
        return engine.profiles(as_of)
    except InvalidParameter as error:
        fault = FaultDetail(part="query", pointer="/as_of", detail=error.message)
        raise Placed(error, [fault], error.status) from error


def _links(request: Request, code: str, as_of: date | None) -> dict[str, str]:
    return {
        "trust": path(request, "trusts", code, as_of=as_of),
        "profile": path(request, "trusts", code, "profile", as_of=as_of),
        "shortlist": path(request, "trusts", code, "shortlist", as_of=as_of),
        "sources": path(request, "sources"),
    }


def _rows(profiles: Profiles) -> Iterator[TrustRow]:
    segments = profiles.values[:, profiles.column["oversight_segment"]]
    columns = profiles.organisations.select("code", "name", "type", "region", "locality")
    for row, segment in zip(columns.iter_rows(named=True), segments, strict=True):
        yield TrustRow(**row, segment=None if np.isnan(segment) else int(segment))


def _known(profiles: Profiles, column: str, asked: str | None) -> str | None:
    """A region or system in the spelling of the figures."""
    if asked is None:
        return None
    names = profiles.organisations[column].drop_nulls().unique().sort()
    known: dict[str, str] = {name.casefold(): name for name in names}
    if asked.strip().casefold() not in known:
        step = f"The {column}s are: {', '.join(known.values())}."
        error = InvalidParameter(f"There is no {column} '{asked}'.", step)
        raise Placed(error, [FaultDetail(part="query", pointer=f"/{column}", detail=error.message)], 422)
    return known[asked.strip().casefold()]
