"""Trusts: the list, one of them, its profile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from matchmaker.api.asking import Asked, AsOf, Engine
from matchmaker.features.profile import Profile, profile_of
from matchmaker.models.explanation import Trust
from matchmaker.snapshot.directory import Found

router = APIRouter(prefix="/v1", tags=["trusts"])


class TrustPage(BaseModel):
    """A part of the list of trusts open on a day."""

    total: int
    offset: int
    trusts: list[Trust]


@router.get("/trusts", operation_id="list_trusts", summary="Trusts open on a day")
def list_trusts(
    engine: Engine,
    search: Annotated[str, Query(max_length=120, description="Words of name, code, region or system.")] = "",
    kind: Annotated[str | None, Query(max_length=40)] = None,
    as_of: AsOf = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TrustPage:
    """Search and page through the trusts."""
    words = search.casefold().split()
    columns = engine.profiles(as_of).organisations.select("ods", "name", "kind", "region", "system")
    found = [
        Trust(*row)
        for row in columns.iter_rows()
        if (kind is None or row[2] == kind)
        and all(word in " ".join(str(cell) for cell in row).casefold() for word in words)
    ]
    return TrustPage(total=len(found), offset=offset, trusts=found[offset : offset + limit])


@router.get("/trusts/{ods}", operation_id="get_trust", summary="One trust, through its successor if closed")
def get_trust(engine: Engine, ods: Asked, as_of: AsOf = None) -> Found:
    """Find a trust by code or name."""
    return engine.find(ods, as_of)


@router.get("/trusts/{ods}/profile", operation_id="get_profile", summary="The profile of one trust")
def get_profile(engine: Engine, ods: Asked, as_of: AsOf = None) -> Profile:
    """Every feature with value, percentile, age and source."""
    profiles = engine.profiles(as_of)
    return profile_of(profiles, engine.find(ods, profiles.as_of).organisation.ods)
