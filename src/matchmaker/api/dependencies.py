"""The parts of a question that several routes share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.errors import InvalidParameter
from matchmaker.models.engine import Matchmaker

MOST_DRAWS = 10_000
Name = Annotated[str, Field(min_length=1, max_length=120)]
Word = Annotated[str, Field(min_length=1, max_length=80)]
Named = Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*$")]
"""The name of a rule or of a bound."""


def engine_of(request: Request) -> Matchmaker:
    """The matchmaker that the request began with."""
    engine: Matchmaker = request.state.engine
    return engine


Engine = Annotated[Matchmaker, Depends(engine_of)]
Asked = Annotated[str, Path(min_length=1, max_length=120, description="ODS code or name.", examples=["RPA"])]
AsOf = Annotated[
    date | None, Query(description="Use only what was known on this day.", examples=["2018-01-01"])
]
Limit = Annotated[int, Query(ge=1, le=300, description="How many options to show.")]
Draws = Annotated[
    int | None,
    Query(ge=0, le=MOST_DRAWS, description="Draws for how far each place can be relied on; 0 leaves it out."),
]


class Question(BaseModel):
    """How to rank, beside the recipient and the day.

    Attributes:
        weights: criterion -> weight, in place of the arrangement's own.
        relax: rules to leave out.
        bounds: rule -> its bounds, in place of or beside the arrangement's.
        focus: up to three features on which the partner should be strong.
    """

    model_config = ConfigDict(extra="forbid")

    arrangement: str = Field(default="buddying", max_length=40, examples=["buddying"])
    method: str = Field(default="evidence", max_length=40, examples=["evidence"])
    weights: dict[Word, Annotated[float, Field(allow_inf_nan=False)]] = Field(
        default_factory=dict, max_length=20, examples=[{"proximity": 0.2}]
    )
    relax: list[Word] = Field(default_factory=list, max_length=20, examples=[["rated_good_or_better"]])
    bounds: dict[Named, dict[Named, float | Annotated[list[Name], Field(max_length=500)]]] = Field(
        default_factory=dict, max_length=20, examples=[{"within_km": {"km": 100}}]
    )
    focus: list[Word] = Field(default_factory=list, max_length=10, examples=[["ae_4_hours"]])

    def arguments(self) -> dict[str, Any]:
        """As `Matchmaker.matcher` takes them."""
        return {
            "for_": self.arrangement,
            "method": self.method,
            "weights": self.weights,
            "relax": self.relax,
            "bounds": self.bounds,
            "focus": self.focus,
        }


Words = list[Annotated[str, Query(min_length=1, max_length=80)]] | None


def question_of(
    arrangement: Annotated[str, Query(max_length=40, examples=["buddying"])] = "buddying",
    method: Annotated[str, Query(max_length=40, examples=["evidence"])] = "evidence",
    weight: Annotated[
        Words,
        Query(
            description="criterion=weight, as often as needed", examples=[["proximity=0.2"]], max_length=20
        ),
    ] = None,
    relax: Annotated[Words, Query(description="Rules to leave out.", max_length=20)] = None,
    focus: Annotated[Words, Query(description="Up to three features.", max_length=10)] = None,
    exclude: Annotated[Words, Query(description="ODS codes to leave out.", max_length=300)] = None,
    region: Annotated[Words, Query(description="Only these regions.", max_length=20)] = None,
    locality: Annotated[Words, Query(description="Only these local systems.", max_length=50)] = None,
    within_km: Annotated[
        float | None, Query(gt=0, allow_inf_nan=False, description="Only within this distance.")
    ] = None,
) -> Question:
    """A question out of a query string."""
    bounds: dict[str, dict[str, Any]] = {}
    if exclude:
        codes = [code.strip().upper() for one in exclude for code in one.split(",") if code.strip()]
        bounds["leave_out"] = {"codes": codes}
    if region:
        bounds["in_region"] = {"regions": region}
    if locality:
        bounds["in_locality"] = {"localities": locality}
    if within_km is not None:
        bounds["within_km"] = {"km": within_km}
    try:
        return Question(
            arrangement=arrangement,
            method=method,
            weights=dict(_weight(text) for text in weight or []),
            relax=relax or [],
            bounds=bounds,
            focus=focus or [],
        )
    except ValidationError as error:
        faults = [one | {"loc": ("query", *place_in_query(one["loc"]))} for one in error.errors()]
        raise RequestValidationError(faults) from error


IN_QUERY = {
    "weights": "weight",
    "in_region": "region",
    "in_locality": "locality",
    "leave_out": "exclude",
    "within_km": "within_km",
}
"""What parts of a question are called in a query string."""


def place_in_query(place: Sequence[Any]) -> tuple[str, ...]:
    """Where in a query string a part of a question stands."""
    named = str(place[1] if place[0] == "bounds" else place[0])
    return (IN_QUERY.get(named, named),)


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError as error:
        raise InvalidParameter(f"'{text}' is not a weight.", "Write it as criterion=number.") from error


async def known_only(request: Request) -> None:
    """A dependency: a parameter that is misspelt must not be passed over in silence.

    Raises:
        RequestValidationError: with every parameter of the query that the route does not take.
    """
    taken = _taken(request.scope["route"])
    step = f"There is no such parameter; there are: {', '.join(sorted(taken)) or 'none'}."
    faults = [
        {"type": "extra_forbidden", "loc": ("query", name), "msg": step}
        for name in request.query_params
        if name not in taken
    ]
    if faults:
        raise RequestValidationError(faults)


def _taken(route: APIRoute) -> frozenset[str]:
    found, waiting = set(), [route.dependant]
    while waiting:
        one = waiting.pop()
        found |= {field.alias for field in one.query_params}
        waiting += one.dependencies
    return frozenset(found)


Asking = Annotated[Question, Depends(question_of)]
