"""The worst misses, each with its explanation: where the partner stood, who stood first, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from matchmaker.evaluation.records import ContributionGap, Miss
from matchmaker.evaluation.replay import SCORED, EvaluatedMethod
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import rank_candidates
from matchmaker.models.scoring.ranker import Ranker, Scores
from matchmaker.training.parallel import in_parallel

MAX_GAPS = 3
"""Maximum number of terms that set the first apart from the partner, the largest first."""
MIN_LEAD = 0.005
"""Smaller leads are not worth a sentence."""


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
    tasks = [
        (by_id[row["pairing_id"]], row["better"] + (row["tied"] + 1) / 2, row["candidates"], method)
        for row in own.iter_rows(named=True)
    ]
    return in_parallel(_miss, tasks)


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
    order = [int(k) for k in np.argsort(-leads, kind="stable") if leads[k] > MIN_LEAD][:MAX_GAPS]

    def says(k: int, at: int) -> str:
        value = float(scores.values[k, 0, at])
        return ranker.describe(k, None if math.isnan(value) else value, row, at)

    return tuple(
        ContributionGap(
            label=ranker.components[k].label,
            lead=float(leads[k]),
            partner=says(k, partner),
            first=says(k, first),
        )
        for k in order
    )


def _name(choice: ChoiceSituation, at: int) -> str:
    organisations = choice.profiles.organisations
    return f"{organisations.item(at, 'name')} ({organisations.item(at, 'code')})"
