"""From the address or form of a page to a query, and back to an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.datastructures import QueryParams

from matchmaker.api.dependencies import EngineDep
from matchmaker.errors import InvalidParameter, Loc
from matchmaker.models.arrangement import arrangement
from matchmaker.models.query import NARROWING, ShortlistQuery
from matchmaker.models.types import Organisation
from matchmaker.sector import Sector
from matchmaker.web.navigation import crumbs

MAX_OPTIONS = 50
"""Options on a page, at most."""
PERCENT = "weights."
"""A form says `weights.context_similarity=26`, in percent; an address `weights=context_similarity=0.26`."""
TEXTS = ("weights", "relax", "parameters", "focus", "exclude", "region", "locality")
"""Fields that can be given more than once."""
FIELDS = (*TEXTS, "arrangement", "as_of", "method", "service", "within_km", "outside_group", "limit")


async def get_query(request: Request, engine: EngineDep) -> ShortlistQuery:
    """A dependency: the query of a page."""
    return read_query(request.query_params, engine.sector)


QueryDep = Annotated[ShortlistQuery, Depends(get_query)]


def read_query(fields: QueryParams, sector: Sector) -> ShortlistQuery:
    """The query that some fields make up; empty fields count as not given.

    Raises:
        InvalidParameter: a field does not hold what it should.
    """
    given: dict[str, Any] = {
        name: texts(fields, name) if name in TEXTS else fields[name].strip()
        for name in FIELDS
        if name in fields
    }
    if changed := _changed_weights(fields, sector):
        given["weights"] = [*given.get("weights", ()), *changed]
    query = ShortlistQuery.parse(given, sector)
    if query.limit > MAX_OPTIONS:
        raise InvalidParameter(
            f"A page can't show {query.limit} options.", f"Ask for {MAX_OPTIONS} or fewer.", ("limit",)
        )
    return query


def texts(fields: QueryParams, name: str) -> list[str]:
    """Every text that a field holds; empty ones count as not given."""
    return [text.strip() for text in fields.getlist(name) if text.strip()]


def number(text: str, what: str, low: float, high: float, loc: Loc = ()) -> float:
    """A number within limits; `loc` is where it was written.

    Raises:
        InvalidParameter: it is none, or lies outside them.
    """
    step = f"Give a number from {low:g} to {high:g}."
    try:
        value = float(text)
    except ValueError as error:
        raise InvalidParameter(f"{what} is not a number: '{text[:40]}'. {step}", step, loc) from error
    if not low <= value <= high:
        raise InvalidParameter(f"{what} is {text[:40]}. {step}", step, loc)
    return value


def address(path: str, query: ShortlistQuery, more: Iterable[tuple[str, str]] = ()) -> str:
    """A path with a query."""
    return f"{path}?{urlencode([*query.to_fields(), *more])}"


def with_weight(query: ShortlistQuery, criterion: str, weight: float) -> ShortlistQuery:
    """The same query with one weight changed."""
    return query.model_copy(update={"weights": query.weights | {criterion: weight}})


def without_rules(query: ShortlistQuery, rules: Sequence[str], sector: Sector) -> ShortlistQuery:
    """The same query without some rules, whether the arrangement has them or the query set them."""
    own = {rule.name for rule in arrangement(sector, str(query.arrangement)).rules}
    update: dict[str, Any] = {
        name: ShortlistQuery.model_fields[name].default
        for name, (rule, _) in NARROWING.items()
        if rule in rules
    }
    update["parameters"] = {rule: given for rule, given in query.parameters.items() if rule not in rules}
    update["relax"] = tuple(dict.fromkeys((*query.relax, *(rule for rule in rules if rule in own))))
    return query.model_copy(update=update)


def _changed_weights(fields: QueryParams, sector: Sector) -> list[str]:
    """The weights that a form changes, each as criterion=number."""
    given = {
        key.removeprefix(PERCENT): text.strip()
        for key, text in fields.items()
        if key.startswith(PERCENT) and text.strip()
    }
    if not given:
        return []
    name = fields.get("arrangement") or sector.display.arrangements[0]
    own = {criterion.name: criterion.weight for criterion in arrangement(sector, name).criteria}
    weights = {key: number(text, "A weight", 0, 1000, ("weights", key)) / 100 for key, text in given.items()}
    return [
        f"{key}={weight:g}"
        for key, weight in weights.items()
        if key not in own or abs(weight - own[key]) > 1e-9
    ]


def crumbs_to_shortlist(
    sector: Sector, recipient: Organisation, query: ShortlistQuery
) -> list[dict[str, str]]:
    """The way back from a page below a shortlist."""
    path = f"/organisations/{recipient.code}"
    return crumbs(sector, (recipient.name, path), ("Options", address(f"{path}/shortlist", query)))
