"""Who was chosen: candidates of the day before as small tables, methods learned early and scored late.

A set holds every candidate that was open and near enough on the day; a partner beyond that counts as missed.
Sets are made one by one, so that thousands of replays among thousands of organisations fit in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.evaluation.effect.choice_inputs import Past, day_of_choice, inputs, past_pairings
from matchmaker.evaluation.effect.population import position
from matchmaker.evaluation.effect.settings import ChoiceStudy
from matchmaker.evaluation.inference import bootstrap_mean, clustered
from matchmaker.evaluation.metrics import TiedRank, hit, reciprocal_rank
from matchmaker.models.arrangement import arrangement
from matchmaker.models.learned.conditional_logit import ConditionalLogit
from matchmaker.models.learned.lambdarank import lambdarank
from matchmaker.models.scoring.criteria import criterion_values
from matchmaker.models.scoring.geography import nearest_sites_from
from matchmaker.training.parallel import Track, in_parallel
from matchmaker.typing import Floats

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

DISTANCE, SIZE, REGION, GRADE = "distance, log", "size, log", "same region", "grade"
ALWAYS = (DISTANCE, SIZE, REGION, GRADE)
"""Columns of every set beside the criteria of the arrangement."""


@dataclass(frozen=True, slots=True)
class ChoiceSet:
    """One past choice.

    Attributes:
        day: before it; pairing_id: on record.
        partner: code of the one chosen.
        year: of the start.
        x: (n, p) columns of `ALWAYS` and criteria; NaN is unknown.
        chosen: row of the partner; None if it was too far, or not open.
        inputs: of `choice_inputs.inputs`, (n,) each; empty where the study asks for none.
        words: of the recipient, by attribute.
    """

    day: date
    pairing_id: str
    partner: str
    year: int
    x: Floats
    chosen: int | None
    inputs: Mapping[str, Floats]
    words: Mapping[str, str]


def choice_sets(
    engine: Matchmaker, study: ChoiceStudy, pairings: pl.DataFrame, track: Track = iter
) -> list[ChoiceSet]:
    """The choices of `pairings` (recipient, partner, start, day), by day.

    Args:
        engine: of the sector.
        study: which candidates and columns.
        pairings: in any order.
        track: wraps the days, for a progress bar.
    """
    days = pairings.sort("day", "pairing_id").partition_by("day", maintain_order=True)
    past = past_pairings(engine.snapshot) if study.inputs else None
    each = in_parallel(_sets_of_day, [(engine, study, past, group) for group in days], track)
    return [one for sets in each for one in sets]


def _sets_of_day(
    engine: Matchmaker, study: ChoiceStudy, past: Past | None, pairings: pl.DataFrame
) -> list[ChoiceSet]:
    """The choices of one day."""
    how = arrangement(engine.sector, study.arrangement)
    found = []
    profiles = engine.profiles(pairings["day"][0])
    candidates = np.isin(profiles.types, study.candidates)
    size = np.log(np.maximum(profiles.values[:, profiles.column[study.size]], 1))
    grade = profiles.values[:, profiles.column[study.grade]]
    regions = profiles.organisations["region"].fill_null("").to_numpy()
    more = study.inputs
    day = day_of_choice(profiles, past, more.attributes) if more and past else None
    for one in pairings.iter_rows(named=True):
        row = position(profiles, engine, one["recipient"])
        if row is None:
            continue
        away = nearest_sites_from(profiles, row)
        near = np.flatnonzero(candidates & (away <= study.within_km))
        values = criterion_values(profiles, how.criteria, str(profiles.types[row]), np.array([row]), [{}])
        columns = [
            np.log1p(away[near]),
            size[near],
            (regions[near] == regions[row]).astype(float),
            grade[near],
        ]
        at = profiles.position.get(one["partner"])
        where = np.flatnonzero(near == at) if at is not None else np.empty(0)
        chosen = int(where[0]) if len(where) else None
        x = np.column_stack([*columns, *values[:, 0, near]])
        known: dict[str, Floats] = {}
        if more and day:
            known = inputs(day, row, near, study.kinds, more.figures)
            # Nearness is an input by itself, without what the recipient is under another code.
            known |= {
                criterion.name: own
                for criterion, own in zip(how.criteria, values[:, 0, near], strict=True)
                if criterion.form != "proximity"
            }
        words = {name: str(own[row]) for name, own in day.labels.items()} if day else {}
        found.append(
            ChoiceSet(
                one["day"], one["pairing_id"], one["partner"], one["start"].year, x, chosen, known, words
            )
        )
    return found


def choice_figures(
    study: ChoiceStudy, sets: Sequence[ChoiceSet], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Every method on the choices from `study.scored_from` on, with 95 % limits by partner.

    Args:
        study: of the sector.
        sets: of `choice_sets`.
        names: of the criteria, in the order of the columns after `ALWAYS`.

    Returns:
        For each method its name, n, and value, low and high of hit@1, hit@5, hit@10, mrr and percentile.
    """
    columns = [*ALWAYS, *names]
    at = {name: columns.index(name) for name in columns}
    early = [
        one for one in sets if one.year < study.scored_from and one.chosen is not None and len(one.x) > 1
    ]
    late = [one for one in sets if one.year >= study.scored_from]
    stacked = np.ma.masked_invalid(np.concatenate([one.x for one in early]))
    middle, spread = stacked.mean(axis=0).filled(0.0), stacked.std(axis=0).filled(0.0)
    spread[spread == 0] = 1.0

    def scaled(one: ChoiceSet, use: Sequence[int]) -> Floats:
        return np.asarray(np.nan_to_num((one.x[:, use] - middle[list(use)]) / spread[list(use)]))

    def by_column(name: str, sign: float = 1.0) -> Callable[[ChoiceSet], Floats]:
        return lambda one: np.nan_to_num(sign * one.x[:, at[name]], nan=-np.inf)

    def learned(use: Sequence[int]) -> Callable[[ChoiceSet], Floats]:
        y, groups = labels_of(early)
        model = ConditionalLogit().fit(np.concatenate([scaled(one, use) for one in early]), y, groups)
        return lambda one: model.decision_function(scaled(one, use))

    def trees() -> Callable[[ChoiceSet], Floats]:
        y, _ = labels_of(early)
        model = lambdarank([0] * len(columns))
        model.fit(np.concatenate([one.x for one in early]), y, group=[len(one.x) for one in early])
        return lambda one: np.asarray(model.predict(one.x))

    every = list(range(len(columns)))
    context = [at[name] for name in study.context]
    methods: dict[str, Callable[[ChoiceSet], Floats]] = {
        "Nearest": by_column(DISTANCE, -1),
        "Same region": by_column(REGION),
        "Largest": by_column(SIZE),
        "Best graded": by_column(GRADE),
        **{study.labels[name]: by_column(name) for name in study.labels},
        "Learned: distance": learned([at[DISTANCE]]),
        "Learned: context": learned(context),
        "Learned: distance and context": learned([at[DISTANCE], *context]),
        "Learned: everything": learned(every),
        "Learned: everything, by trees": trees(),
    }
    return [
        figures_of(name, [rank_of(score(one), one.chosen) for one in late], late)
        for name, score in methods.items()
    ]


