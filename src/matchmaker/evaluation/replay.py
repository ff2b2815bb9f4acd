"""Replays: every method ranks the candidates of the day before, and the partner's rank is recorded.

All methods rank the same candidates, those that the rules of the arrangement left on that day, so that
their ranks can be compared query by query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from matchmaker.evaluation.metrics import METRICS, MISSED, TiedRank, tied_rank
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.features import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import Method, methods
from matchmaker.models.scoring.ranker import Ranker
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import replay_arrangement
from matchmaker.training.learners import Scorer
from matchmaker.typing import Floats

SCORED, NOT_ELIGIBLE, NOTHING = "scored", "partner not eligible", "method says nothing"
CHANCE, NEAREST = "random", "distance"
"""Forms of the two methods that every other one is held against."""
RESULTS: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("pairing_id", "family", "kind", "organisation", "recipient", "partner"), pl.String),
    "day": pl.Date,
    **dict.fromkeys(("method", "counted"), pl.String),
    **dict.fromkeys(("candidates", "better", "tied"), pl.Int64),
    "coverage": pl.Float64,
    **dict.fromkeys(METRICS, pl.Float64),
}
"""Columns of the results."""


@dataclass(frozen=True)
class EvaluatedMethod:
    """A method that takes part.

    Attributes:
        name, label, says: by which it is chosen, its name for people, and what it does in one sentence.
        role: `evidence`, `practice` (learned from past choices), `baseline` or `lookahead`.
        score: its scores and coverage of all candidates of a choice.
        bind: binds it to the profiles of a choice, or to others of the same day, where it can explain itself.
    """

    name: str
    label: str
    says: str
    role: str
    score: Scorer
    bind: Callable[[Profiles, ChoiceSituation], Ranker] | None = field(default=None, repr=False)


def evaluated_method(method: Method) -> EvaluatedMethod:
    """A method of the registry as it is; chance is not drawn but worked out, as equal scores for all."""

    def bind(profiles: Profiles, choice: ChoiceSituation) -> Ranker:
        return method.bind(profiles, arrangement_of(choice))

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        scores = bind(choice.profiles, choice).scores(np.array([choice.row]))
        return scores.score[0], scores.coverage[0]

    def chance(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        return np.zeros(len(choice.eligible)), np.ones(len(choice.eligible))

    scorer = chance if method.spec.form == CHANCE else score
    return EvaluatedMethod(method.name, method.label, method.says, method.role, scorer, bind)


def method_of_form(sector: Sector, form: str) -> str | None:
    """The first method of a form; None where the sector has none."""
    return next((name for name, method in methods(sector).items() if method.spec.form == form), None)


def arrangement_of(choice: ChoiceSituation) -> Arrangement:
    """The arrangement under whose rules and weights a choice is replayed."""
    return replay_arrangement(choice.profiles.sector, choice.kind)


def family_of(choice: ChoiceSituation) -> str:
    """The heading under which a choice is reported, and of which models that are scored on it learn."""
    return choice.profiles.sector.pairing_kinds[choice.kind].family


def replay(
    choices: Sequence[ChoiceSituation],
    methods: Sequence[EvaluatedMethod],
    organisation: Callable[[str], str],
    track: Callable[[Iterable[ChoiceSituation]], Iterator[ChoiceSituation]] = iter,
) -> pl.DataFrame:
    """The rank of the partner by every method.

    Args:
        choices: past pairings, each with its candidates.
        methods: those that take part.
        organisation: what a code has become, so that one body under two codes counts as one.
        track: wraps the choices, for a progress bar.

    Returns:
        One row per choice and method: pairing_id, family, kind, organisation (the recipient's or the
        partner's, by which the sector draws intervals), recipient, partner, day,
        method, counted (`scored`, `partner not eligible`, `method says nothing`), candidates, better,
        tied, coverage (of the partner), and each metric. A partner that was not eligible counts as
        missed; where a method says nothing its metrics are null.
    """
    rows = [
        _row(choice, method, organisation(_whole(choice))) for choice in track(choices) for method in methods
    ]
    return pl.DataFrame(rows, schema=RESULTS)


def _whole(choice: ChoiceSituation) -> str:
    """Whose choices belong together."""
    by = evaluation_settings(choice.profiles.sector).intervals_by
    return choice.recipient if by == "recipient" else choice.partner


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
        "family": family_of(choice),
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
