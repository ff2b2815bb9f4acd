"""Replays: every method ranks the candidates of the day before, and the partner's rank is recorded.

All methods rank the same candidates, those that the rules of the arrangement left on that day, so that
their ranks can be compared query by query.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import polars as pl

from matchmaker.evaluation.metrics import METRICS, MISSED, TiedRank, tied_rank
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import Method, methods
from matchmaker.models.scoring.geography import kilometres_from
from matchmaker.models.scoring.ranker import Ranker
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import replay_arrangement
from matchmaker.training.learners import Scorer
from matchmaker.training.parallel import Track, in_parallel
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
        score: its scores and coverage of the candidates of a choice.
        bind: binds it to the profiles of a choice, or to others of the same day, where it can explain itself.
        learn: where it learns, what scores some choices, many at once; only: itself for some choices alone,
            once that is learned, so that it can be sent elsewhere.
    """

    name: str
    label: str
    says: str
    role: str
    score: Scorer
    bind: Callable[[Profiles, ChoiceSituation], Ranker] | None = field(default=None, repr=False)
    learn: Callable[[Sequence[ChoiceSituation]], None] = field(default=lambda choices: None, repr=False)
    only: Callable[[Sequence[ChoiceSituation]], EvaluatedMethod] | None = field(default=None, repr=False)

    def sent_with(self, choices: Sequence[ChoiceSituation]) -> EvaluatedMethod:
        """What another process needs of it for some choices."""
        return self if self.only is None else self.only(choices)


def evaluated_method(method: Method) -> EvaluatedMethod:
    """A method of the registry that is not learned from past choices.

    Chance is not drawn but worked out, as equal scores for all.
    """

    def bind(profiles: Profiles, choice: ChoiceSituation) -> Ranker:
        return method.bind(profiles, arrangement_of(choice))

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        score, coverage = choice.figures(untrained_scores)[method.name]
        return choice.scattered(score), choice.scattered(coverage)

    def chance(choice: ChoiceSituation) -> tuple[Floats, Floats]:
        return np.zeros(len(choice.eligible)), np.ones(len(choice.eligible))

    scorer = chance if method.spec.form == CHANCE else score
    return EvaluatedMethod(method.name, method.label, method.says, method.role, scorer, bind)


def untrained_scores(choice: ChoiceSituation) -> dict[str, tuple[Floats, Floats]]:
    """Scores and coverage of the candidates by each method that is not learned from past choices."""
    found = {}
    for name, method in methods(choice.sector).items():
        if method.spec.form != CHANCE and method.role != "practice":
            ranker = method.bind(choice.profiles, arrangement_of(choice))
            scores = ranker.scores(np.array([choice.row]))
            found[name] = scores.score[0, choice.candidates], scores.coverage[0, choice.candidates]
    return found


def partner_km(choice: ChoiceSituation) -> float:
    """How far away the chosen partner is, in kilometres; NaN where unknown, or where it was not eligible."""
    if choice.chosen is None:
        return math.nan
    return float(kilometres_from(choice.profiles, choice.row)[choice.chosen])


def method_of_form(sector: Sector, form: str) -> str | None:
    """The first method of a form; None where the sector has none."""
    return next((name for name, method in methods(sector).items() if method.spec.form == form), None)


def arrangement_of(choice: ChoiceSituation) -> Arrangement:
    """The arrangement under whose rules and weights a choice is replayed."""
    return replay_arrangement(choice.sector, choice.kind)


def family_of(choice: ChoiceSituation) -> str:
    """The heading under which a choice is reported, and of which models that are scored on it learn."""
    return choice.sector.pairing_kinds[choice.kind].family


def replay(
    choices: Sequence[ChoiceSituation],
    methods: Sequence[EvaluatedMethod],
    organisation: Callable[[str], str],
    track: Track = iter,
) -> pl.DataFrame:
    """The rank of the partner by every method.

    Args:
        choices: past pairings, each with its candidates.
        methods: those that take part.
        organisation: what a code has become, so that one body under two codes counts as one.
        track: wraps the days, for a progress bar.

    Returns:
        One row per choice and method: pairing_id, family, kind, organisation (the recipient's or the
        partner's, by which the sector draws intervals), recipient, partner, day,
        method, counted (`scored`, `partner not eligible`, `method says nothing`), candidates, better,
        tied, coverage (of the partner), and each metric. A partner that was not eligible counts as
        missed; where a method says nothing its metrics are null.
    """
    for method in methods:
        method.learn(choices)
    tasks = [
        ([(one, organisation(_whole(one))) for one in own], [method.sent_with(own) for method in methods])
        for own in by_day(choices)
    ]
    rows = [row for rows in in_parallel(_rows, tasks, track) for row in rows]
    return pl.DataFrame(rows, schema=RESULTS)


def _whole(choice: ChoiceSituation) -> str:
    """Whose choices belong together."""
    by = evaluation_settings(choice.sector).intervals_by
    return choice.recipient if by == "recipient" else choice.partner


def by_day(choices: Iterable[ChoiceSituation]) -> list[list[ChoiceSituation]]:
    """Choices that follow on each other and are of one day: what is worked on at once."""
    return [list(own) for _, own in groupby(choices, lambda one: one.day)]


def _rows(
    choices: Sequence[tuple[ChoiceSituation, str]], methods: Sequence[EvaluatedMethod]
) -> list[dict[str, Any]]:
    return [_row(choice, method, organisation) for choice, organisation in choices for method in methods]


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
