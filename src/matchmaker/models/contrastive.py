"""Contrastive explanation: why a candidate stands where it does and not higher, and what would change it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import InvalidParameter
from matchmaker.models.explanation.counterfactuals import value_counterfactuals, weight_counterfactuals
from matchmaker.models.explanation.rule_effects import excluded_one
from matchmaker.models.options import RankedCandidates
from matchmaker.models.ranking import outranks
from matchmaker.models.recommender import Recommender
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.models.types import Counterfactual, WhyNot

MAX_COUNTERFACTUALS = 3
"""Maximum number of counterfactuals of each kind."""


def why_not(recommender: Recommender, recipient: str, candidate: str, limit: int) -> WhyNot:
    """Why a candidate stands where it does, and what would change it.

    Args:
        recommender: an arrangement and a method applied to a day.
        recipient, candidate: codes, open on the day.
        limit: how many places count as being on the list, 1 or more.

    Raises:
        InvalidParameter: both are the same, or the limit is below 1.
        UnknownOrganisation: a code is of none that is open on the day.
    """
    if limit < 1:
        raise InvalidParameter(f"A list of {limit} holds nothing.", "Ask about 1 place or more.")
    at = recommender.row(candidate)
    if recommender.row(recipient) == at:
        raise InvalidParameter(
            f"A {recommender.profiles.sector.words.organisation} can't be its own partner.",
            "Ask about another candidate.",
        )
    ranked = recommender.ranked(recipient)
    compared = ranked.eligible.copy()
    compared[at] = True
    score, coverage = ranked.scores.score[0], ranked.scores.coverage[0]
    own = int(np.count_nonzero(compared[:at]))
    unrestricted = 1 + int(outranks(score[compared], coverage[compared], own).sum())
    is_evidence = recommender.ranker is recommender.evidence
    to_first, to_list = (
        _counterfactuals(recommender, ranked, at, compared, place)
        if is_evidence and unrestricted > place
        else ()
        for place in (1, limit)
    )
    first = int(ranked.order[0]) if len(ranked.order) else None
    return WhyNot(
        recipient=recommender.organisation(ranked.row),
        candidate=recommender.organisation(at),
        arrangement=recommender.arrangement.name,
        as_of=recommender.profiles.as_of,
        snapshot=recommender.profiles.snapshot.hash,
        method=recommender.ranker.name,
        version=recommender.version,
        limit=limit,
        rank=unrestricted if ranked.eligible[at] else None,
        unrestricted_rank=unrestricted,
        excluded=None if ranked.eligible[at] else excluded_one(recommender.profiles, at, ranked.exclusions),
        fit=float(score[at]),
        coverage=float(coverage[at]),
        rows=recommender.explainer.rows(ranked.scores.among([at]), ranked.row, at),
        first=None if first is None else recommender.organisation(first),
        first_rows=(
            ()
            if first is None
            else recommender.explainer.rows(ranked.scores.among([first]), ranked.row, first)
        ),
        to_first=to_first,
        to_list=to_list,
        precedents=_precedents(recommender, ranked.row, at),
        notes=recommender.pair_notes(ranked, at),
    )


def _precedents(recommender: Recommender, recipient: int, candidate: int) -> tuple[str, ...]:
    """The past choices most like this one, where the method of ranking remembers them."""
    similar = getattr(recommender.ranker, "precedents", None)
    if similar is None:
        return ()
    names = dict(recommender.profiles.snapshot.organisations.select("code", "name").iter_rows())
    return tuple(
        f"{names.get(one.partner, one.partner)} for {names.get(one.recipient, one.recipient)}, "
        f"{one.day.year}: in {percent_1_99(one.share)} of 100 trees it falls into the same leaf."
        for one in similar(recipient, candidate)
    )


def _counterfactuals(
    recommender: Recommender, ranked: RankedCandidates, at: int, compared: NDArray[np.bool_], place: int
) -> tuple[Counterfactual, ...]:
    evidence = recommender.evidence
    values, own = ranked.fits.values[:, 0, compared], int(np.count_nonzero(compared[:at]))
    common = (values, evidence.weights, own, place, recommender.arrangement.criteria)

    def describe(k: int, value: float) -> str:
        return evidence.describe(k, value, ranked.row, at)

    return (
        *weight_counterfactuals(*common)[:MAX_COUNTERFACTUALS],
        *value_counterfactuals(*common, describe, recommender.profiles.sector)[:MAX_COUNTERFACTUALS],
    )
