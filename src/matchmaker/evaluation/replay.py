"""Replays: every method ranks the candidates of the day before, and the partner's place is kept.

All methods rank the same candidates, those that the rules of the arrangement left on that day, so that
their places can be compared query by query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from matchmaker.evaluation.metrics import METRICS, MISSED, TiedRank, tied_rank
from matchmaker.features import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import METHODS, ranker
from matchmaker.models.scoring.ranker import Ranker
from matchmaker.training.choice_sets import eligibility
from matchmaker.typing import Floats

FAMILIES = {
    "buddying": "Buddying",
    "acquisition": "Structural",
    "merger": "Structural",
    "shared_leadership": "Shared leadership",
    "management_contract": "Management contract",
}
"""Kind of pairing -> what it is reported under."""

SCORED, NOT_ELIGIBLE, NOTHING = "scored", "partner not eligible", "method says nothing"

Scorer = Callable[[ChoiceSituation], tuple[Floats, Floats] | None]
"""Gives the (n,) scores and the (n,) coverage of all candidates, or None where it may not say anything."""


@dataclass(frozen=True)
class EvaluatedMethod:
    """A method that takes part.

    Attributes:
        name, says: how it is called, and what it does in one sentence.
        role: `evidence`, `practice` (learned from past choices) or `baseline`.
        bind: binds it to the profiles of a choice, or to others of the same day, where it can explain itself.
    """

    name: str
    says: str
    role: str
    score: Scorer
    bind: Callable[[Profiles, ChoiceSituation], Ranker] | None = field(default=None, repr=False)


def evaluated_method(name: str) -> EvaluatedMethod:
    """A method of the registry as it is; chance is not drawn but worked out, as equal scores for all."""
    method = METHODS[name]

    def bind(profiles: Profiles, choice: ChoiceSituation) -> Ranker:
        return ranker(name, profiles, arrangement_of(choice))

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        scores = bind(choice.profiles, choice).scores(np.array([choice.row]))
        return scores.score[0], scores.coverage[0]

    def chance(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        return np.zeros(len(choice.eligible)), np.ones(len(choice.eligible))

    role = "evidence" if name == "evidence" else "baseline"
    return EvaluatedMethod(name, method.says, role, chance if name == "random" else score, bind)


def arrangement_of(choice: ChoiceSituation) -> Arrangement:
    """The arrangement under whose rules and weights a choice is replayed."""
    return eligibility(choice.kind)


def replay(
    choices: Sequence[ChoiceSituation],
    contenders: Sequence[EvaluatedMethod],
    organisation: Callable[[str], str],
    tell: Callable[[Iterable[ChoiceSituation]], Iterator[ChoiceSituation]] = iter,
) -> pl.DataFrame:
    """The place of the partner in every ranking.

    Args:
        choices: past pairings, each with its candidates.
        contenders: methods.
        organisation: what a recipient's code has become, so that one body under two codes counts as one.
        tell: wraps the choices, for a progress bar.

    Returns:
        One row per choice and method: pairing_id, family, kind, organisation, recipient, partner, day,
        method, counted (`scored`, `partner not eligible`, `method says nothing`), candidates, better,
        tied, coverage (of the partner), and each metric. A partner that was not eligible counts as
        missed; where a method says nothing its metrics are null.
    """
    rows = [
        _row(choice, one, organisation(choice.recipient)) for choice in tell(choices) for one in contenders
    ]
    types = {"day": pl.Date, "better": pl.Int64, "tied": pl.Int64, "coverage": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=types | dict.fromkeys(METRICS, pl.Float64))


def _row(choice: ChoiceSituation, method: EvaluatedMethod, organisation: str) -> dict[str, Any]:
    scored = method.score(choice)
    at: TiedRank | None = None
    if scored is None:
        counted, metrics = NOTHING, dict.fromkeys(METRICS, None)
    elif choice.chosen is None:
        counted, metrics = NOT_ELIGIBLE, dict(MISSED)
    else:
        at = tied_rank(*scored, choice.eligible, choice.chosen)
        counted, metrics = SCORED, {name: metric(at) for name, metric in METRICS.items()}
    return {
        "pairing_id": choice.pairing_id,
        "family": FAMILIES[choice.kind],
        "kind": choice.kind,
        "organisation": organisation,
        "recipient": choice.recipient,
        "partner": choice.partner,
        "day": choice.day,
        "method": method.name,
        "counted": counted,
        "candidates": int(choice.eligible.sum()),
        "better": at and at.better,
        "tied": at and at.tied,
        "coverage": float(scored[1][choice.chosen]) if scored and choice.chosen is not None else None,
        **metrics,
    }
