"""What several routes depend on: the engine of a sector, and the query."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from matchmaker.described import field_texts
from matchmaker.errors import MatchmakerError
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import MAX_DRAWS, ShortlistQuery, Text

SectorName = Annotated[str, Path(max_length=40, description="Name of the sector; `/v1/sectors` lists all.")]
Code = Annotated[str, Path(min_length=1, max_length=120, description="Code or name of the organisation.")]
AsOf = Annotated[
    date | None, Query(description="Use only what was known on this day.", examples=["2018-01-01"])
]


class UnknownSector(MatchmakerError):
    """The service does not answer for a sector of that name."""

    slug = "unknown-sector"
    status = 404


def engine_for(request: Request, sector: str | None = None) -> Matchmaker:
    """The engine of a sector, on the snapshot that the request began with.

    Args:
        request: of any route.
        sector: its name; None means the only one.

    Raises:
        UnknownSector: there is none of that name, or none was named and there are several.
    """
    engines: dict[str, Matchmaker] = request.state.engines
    if sector is None and len(engines) == 1:
        return next(iter(engines.values()))
    if sector not in engines:
        reason = "No sector was named." if sector is None else f"There is no sector '{sector}' here."
        raise UnknownSector(reason, f"Choose one of {', '.join(engines)}.", ("sector",))
    return engines[sector]


async def get_engine(request: Request, sector: SectorName) -> Matchmaker:
    """The engine of the sector that the address names."""
    return engine_for(request, sector)


EngineDep = Annotated[Matchmaker, Depends(get_engine)]


def _like(field: str, **changes: Any) -> Any:
    """A field of a query string, described as the query's own."""
    text = f"{field_texts(ShortlistQuery)[field]} {changes.pop('written', '')}".strip()
    return Field(**{"default": None, "description": text, **changes})


Texts = list[Text] | None


class QueryParameters(BaseModel):
    """A query as a query string holds it: whatever is left out has the query's own default."""

    arrangement: str | None = _like("arrangement", max_length=40)
    as_of: date | None = _like("as_of", examples=["2018-01-01"])
    method: str | None = _like("method", max_length=40, examples=["evidence"])
    weights: Texts = _like("weights", max_length=20, written="Written as criterion=number, once for each.")
    relax: Texts = _like("relax", max_length=20)
    parameters: Texts = _like(
        "parameters", max_length=50, written="Written as rule.parameter=value, once for each."
    )
    focus: Texts = _like("focus", max_length=10)
    service: str | None = _like("service", max_length=80, examples=["cardiology"])
    limit: int | None = _like("limit", ge=1, le=300)
    n_draws: int | None = _like("n_draws", ge=0, le=MAX_DRAWS)
    compare_with: Texts = _like("compare_with", max_length=20)
    exclude: Texts = _like("exclude", max_length=300)
    region: Texts = _like("region", max_length=20)
    locality: Texts = _like("locality", max_length=50)
    within_km: float | None = _like("within_km", gt=0, allow_inf_nan=False)
    outside_group: bool | None = _like("outside_group")


async def get_query(engine: EngineDep, parameters: Annotated[QueryParameters, Query()]) -> ShortlistQuery:
    """The query of a query string."""
    return ShortlistQuery.parse(parameters.model_dump(), engine.snapshot.sector)


QueryDep = Annotated[ShortlistQuery, Depends(get_query)]


async def forbid_extra_query(request: Request) -> None:
    """A dependency: a parameter that is misspelt must not be passed over in silence.

    Raises:
        RequestValidationError: with every parameter of the query string that the route does not take.
    """
    known = _query_parameters(request.scope["route"])
    step = f"There is no such parameter; there are: {', '.join(sorted(known)) or 'none'}."
    errors = [
        {"type": "extra_forbidden", "loc": ("query", name), "msg": step}
        for name in request.query_params
        if name not in known
    ]
    if errors:
        raise RequestValidationError(errors)


def _query_parameters(route: APIRoute) -> frozenset[str]:
    found: set[str] = set()
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        for field in dependant.query_params:
            annotation = field.field_info.annotation
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                found |= set(annotation.model_fields)
            else:
                found.add(field.alias)
        waiting += dependant.dependencies
    return frozenset(found)