def figures_of(name: str, ranks: Sequence[TiedRank | None], late: Sequence[ChoiceSet]) -> dict[str, Any]:
    """A method's name, n, and every metric with its limits by partner; None is missed."""
    clusters = clustered([one.partner for one in late])
    row: dict[str, Any] = {"method": name, "n": len(late)}
    for metric, of in METRICS.items():
        estimate = bootstrap_mean(np.array([of(rank) for rank in ranks]), clusters)
        row[metric] = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return row


def rank_of(score: Floats, chosen: int | None) -> TiedRank | None:
    """Where the one chosen stands; None where it was no candidate."""
    if chosen is None:
        return None
    own = score[chosen]
    return TiedRank(int((score > own).sum()), int((score == own).sum()), len(score))


def labels_of(sets: Sequence[ChoiceSet]) -> tuple[Floats, NDArray[np.intp]]:
    """(m,) 1 where chosen, and (m,) the number of the set, of all rows one below the other."""
    y = np.concatenate([np.arange(len(one.x)) == one.chosen for one in sets]).astype(float)
    groups = np.repeat(np.arange(len(sets), dtype=np.intp), [len(one.x) for one in sets])
    return y, groups


def _hit(at: TiedRank | None, k: int) -> float:
    return 0.0 if at is None else hit(at, k)


METRICS: dict[str, Callable[[TiedRank | None], float]] = {
    **{f"hit@{k}": partial(_hit, k=k) for k in (1, 5, 10)},
    "mrr": lambda at: 0.0 if at is None else reciprocal_rank(at),
    "percentile": lambda at: 1.0 if at is None else (at.mean_rank - 1) / max(at.among - 1, 1),
}
