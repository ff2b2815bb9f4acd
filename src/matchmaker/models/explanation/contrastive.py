"""Why not X: where any one candidate stands for a recipient, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import InvalidParameter
from matchmaker.models.explanation.counterfactuals import value_counterfactuals, weight_counterfactuals
from matchmaker.models.explanation.rule_effects import excluded_one
from matchmaker.models.ranking import outranks
from matchmaker.models.scoring.phrases import in_100
from matchmaker.models.types import Counterfactual, WhyNot

if TYPE_CHECKING:
    from matchmaker.models.recommender import RankedCandidates, Recommender

CHANGES_TOLD = 3
"""So many changes of each kind are told."""


def why_not(matcher: Recommender, recipient: str, candidate: str, limit: int) -> WhyNot:
    """Why a candidate stands where it does, and what would change it.

    Args:
        matcher: an arrangement and a method applied to a day.
        recipient, candidate: ODS codes, open on the day.
        limit: how many places count as being on the list, 1 or more.

    Raises:
        OutOfRange: both are the same, or the limit is below 1.
        UnknownOrganisation: a code is of none that is open on the day.
    """
    if limit < 1:
        raise InvalidParameter(f"A list of {limit} holds nothing.", "Ask about 1 place or more.")
    at = matcher.row(candidate)
    if matcher.row(recipient) == at:
        raise InvalidParameter("A trust can't be its own partner.", "Ask about another candidate.")
    found = matcher.ranked(recipient)
    compared = found.eligible.copy()
    compared[at] = True
    score, coverage = found.scores.score[0], found.scores.coverage[0]
    own = int(np.count_nonzero(compared[:at]))
    would_be = 1 + int(outranks(score[compared], coverage[compared], own).sum())
    by_evidence = matcher.ranker is matcher.evidence
    to_first, to_list = (
        _changes(matcher, found, at, compared, place) if by_evidence and would_be > place else ()
        for place in (1, limit)
    )
    first = int(found.order[0]) if len(found.order) else None
    return WhyNot(
        recipient=matcher.trust(found.row),
        candidate=matcher.trust(at),
        arrangement=matcher.arrangement.name,
        as_of=matcher.profiles.as_of,
        snapshot=matcher.profiles.snapshot.hash,
        method=matcher.ranker.name,
        version=matcher.version,
        limit=limit,
        rank=would_be if found.eligible[at] else None,
        would_be=would_be,
        excluded=None if found.eligible[at] else excluded_one(matcher.profiles, at, found.verdicts),
        fit=float(score[at]),
        coverage=float(coverage[at]),
        rows=matcher.rows(matcher.ranker, found, at),
        first=None if first is None else matcher.trust(first),
        first_rows=() if first is None else matcher.rows(matcher.ranker, found, first),
        to_first=to_first,
        to_list=to_list,
        precedents=_precedents(matcher, found.row, at),
    )


def _precedents(matcher: Recommender, recipient: int, candidate: int) -> tuple[str, ...]:
    """The past choices most like this one, where the method of ranking remembers them."""
    similar = getattr(matcher.ranker, "precedents", None)
    if similar is None:
        return ()
    names = dict(matcher.profiles.snapshot.organisations.select("code", "name").iter_rows())
    return tuple(
        f"{names.get(one.partner, one.partner)} for {names.get(one.recipient, one.recipient)}, "
        f"{one.day.year}: in {in_100(one.share)} of 100 trees it falls into the same leaf."
        for one in similar(recipient, candidate)
    )


def _changes(
    matcher: Recommender, found: RankedCandidates, at: int, compared: NDArray[np.bool_], place: int
) -> tuple[Counterfactual, ...]:
    evidence = matcher.evidence
    values, own = found.fits.values[:, 0, compared], int(np.count_nonzero(compared[:at]))
    asked = (values, evidence.weights, own, place, matcher.arrangement.criteria)

    def says(k: int, value: float) -> str:
        return evidence.sentence(k, value, found.row, at)

    return (
        *weight_counterfactuals(*asked)[:CHANGES_TOLD],
        *value_counterfactuals(*asked, says)[:CHANGES_TOLD],
    )
