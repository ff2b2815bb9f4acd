"""Organisations: the list, one of them, its profile and overview, and early-warning signs of all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from matchmaker.api.dependencies import AsOf, Code, EngineDep
from matchmaker.api.problems import UNCHANGED, responses
from matchmaker.api.report_schemas import (
    ComparisonResponse,
    EarlyWarningResponse,
    OverviewResponse,
    ProfileResponse,
)
from matchmaker.api.responses import TABLE, add_links, cacheable, path, render, response_metadata, wants_csv
from matchmaker.api.schemas import (
    MatchRecord,
    OrganisationItem,
    OrganisationPage,
    OrganisationRecord,
    OrganisationResponse,
)
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.assignment import triage
from matchmaker.models.engine import Matchmaker

router = APIRouter(prefix="/v1/{sector}", tags=["organisations"], dependencies=[Depends(cacheable)])
PAGE = 100
"""How many organisations stand on a page where nothing else is asked for."""
Type = Annotated[str | None, Query(max_length=80, description="Only organisations of this type.")]


@router.get(
    "/organisations",
    operation_id="list_organisations",
    summary="Organisations open on a day",
    response_model=OrganisationPage,
    responses={200: TABLE, **UNCHANGED, **responses(404)},
)
def list_organisations(
    request: Request,
    engine: EngineDep,
    search: Annotated[
        str, Query(max_length=120, description="Words of name, code, type, region or locality.")
    ] = "",
    type: Type = None,
    region: Annotated[
        str | None, Query(max_length=80, description="Only organisations of this region.")
    ] = None,
    locality: Annotated[
        str | None, Query(max_length=120, description="Only organisations of this locality.")
    ] = None,
    in_need: Annotated[
        bool | None, Query(description="Only organisations that are, or are not, in need of a partner.")
    ] = None,
    feature: Annotated[
        str | None, Query(max_length=80, description="A feature that `at_least` and `at_most` limit.")
    ] = None,
    at_least: Annotated[
        float | None, Query(allow_inf_nan=False, description="Lowest value of the feature.")
    ] = None,
    at_most: Annotated[
        float | None, Query(allow_inf_nan=False, description="Highest value of the feature.")
    ] = None,
    as_of: AsOf = None,
    offset: Annotated[int, Query(ge=0, le=100_000, description="How many to pass over.")] = 0,
    limit: Annotated[
        int | None,
        Query(ge=1, le=500, description="Maximum number on a page. Default: 100, and in a table all."),
    ] = None,
) -> Response:
    """Search, filter and page through the organisations; a table without a limit holds all of them."""
    profiles = engine.profiles(as_of)
    filters = {
        "type": _in_spelling_of(profiles, "type", type),
        "region": _in_spelling_of(profiles, "region", region),
        "locality": _in_spelling_of(profiles, "locality", locality),
        "in_need": in_need,
    }
    filters = {name: value for name, value in filters.items() if value is not None}
    within = _within(profiles, feature, at_least, at_most)
    words = search.casefold().split()
    found = [
        row
        for row, is_within in zip(_rows(engine, profiles), within, strict=True)
        if is_within
        and all(row[name] == value for name, value in filters.items())
        and all(
            word in f"{row['code']} {row['name']} {row['type']} {row['region']} {row['locality']}".casefold()
            for word in words
        )
    ]
    query_limit = limit
    if limit is None:
        limit = max(1, len(found)) if wants_csv(request.headers.get("accept", "")) else PAGE
    pages = {"next": offset + limit, "prev": max(0, offset - limit)}
    if offset + limit >= len(found):
        del pages["next"]
    if offset == 0:
        del pages["prev"]
    limits = {"feature": feature, "at_least": at_least, "at_most": at_most}
    query = {"search": search or None, **filters, **limits, "as_of": as_of, "limit": query_limit}
    here = (engine.sector.name, "organisations")
    links = {name: path(request, *here, **query, offset=at) for name, at in pages.items()}
    answer = OrganisationPage(
        total=len(found),
        offset=offset,
        limit=limit,
        organisations=[OrganisationItem(**row) for row in found[offset : offset + limit]],
        **response_metadata(
            request, engine, profiles.as_of, **links, organisation=path(request, *here, "{code}")
        ),
    )

    def table() -> Iterator[dict[str, Any]]:
        for item in answer.organisations:
            row = item.model_dump()
            headlines = row.pop("headlines")
            yield row | headlines | {"as_of": profiles.as_of, "snapshot": answer.snapshot}

    return render(request, answer, table, "organisations")


@router.get(
    "/organisations/{code}",
    operation_id="get_organisation",
    summary="One organisation, through its successor if closed",
    response_model=OrganisationResponse,
    responses=UNCHANGED | responses(404, 409),
)
def get_organisation(request: Request, engine: EngineDep, code: Code, as_of: AsOf = None) -> Response:
    """Find an organisation by code or name."""
    day = engine.profiles(as_of).as_of
    found = engine.find(code, day)
    answer = OrganisationResponse(
        organisation=OrganisationRecord.model_validate(found.organisation),
        matched=MatchRecord.model_validate(found.matched),
        via=[OrganisationRecord.model_validate(closed) for closed in found.via],
        **response_metadata(request, engine, day, **_links(request, engine, found.organisation.code, as_of)),
    )
    return render(request, answer)


@router.get(
    "/organisations/{code}/profile",
    operation_id="get_profile",
    summary="The profile of one organisation",
    response_model=ProfileResponse,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
)
def get_profile(request: Request, engine: EngineDep, code: Code, as_of: AsOf = None) -> Response:
    """Every feature with value, percentile, age and source."""
    profile = engine.profile(code, as_of)
    links = _links(request, engine, profile.code, as_of)
    meta = response_metadata(request, engine, profile.as_of, **links)
    answer = add_links(ProfileResponse, profile, meta["links"], version=meta["version"])
    return render(request, answer, profile.rows, f"profile-{profile.code}")


@router.get(
    "/organisations/{code}/overview",
    operation_id="get_overview",
    summary="Profile, nearest peers, key measures over the years and early-warning signs of one organisation",
    response_model=OverviewResponse,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
)
def get_overview(request: Request, engine: EngineDep, code: Code, as_of: AsOf = None) -> Response:
    """All that the page of an organisation shows."""
    overview = engine.overview(code, as_of)
    profile = overview.profile
    links = _links(request, engine, profile.code, as_of)
    answer = add_links(
        OverviewResponse, overview, **response_metadata(request, engine, profile.as_of, **links)
    )
    return render(request, answer, overview.to_rows, f"overview-{profile.code}")


@router.get(
    "/comparison",
    operation_id="get_comparison",
    summary="Two to eight organisations side by side",
    response_model=ComparisonResponse,
    responses={200: TABLE, **UNCHANGED, **responses(404, 409)},
)
def get_comparison(
    request: Request,
    engine: EngineDep,
    organisation: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=120)]],
        Query(min_length=2, max_length=8, description="Codes or names; the first is the one asked about."),
    ],
    own: Annotated[
        list[Annotated[str, Field(max_length=400)]] | None,
        Query(
            alias="set",
            max_length=20,
            description="A set of one's own: rules such as `region=NAME`, all of which must hold, and "
            "codes with commas between them, which are added.",
        ),
    ] = None,
    as_of: AsOf = None,
) -> Response:
    """Every figure with its period, its spread among those of the type and region of the first, and years."""
    found = engine.compare(organisation, as_of, own=own or ())
    first = found.profiles[0]
    meta = response_metadata(request, engine, first.as_of, **_links(request, engine, first.code, as_of))
    answer = add_links(ComparisonResponse, found, **meta)
    return render(request, answer, found.to_rows, "comparison")


@router.get(
    "/early-warning",
    operation_id="get_early_warning",
    summary="Early-warning signs of every open organisation",
    response_model=EarlyWarningResponse,
    responses={200: TABLE, **UNCHANGED, **responses(404)},
)
def get_early_warning(request: Request, engine: EngineDep, type: Type = None, as_of: AsOf = None) -> Response:
    """The most signs first, with how often such signs were right and how often they were false."""
    report = engine.signs(as_of, type)
    meta = response_metadata(
        request, engine, report.as_of, features=path(request, engine.sector.name, "features")
    )
    answer = add_links(EarlyWarningResponse, report, meta["links"], version=meta["version"])
    return render(request, answer, report.to_rows, "early-warning")


def _links(request: Request, engine: Matchmaker, code: str, as_of: object) -> dict[str, str]:
    sector = engine.sector.name
    own = (sector, "organisations", code)
    return {
        "organisation": path(request, *own, as_of=as_of),
        "profile": path(request, *own, "profile", as_of=as_of),
        "overview": path(request, *own, "overview", as_of=as_of),
        "shortlist": path(request, *own, "shortlist", as_of=as_of),
        "features": path(request, sector, "features"),
        "sources": path(request, sector, "sources"),
    }


def _rows(engine: Matchmaker, profiles: Profiles) -> Iterator[dict[str, Any]]:
    """What the list says of each organisation."""
    names = engine.sector.display.headline_features
    values = profiles.values[:, [profiles.column[name] for name in names]].tolist()
    needy = {one.organisation.code for one in triage.in_need(profiles)}
    columns = profiles.organisations.select("code", "name", "type", "region", "locality")
    for row, own in zip(columns.iter_rows(named=True), values, strict=True):
        known = (None if math.isnan(value) else value for value in own)
        row["headlines"] = dict(zip(names, known, strict=True))
        row["in_need"] = row["code"] in needy
        yield row


def _within(
    profiles: Profiles, feature: str | None, at_least: float | None, at_most: float | None
) -> list[bool]:
    """For each organisation, whether a feature is within limits; unknown values are not."""
    if feature is None:
        if at_least is not None or at_most is not None:
            step = "Name the feature as well."
            raise InvalidParameter("Limits were given, but no feature.", step, ("feature",))
        return [True] * len(profiles.organisations)
    if feature not in profiles.column:
        step = f"The features are: {', '.join(profiles.column)}."
        raise InvalidParameter(f"There is no feature '{feature}'.", step, ("feature",))
    values = profiles.values[:, profiles.column[feature]]
    low = -np.inf if at_least is None else at_least
    high = np.inf if at_most is None else at_most
    within: list[bool] = ((values >= low) & (values <= high)).tolist()
    return within


def _in_spelling_of(profiles: Profiles, column: str, name: str | None) -> str | None:
    """A type, region or locality as the figures spell it."""
    if name is None:
        return None
    known = {one.casefold(): one for one in profiles.organisations[column].drop_nulls().unique().sort()}
    if name.strip().casefold() not in known:
        step = f"Choose one of: {', '.join(known.values())}."
        raise InvalidParameter(f"There is no {column} '{name}'.", step, (column,))
    return str(known[name.strip().casefold()])
