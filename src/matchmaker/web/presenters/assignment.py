"""Many recipients at once: the question out of an address, and what its page and file show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.solver import CAPACITY, FLOOR
from matchmaker.models.assignment.types import Assignment, Pair, Unmatched
from matchmaker.models.types import Organisation
from matchmaker.snapshot.registry import OrganisationRegistry
from matchmaker.web.query import Asked, given, number, read

MOST_EACH = 10
"""Recipients that one partner may have, at most."""
LONGEST = 6000
"""Letters of the recipients named."""
FIRST_RATHER = 5
"""Pairs that would rather have each other, shown before the rest is unfolded."""


@dataclass(frozen=True, slots=True)
class Many:
    """How an assignment is asked for.

    Attributes:
        recipients: codes and names, as asked; empty is all in need.
        regions: only recipients of these.
    """

    asked: Asked
    recipients: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    capacity: int = CAPACITY
    floor: float = FLOOR

    def pairs(self) -> list[tuple[str, str]]:
        """The same question as fields of an address; what is not asked for is left out."""
        named = self.asked.pairs()
        named += [("recipients", "\n".join(self.recipients))] if self.recipients else []
        named += [("recipients_in", region) for region in self.regions]
        named += [("capacity", str(self.capacity))] if self.capacity != CAPACITY else []
        return named + ([("floor", f"{self.floor:g}")] if self.floor != FLOOR else [])

    def address(self, path: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """A path with this question."""
        return f"{path}?{urlencode([*self.pairs(), *more])}"

    def arguments(self) -> dict[str, Any]:
        """As `Matchmaker.assign` takes them."""
        return {
            **self.asked.question.arguments(),
            "recipients": self.recipients,
            "recipients_in": self.regions,
            "as_of": self.asked.as_of,
            "capacity": self.capacity,
            "floor": self.floor,
        }


def many_of(fields: QueryParams, directory: OrganisationRegistry) -> Many:
    """The question that some fields make up; empty fields count as not given.

    Args:
        fields: of the address or form.
        directory: which knows the codes: a line of codes is taken apart, any other line is one name.

    Raises:
        OutOfRange: a field does not hold what it should, told in plain words.
    """
    text = "\n".join(given(fields, "recipients"))[:LONGEST]
    return Many(
        asked=read(fields),
        recipients=tuple(
            dict.fromkeys(named for line in text.splitlines() for named in _named(line, directory))
        ),
        regions=tuple(given(fields, "recipients_in")),
        capacity=int(
            number(fields.get("capacity") or str(CAPACITY), "The number for each partner", 1, MOST_EACH)
        ),
        floor=number(fields.get("floor") or str(FLOOR), "The least fit", 0, 1),
    )


def _named(line: str, directory: OrganisationRegistry) -> list[str]:
    """The trusts that a line names: several codes, or one name, which may hold commas itself."""
    words = line.replace(",", " ").split()
    if all(word.upper() in directory.by_code for word in words):
        return [word.upper() for word in words]
    return [line.strip()]


def permanent(many: Many, now: Arrangement, answer: Assignment) -> list[tuple[str, str]]:
    """Fields of an address that gives exactly this answer: all weights, the day, figures, version."""
    weights = {one.name: one.weight for one in now.criteria}
    question = many.asked.question.model_copy(update={"weights": weights})
    fixed = Many(Asked(question, answer.as_of), many.recipients, many.regions, many.capacity, many.floor)
    return [*fixed.pairs(), ("snapshot", answer.snapshot), ("version", answer.version)]


def rows(answer: Assignment) -> list[dict[str, object]]:
    """One row for each recipient, by its code, as CSV holds it; several sentences stand in one cell."""
    told = [_pair(pair) for pair in answer.pairs] + [_none(one) for one in answer.unmatched]
    return sorted(told, key=lambda row: str(row["recipient"]))


def _pair(pair: Pair) -> dict[str, object]:
    return (
        _who("recipient", pair.recipient)
        | _who("partner", pair.partner)
        | {
            "fit": round(pair.fit, 6),
            "coverage": round(pair.coverage, 6),
            "selection_frequency": pair.selection_frequency,
            "distance_km": pair.distance_km,
            "rank": pair.rank,
            "regret": round(pair.regret, 6),
            **_who("first_choice", pair.first_choice),
            "reasons_for": " ".join(pair.reasons_for),
            "reasons_against": " ".join(pair.reasons_against),
            "unknown": " ".join(pair.unknowns),
            "would_be_left_out_by": " ".join(pair.violated_rules),
            "already_helped_by": " ".join(trust.code for trust in pair.helped_by),
            "why_none": "",
        }
    )


def _none(one: Unmatched) -> dict[str, object]:
    empty = dict.fromkeys(
        (
            *("partner", "partner_name", "fit", "coverage", "selection_frequency", "distance_km"),
            *("rank", "regret"),
            *("first_choice", "first_choice_name", "reasons_for", "reasons_against", "unknown"),
            "would_be_left_out_by",
        )
    )
    first = {} if one.first_choice is None else _who("first_choice", one.first_choice)
    helped = " ".join(trust.code for trust in one.helped_by)
    return (
        _who("recipient", one.recipient)
        | empty
        | first
        | {"already_helped_by": helped, "why_none": one.sentence}
    )


def _who(name: str, trust: Organisation) -> dict[str, object]:
    return {name: trust.code, f"{name}_name": trust.name}
