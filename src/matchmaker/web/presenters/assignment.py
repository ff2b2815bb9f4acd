"""Many recipients at once: the question out of an address, and what its page and file show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from matchmaker.errors import InvalidParameter
from matchmaker.models.assignment import CAPACITY, FLOOR
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.registry import EVIDENCE
from matchmaker.snapshot.registry import OrganisationRegistry
from matchmaker.web.query import number, read_query, texts

MAX_CAPACITY = 10
"""Recipients that one partner may have, at most."""
MAX_LETTERS = 6000
"""Of the recipients named."""
N_BLOCKING_PAIRS = 5
"""Shown before the rest is unfolded."""


@dataclass(frozen=True, slots=True)
class AssignmentQuery:
    """What an assignment is asked for.

    Attributes:
        query: how pairs are scored; what it says of one shortlist alone is not used.
        recipients: codes and names; empty is all in need.
        regions: only recipients of these.
    """

    query: ShortlistQuery
    recipients: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    capacity: int = CAPACITY
    floor: float = FLOOR

    def to_fields(self) -> list[tuple[str, str]]:
        """The fields of an address beside those of the query; defaults are left out."""
        named = [("recipients", "\n".join(self.recipients))] if self.recipients else []
        named += [("regions", region) for region in self.regions]
        named += [("capacity", str(self.capacity))] if self.capacity != CAPACITY else []
        return named + ([("floor", f"{self.floor:g}")] if self.floor != FLOOR else [])

    def address(self, path: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """A path with this query."""
        return f"{path}?{urlencode([*self.query.to_fields(), *self.to_fields(), *more])}"

    def answer(self, engine: Matchmaker) -> Assignment:
        """The assignment.

        Raises:
            MatchmakerError: whatever is wrong with the query, with the next step.
        """
        query = self.query
        with query.locating_errors():
            return engine.assign(
                self.recipients,
                query.arrangement,
                query.as_of,
                capacity=self.capacity,
                floor=self.floor,
                regions=self.regions,
                weights=query.weights,
                relax=query.relax,
                parameters=query.rule_parameters(),
                focus=query.focus,
                service=query.service,
            )


def read_assignment_query(fields: QueryParams, registry: OrganisationRegistry) -> AssignmentQuery:
    """The query that some fields make up; empty fields count as not given.

    Args:
        fields: of the address or form.
        registry: which knows the codes: a line of codes is taken apart, any other line is one name.

    Raises:
        InvalidParameter: a field does not hold what it should.
    """
    query = read_query(fields, registry.snapshot.sector)
    if query.method != EVIDENCE:
        raise InvalidParameter(
            f"There is no assignment by '{query.method}': assignments are made by the evidence fit.",
            "Leave the method out.",
            ("method",),
        )
    text = "\n".join(texts(fields, "recipients"))[:MAX_LETTERS]
    named = (name for line in text.splitlines() for name in _named(line, registry))
    capacity = fields.get("capacity") or str(CAPACITY)
    return AssignmentQuery(
        query=query,
        recipients=tuple(dict.fromkeys(named)),
        regions=tuple(texts(fields, "regions")),
        capacity=int(number(capacity, "The number for each partner", 1, MAX_CAPACITY)),
        floor=number(fields.get("floor") or str(FLOOR), "The least fit", 0, 1),
    )


def _named(line: str, registry: OrganisationRegistry) -> list[str]:
    """The organisations that a line names: several codes, or one name, which may hold commas itself."""
    words = line.replace(",", " ").split()
    if all(word.upper() in registry.by_code for word in words):
        return [word.upper() for word in words]
    return [line.strip()]
