"""How evenly places on lists are spread over candidates (hubness), for every method and arrangement.

For the first five of every list of a group of recipients of one type: on how many lists each candidate
stands; the share of lists on which the most frequent one stands; and the Gini coefficient of these counts
among all who are eligible for at least one of the recipients (0: everybody equally often; 1: one on all).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.evaluation.past_lists import PastLists, largest_type, lists_on
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.triage import in_need
from matchmaker.models.engine import Matchmaker
from matchmaker.models.registry import EVIDENCE
from matchmaker.typing import Floats

FIRST = 5
IN_NEED, ALL = "in need", "all"
SHOWN = 10
"""How many of the most frequent candidates are kept."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How often the candidates stand on the lists of a group of recipients."""

    arrangement: str
    """Its name."""
    method: str
    """Name of the ranking method."""
    org_type: str
    """The type of the recipients."""
    group: str
    """`in need` (by the sector's rule), or `all` of the type."""
    n_lists: int
    """How many recipients have a list."""
    n_eligible: int
    """How many candidates are eligible for at least one of them."""
    top_share: float
    """Share of lists on whose first five the most frequent candidate stands."""
    gini: float
    """Gini coefficient of the counts among the eligible."""
    counts: tuple[tuple[str, int], ...]
    """The most frequent candidates: code, and on how many lists it stands."""


def spread(
    engine: Matchmaker,
    arrangement: Arrangement,
    methods: Sequence[str] = (EVIDENCE,),
    org_type: str | None = None,
    service: str | None = None,
) -> list[Spread]:
    """The spread of the lists of the snapshot's day.

    Args:
        engine: on the snapshot.
        arrangement: a form of partnership.
        methods: names of the ranking methods.
        org_type: of the recipients; by default the type with the most organisations.
        service: what it is about, where the arrangement needs to know.

    Returns:
        For each method, those in need (where the sector says who is) and all of the type.
    """
    out = []
    for method in methods:
        (lists,) = lists_on(engine, arrangement, [engine.snapshot.as_of], method, service)
        chosen = org_type or largest_type(lists)
        of_type = {code for code, one in zip(lists.codes, lists.types.tolist(), strict=True) if one == chosen}
        needing = {one.organisation.code for one in in_need(lists.recommender.profiles)} & of_type
        groups = ((IN_NEED, needing), (ALL, of_type))
        out += [_spread(arrangement.name, method, chosen, name, lists, who) for name, who in groups if who]
    return out


def _spread(
    arrangement: str, method: str, org_type: str, group: str, lists: PastLists, who: set[str]
) -> Spread:
    there = [lists.by_code[code] for code in sorted(who) if lists.by_code[code]]
    counts = dict.fromkeys((code for order in there for code in order), 0)
    for order in there:
        for code in order[:FIRST]:
            counts[code] += 1
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Spread(
        arrangement=arrangement,
        method=method,
        org_type=org_type,
        group=group,
        n_lists=len(there),
        n_eligible=len(counts),
        top_share=most[0][1] / len(there) if there else 0.0,
        gini=gini(np.array([count for _, count in most], dtype=float)),
        counts=tuple(most[:SHOWN]),
    )


def gini(counts: Floats) -> float:
    """Gini coefficient: 0 where all are equal, towards 1 where one has everything.

    Args:
        counts: (n,) not negative; 0 where they add up to nothing.
    """
    total = float(counts.sum())
    if total == 0:
        return 0.0
    n = len(counts)
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ np.sort(counts) / (n * total))
