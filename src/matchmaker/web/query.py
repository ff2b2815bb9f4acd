"""From the address or form of a page to a question, and back to an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.datastructures import QueryParams

from matchmaker.api.dependencies import Question, question_of
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement

LIMIT, MOST = 10, 50
"""Options shown, if nothing is asked, and at most."""
POINTS = "weight."
"""A form says `weight.context_similarity=26`, in hundredths; an address `weight=context_similarity=0.26`."""
BOUNDS = {
    "exclude": ("leave_out", "codes"),
    "region": ("in_region", "regions"),
    "locality": ("in_locality", "localities"),
}
"""Field -> the rule that it sets, and the rule's own name for what it takes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the list is asked for.

    Attributes:
        as_of: the day; None is the snapshot's own.
        limit: how many options are shown.
        snapshot, version: that a permanent link names; empty where none is named.
    """

    question: Question
    as_of: date | None = None
    limit: int = LIMIT
    snapshot: str = ""
    version: str = ""

    def named(self, field: str) -> tuple[str, ...]:
        """What a field of `BOUNDS` narrows the list to, or leaves out."""
        rule, key = BOUNDS[field]
        found: Any = self.question.bounds.get(rule, {}).get(key, ())
        return tuple(found)

    @property
    def km(self) -> float | None:
        """The furthest distance; None where there is none."""
        found: Any = self.question.bounds.get("within_km", {}).get("km")
        return None if found is None else float(found)

    def pairs(self) -> list[tuple[str, str]]:
        """The same question as fields of an address; what is not asked for is left out."""
        asked = self.question
        named = [("arrangement", asked.arrangement)]
        named += [("method", asked.method)] if asked.method != "evidence" else []
        named += [("weight", f"{name}={weight:g}") for name, weight in asked.weights.items()]
        named += [("relax", name) for name in asked.relax]
        named += [("focus", name) for name in asked.focus]
        for field in BOUNDS:
            named += [(field, value) for value in self.named(field)]
        named += [("within_km", f"{self.km:g}")] if self.km else []
        named += [("as_of", self.as_of.isoformat())] if self.as_of else []
        return named + ([("limit", str(self.limit))] if self.limit != LIMIT else [])

    def address(self, path: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """A path with this question."""
        return f"{path}?{urlencode([*self.pairs(), *more])}"

    def weighed(self, criterion: str, weight: float) -> Asked:
        """The same question with one weight changed."""
        weights = self.question.weights | {criterion: weight}
        return replace(self, question=self.question.model_copy(update={"weights": weights}))

    def relaxed(self, rules: Sequence[str]) -> Asked:
        """The same question without some rules, whether the arrangement has them or the question set them."""
        own = {rule.name for rule in arrangement(self.question.arrangement).rules}
        relax = list(dict.fromkeys([*self.question.relax, *(name for name in rules if name in own)]))
        bounds = {name: bound for name, bound in self.question.bounds.items() if name not in rules}
        return replace(self, question=self.question.model_copy(update={"relax": relax, "bounds": bounds}))

    def arguments(self) -> dict[str, Any]:
        """As `Matchmaker.shortlist` and `Matchmaker.why_not` take them."""
        return {**self.question.arguments(), "as_of": self.as_of, "limit": self.limit}


def asked_of(request: Request) -> Asked:
    """The question of a page.

    Raises:
        OutOfRange: a field does not hold what it should, told in plain words.
    """
    return read(request.query_params)


def read(fields: QueryParams) -> Asked:
    """The question that some fields make up; empty fields count as not given."""
    name = fields.get("arrangement") or "buddying"
    within = fields.get("within_km", "").strip()
    question = question_of(
        arrangement=name,
        method=fields.get("method") or "evidence",
        weight=[*given(fields, "weight"), *_points(fields, name)],
        relax=given(fields, "relax"),
        focus=list(dict.fromkeys(given(fields, "focus"))),
        exclude=[code for text in given(fields, "exclude") for code in text.replace(",", " ").split()],
        region=given(fields, "region"),
        within_km=number(within, "The distance", 1, 1000) if within else None,
    )
    if localities := given(fields, "locality"):
        question.bounds["in_locality"] = {"localities": localities}
    return Asked(
        question,
        _day(fields.get("as_of", "").strip()),
        int(number(fields.get("limit") or str(LIMIT), "The number of options", 1, MOST)),
        fields.get("snapshot", ""),
        fields.get("version", ""),
    )


def given(fields: QueryParams, name: str) -> list[str]:
    """What a field holds, as often as it is there; empty is not given."""
    return [text.strip() for text in fields.getlist(name) if text.strip()]


def _points(fields: QueryParams, name: str) -> list[str]:
    """The weights that a form changes, each as criterion=number."""
    given = {
        key.removeprefix(POINTS): text.strip()
        for key, text in fields.items()
        if key.startswith(POINTS) and text.strip()
    }
    if not given:
        return []
    own = {one.name: one.weight for one in arrangement(name).criteria}
    weights = {key: number(text, "A weight", 0, 1000) / 100 for key, text in given.items()}
    return [
        f"{key}={weight:g}"
        for key, weight in weights.items()
        if key not in own or abs(weight - own[key]) > 1e-9
    ]


def number(text: str, what: str, low: float, high: float) -> float:
    """A number within limits.

    Raises:
        OutOfRange: it is none, or lies outside them.
    """
    step = f"Give a number from {low:g} to {high:g}."
    try:
        found = float(text)
    except ValueError as error:
        raise InvalidParameter(f"{what} is not a number: '{text[:40]}'.", step) from error
    if not low <= found <= high:
        raise InvalidParameter(f"{what} is {text[:40]}.", step)
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        step = "Write it as year-month-day, for example 2016-07-01."
        raise InvalidParameter(f"'{text[:40]}' is not a date.", step) from error


Asking = Annotated[Asked, Depends(asked_of)]
