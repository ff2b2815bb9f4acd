"""Says where in a question its faults are, once it is known that there are some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

from matchmaker.api.dependencies import Question, place_in_query
from matchmaker.api.problems import FaultDetail, Placed, pointer
from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.features import Profiles
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.eligibility.rules import apply_rule, check_parameters
from matchmaker.models.engine import Matchmaker
from matchmaker.models.registry import METHODS
from matchmaker.models.scoring import focus_areas

Place = tuple[Any, ...]


@contextmanager
def placed(
    engine: Matchmaker, question: Question, as_of: date | None, part: str, named: Place = ()
) -> Iterator[None]:
    """Raise an error of a question again, with the place of each fault.

    Args:
        engine: the question is about its figures.
        question: what is asked.
        as_of: the day.
        part: query or body.
        named: where in that part stands what is at fault if the question itself is not.

    Raises:
        Placed: an error, and where its faults are.
    """
    try:
        yield
    except (UnknownOrganisation, AmbiguousName) as error:
        faults = [FaultDetail(part=part, pointer=pointer(named), detail=error.message)] if named else []
        status = 422 if part == "body" else error.status
        raise Placed(error, faults, status) from error
    except InvalidParameter as error:
        faults = [_detail(part, *one) for one in _faults(engine, question, as_of)]
        if not faults and named:
            faults = [FaultDetail(part=part, pointer=pointer(named), detail=error.message)]
        raise Placed(error, faults, 422) from error


def _detail(part: str, place: Place, error: MatchmakerError) -> FaultDetail:
    if part == "query":
        place = place_in_query(place)
    return FaultDetail(part=part, pointer=pointer(place), detail=f"{error.message} {error.next_step}")


def _faults(
    engine: Matchmaker, question: Question, as_of: date | None
) -> Iterator[tuple[Place, MatchmakerError]]:
    """Every fault that each part of a question has by itself."""
    for place, attempt in _attempts(engine, question, as_of):
        try:
            attempt()
        except MatchmakerError as error:
            yield place, error


def _attempts(
    engine: Matchmaker, question: Question, as_of: date | None
) -> Iterator[tuple[Place, Callable[[], object]]]:
    yield ("method",), partial(_method, question.method)
    yield ("arrangement",), partial(arrangement, question.arrangement)
    yield ("as_of",), partial(engine.profiles, as_of)
    if question.focus:
        yield ("focus",), lambda: focus_areas.columns_named(engine.profiles(), question.focus)
    try:
        whole = arrangement(question.arrangement)
        profiles = engine.profiles(as_of)
    except MatchmakerError:
        return
    for name, weight in question.weights.items():
        yield ("weights", name), partial(whole.weighted, {name: weight})
    for at, name in enumerate(question.relax):
        yield ("relax", at), partial(whole.ruled, (name,))
    for name, bounds in question.bounds.items():
        yield ("bounds", name), partial(_bounded, whole, profiles, name, bounds)


def _method(name: str) -> None:
    if name not in METHODS:
        raise InvalidParameter(f"There is no method '{name}'.", f"Choose one of {', '.join(METHODS)}.")


def _bounded(whole: Arrangement, profiles: Profiles, name: str, bounds: dict[str, Any]) -> None:
    rules = whole.ruled((), {name: bounds}).rules
    rule = next(rule for rule in rules if rule.name == name)
    check_parameters(rule)
    apply_rule(rule, profiles, 0)
