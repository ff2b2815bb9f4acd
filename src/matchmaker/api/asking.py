"""The parts of a question that several routes share."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from matchmaker.errors import OutOfRange
from matchmaker.models.engine import Matchmaker


def engine_of(request: Request) -> Matchmaker:
    """The matchmaker of the application."""
    engine: Matchmaker = request.app.state.engine
    return engine


Engine = Annotated[Matchmaker, Depends(engine_of)]
Asked = Annotated[str, Path(min_length=1, max_length=120, description="ODS code or name.", examples=["RPA"])]
AsOf = Annotated[date | None, Query(description="Use only what was known on this day.")]
Limit = Annotated[int, Query(ge=1, le=300, description="How many options to show.")]


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
    weights: dict[str, float] = Field(default_factory=dict, max_length=20, examples=[{"proximity": 0.2}])
    relax: list[str] = Field(default_factory=list, max_length=20, examples=[["rated_good_or_better"]])
    bounds: dict[str, dict[str, Any]] = Field(
        default_factory=dict, max_length=20, examples=[{"within_km": {"km": 100}}]
    )
    focus: list[str] = Field(default_factory=list, max_length=10, examples=[["ae_4_hours"]])

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


def question_of(
    arrangement: Annotated[str, Query(max_length=40, examples=["buddying"])] = "buddying",
    method: Annotated[str, Query(max_length=40)] = "evidence",
    weight: Annotated[
        list[str] | None,
        Query(description="criterion=weight, as often as needed", examples=["proximity=0.2"]),
    ] = None,
    relax: Annotated[list[str] | None, Query(description="Rules to leave out.")] = None,
    focus: Annotated[list[str] | None, Query(description="Up to three features.")] = None,
    exclude: Annotated[list[str] | None, Query(description="ODS codes to leave out.")] = None,
    region: Annotated[list[str] | None, Query(description="Only these regions.")] = None,
    within_km: Annotated[float | None, Query(gt=0, description="Only within this distance.")] = None,
) -> Question:
    """A question out of a query string."""
    bounds: dict[str, dict[str, Any]] = {}
    if exclude:
        bounds["leave_out"] = {"codes": [code.strip().upper() for code in exclude]}
    if region:
        bounds["in_region"] = {"regions": region}
    if within_km is not None:
        bounds["within_km"] = {"km": within_km}
    return Question(
        arrangement=arrangement,
        method=method,
        weights=dict(_weight(text) for text in weight or []),
        relax=relax or [],
        bounds=bounds,
        focus=focus or [],
    )


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError as error:
        raise OutOfRange(f"'{text}' is not a weight.", "Write it as criterion=number.") from error


Asking = Annotated[Question, Depends(question_of)]
