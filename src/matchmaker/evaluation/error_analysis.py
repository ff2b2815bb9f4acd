"""The worst misses, each with its explanation: where the partner stood, who stood first, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from matchmaker.evaluation.replay import SCORED, EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import rank_candidates
from matchmaker.models.scoring.ranker import Ranker, Scores

TOLD = 3
"""Terms that set the first apart from the partner, the largest first."""
MATTERS = 0.005


@dataclass(frozen=True, slots=True)
class ContributionGap:
    """One term on which the first candidate was ahead of the partner.

    Attributes:
        lead: how much more it added to the score of the first.
        partner, first: what the term says of each.
    """

    label: str
    lead: float
    partner: str
    first: str


@dataclass(frozen=True, slots=True)
class Miss:
    """One replay in which the partner stood far down.

    Attributes:
        rank: its mean rank among the tied.
        among: candidates.
        known: share of the weight known of the partner.
        first: name and code of the candidate in the first place.
        apart: why that one stood before it.
    """

    pairing_id: str
    kind: str
    day: date
    recipient: str
    partner: str
    rank: float
    among: int
    known: float
    first: str
    apart: tuple[ContributionGap, ...]


def worst_misses(
    results: pl.DataFrame, choices: Sequence[ChoiceSituation], method: EvaluatedMethod, limit: int = 10
) -> list[Miss]:
    """The replays of a method in which the partner stood furthest down, the worst first.

    Args:
        results: of `replay`.
        choices: that were replayed.
        method: one that can explain itself.
        limit: how many.

    Raises:
        ValueError: the method can't explain itself.
    """
    if method.bind is None:
        raise ValueError(f"{method.name} can't explain itself")
    own = results.filter((pl.col("method") == method.name) & (pl.col("counted") == SCORED))
    own = own.sort("percentile", "pairing_id", descending=[True, False]).head(limit)
    by_id = {one.pairing_id: one for one in choices}
    return [
        _miss(by_id[row["pairing_id"]], row["better"] + (row["tied"] + 1) / 2, row["candidates"], method)
        for row in own.iter_rows(named=True)
    ]


def _miss(choice: ChoiceSituation, rank: float, among: int, method: EvaluatedMethod) -> Miss:
    if method.bind is None or choice.chosen is None:
        raise ValueError("only an eligible partner of a method that explains itself can be explained")
    ranker = method.bind(choice.profiles, choice)
    scores = ranker.scores(np.array([choice.row]))
    first = int(rank_candidates(scores.score[0], scores.coverage[0], choice.eligible)[0])
    return Miss(
        pairing_id=choice.pairing_id,
        kind=choice.kind,
        day=choice.day,
        recipient=_name(choice, choice.row),
        partner=_name(choice, choice.chosen),
        rank=rank,
        among=among,
        known=float(scores.coverage[0, choice.chosen]),
        first=_name(choice, first),
        apart=_apart(ranker, scores, choice.row, choice.chosen, first),
    )


def _apart(ranker: Ranker, scores: Scores, row: int, partner: int, first: int) -> tuple[ContributionGap, ...]:
    leads = scores.contributions[:, 0, first] - scores.contributions[:, 0, partner]
    order = [int(k) for k in np.argsort(-leads, kind="stable") if leads[k] > MATTERS][:TOLD]

    def says(k: int, at: int) -> str:
        value = float(scores.values[k, 0, at])
        return ranker.sentence(k, None if math.isnan(value) else value, row, at)

    return tuple(
        ContributionGap(ranker.terms[k].label, float(leads[k]), says(k, partner), says(k, first))
        for k in order
    )


def _name(choice: ChoiceSituation, at: int) -> str:
    organisations = choice.profiles.organisations
    return f"{organisations.item(at, 'name')} ({organisations.item(at, 'code')})"
