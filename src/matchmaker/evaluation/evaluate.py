"""The whole evaluation: every method on every past pairing, what came of them, and what can be doubted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

import matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation import aggregate, contested_bids, lookahead, sensitivity
from matchmaker.evaluation.cross_validation import (
    FORWARD,
    Learner,
    group_events,
    leave_event_out,
    rolling_origin,
)
from matchmaker.evaluation.error_analysis import Miss, worst_misses
from matchmaker.evaluation.leakage import Leak, find_leaks
from matchmaker.evaluation.outcomes.association import (
    Association,
    PowerAnalysis,
    curves,
    power_analysis,
    with_exits,
    with_ratings,
)
from matchmaker.evaluation.outcomes.exposures import Exposures
from matchmaker.evaluation.outcomes.spells import DAYS_A_MONTH, HELP, exits, quality_spells, ratings
from matchmaker.evaluation.outcomes.survival import Curve, kaplan_meier
from matchmaker.evaluation.refit import RefittedWeights
from matchmaker.evaluation.replay import (
    FAMILIES,
    SCORED,
    EvaluatedMethod,
    arrangement_of,
    evaluated_method,
    replay,
)
from matchmaker.evaluation.user_pairings import OwnPairings
from matchmaker.models.eligibility.rules import apply_rule
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.lambdarank import LambdaRankLearner
from matchmaker.models.learned.logit_ranker import LogitLearner
from matchmaker.models.registry import METHODS
from matchmaker.training.choice_sets import ARRANGEMENT_OF, KINDS, ExcludedPairing, build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

Tell = Callable[[str, Iterable[Any]], Iterator[Any]]
"""Wraps a sequence of steps, for a progress bar: told what is being done."""

EVIDENCE, CHANCE = "evidence", "random"
LEAK_CHECKS = 8
"""So many replays, spread over the years, are asked again of a world that ends on their day."""
ERAS = ((date(2000, 1, 1), "to 2013"), (date(2014, 1, 1), "2014 to 2019"), (date(2020, 1, 1), "from 2020"))
"""First days of the eras, by what was published: no ratings before 2014, hardly any context before 2020."""


@dataclass(frozen=True)
class Outcomes:
    """What became of trusts that were helped.

    Attributes:
        spells: in special measures for reasons of quality; `stay` is their Kaplan-Meier curve.
        exits, ratings: of buddied trusts, one row each.
        with_exits, with_ratings: associations among these; `_any`: among all that were helped by a
            partner without merging.
        halves: curves of the more and the less similar half.
    """

    spells: int
    stay: Curve
    exits: pl.DataFrame
    ratings: pl.DataFrame
    with_exits: list[Association]
    with_ratings: list[Association]
    with_exits_any: list[Association]
    with_ratings_any: list[Association]
    halves: dict[str, Curve]
    reach: PowerAnalysis


@dataclass(frozen=True)
class Evaluation:
    """All results; `documents` and the page tell them.

    Attributes:
        own: the user's file, where one was given.
        methods: name -> what it does and its role (`evidence`, `practice`, `baseline`).
        results: one row per replay and method (`replay.replay`).
        counts, means, comparisons: of `summary`.
        eras: means by family, era and method, with the share of the weight known of the partners.
        excluded: how many partners each rule kept out, by family.
        hindsight: means of methods applied backwards; told apart.
        competitions: of `contested_bids.placed`.
        leaks: what differed in `leak_checks` replays asked again of a world that ends on their day.
        misses: method -> its worst replays.
        drawn, without: of `sensitivity`.
        outcomes: None for the user's own pairings.
    """

    snapshot: str
    version: str
    as_of: date
    own: OwnPairings | None
    choices: list[ChoiceSituation]
    skipped: list[ExcludedPairing]
    methods: dict[str, tuple[str, str]]
    results: pl.DataFrame
    counts: pl.DataFrame
    means: pl.DataFrame
    comparisons: pl.DataFrame
    eras: pl.DataFrame
    excluded: pl.DataFrame
    hindsight: pl.DataFrame
    competitions: pl.DataFrame
    leaks: list[Leak]
    leak_checks: int
    misses: dict[str, list[Miss]]
    drawn: pl.DataFrame
    without: pl.DataFrame
    outcomes: Outcomes | None


def evaluate(
    engine: Matchmaker,
    arrangement: str | None = None,
    method: str | None = None,
    own: OwnPairings | None = None,
    tell: Tell = lambda doing, steps: iter(steps),
) -> Evaluation:
    """Replay past pairings and see what came of them.

    Args:
        engine: whose snapshot is used; also what learned methods learn from.
        arrangement: only pairings that are replayed under it (or of a kind so named).
        method: only this method, beside chance and the nearest; by default all.
        own: pairings to score in place of the snapshot's.
        tell: wraps each series of steps, for a progress bar.

    Raises:
        OutOfRange: there is no such arrangement or method, or no pairing can be scored.
    """
    import scipy.optimize  # noqa: F401 - loaded before the limit, so that it holds for its threads too
    from threadpoolctl import threadpool_limits

    # The matrices are small: threads would wait for each other, and sums depend on the number of cores.
    with threadpool_limits(1):
        return _evaluated(engine, _kinds(arrangement), method, own, tell)


def _evaluated(
    engine: Matchmaker, kinds: Collection[str], method: str | None, own: OwnPairings | None, tell: Tell
) -> Evaluation:
    organisation = engine.directory.latest
    learning = learners(engine)
    _known(method, learning)
    seen, skipped = _past(engine, kinds, None, tell)
    scored = seen
    if own is not None:
        scored, skipped = _past(engine, kinds, own.table, tell)
    if not scored:
        none = "There is none of these kinds." if own is None or own.table.height else "No row is usable."
        reasons = " ".join(sorted({one.why for one in skipped})) or none
        raise InvalidParameter(
            f"No pairing can be scored. {reasons}", "Use other pairings, or mend the file."
        )
    sets = contested_bids.contested_bids(engine, None if own is None else own.table)
    asked = [*scored, *(one.choice for one in sets)]
    contenders = _contenders(method, learning, seen, asked, organisation)
    results = replay(scored, contenders, organisation, lambda steps: tell("Replaying", steps))
    checked = scored[:: max(1, len(scored) // LEAK_CHECKS)]
    found = [leak for one in tell("Looking for leaks", checked) for leak in find_leaks([one], contenders)]
    told = [one for one in contenders if one.bind is not None and one.role != "baseline"]
    claims = [one.name for one in contenders if one.role != "baseline"]
    baselines = [one.name for one in contenders if one.role == "baseline"]
    return Evaluation(
        snapshot=engine.snapshot.hash,
        version=matchmaker.__version__,
        as_of=engine.snapshot.as_of,
        own=own,
        choices=scored,
        skipped=skipped,
        methods={one.name: (one.says, one.role) for one in contenders},
        results=results,
        counts=aggregate.counts(results),
        means=aggregate.means(results),
        comparisons=aggregate.comparisons(results, claims, baselines),
        eras=_eras(results),
        excluded=_excluded(scored),
        hindsight=aggregate.means(lookahead.replayed(scored, Exposures(engine.snapshot), organisation)),
        competitions=contested_bids.placed([one for one in sets if one.choice.kind in kinds], contenders),
        leaks=found,
        leak_checks=len(checked),
        misses={one.name: worst_misses(results, scored, one) for one in told},
        drawn=sensitivity.drawn_weights(scored),
        without=sensitivity.without_each(scored),
        outcomes=outcomes(engine) if own is None else None,
    )


def outcomes(engine: Matchmaker) -> Outcomes:
    """What became of the trusts that were helped, and whether suitable partners went with better ends."""
    spells = quality_spells(engine)
    time = [(one["until"] - one["entry"]).days / DAYS_A_MONTH for one in spells]
    left = exits(engine)
    rated = ratings(engine, ("buddying",))
    return Outcomes(
        spells=len(spells),
        stay=kaplan_meier(np.array(time), np.array([one["left"] for one in spells])),
        exits=left,
        ratings=rated,
        with_exits=with_exits(left),
        with_ratings=with_ratings(rated),
        with_exits_any=with_exits(exits(engine, HELP)),
        with_ratings_any=with_ratings(ratings(engine, HELP)),
        halves=curves(left),
        reach=power_analysis(left),
    )


def learners(engine: Matchmaker) -> list[Learner]:
    """The methods that learn from past choices."""
    return [LogitLearner(), LambdaRankLearner(), RefittedWeights(engine.directory.latest)]


def _kinds(arrangement: str | None) -> tuple[str, ...]:
    if arrangement is None:
        return KINDS
    asked = arrangement.strip().casefold().replace(" ", "_")
    found = tuple(kind for kind in KINDS if asked in {kind, ARRANGEMENT_OF[kind]})
    if not found:
        known = dict.fromkeys([*ARRANGEMENT_OF.values(), *KINDS])
        text = f"No past pairing is replayed under '{arrangement}'."
        raise InvalidParameter(text, f"Choose one of {', '.join(known)}.")
    return found


def _known(method: str | None, learning: Sequence[Learner]) -> None:
    """Refuses a method that there is none of, before anything takes time."""
    names = dict.fromkeys(METHODS) | dict.fromkeys(
        f"{one.name}{end}" for one in learning for end in ("", FORWARD)
    )
    if method is not None and method not in names:
        raise InvalidParameter(f"There is no method '{method}'.", f"Choose one of {', '.join(names)}.")


def _past(
    engine: Matchmaker, kinds: Collection[str], table: pl.DataFrame | None, tell: Tell
) -> tuple[list[ChoiceSituation], list[ExcludedPairing]]:
    """The choices of some kinds, by day, and the pairings that don't count."""
    made: list[ChoiceSituation] = []
    skipped: list[ExcludedPairing] = []
    for kind in tell("Going back to the day before", kinds):
        some, others = build_choice_sets(engine, table, (kind,))
        made += some
        skipped += others
    return sorted(made, key=lambda one: (one.day, one.pairing_id)), skipped


def _contenders(
    method: str | None,
    learning: Sequence[Learner],
    seen: Sequence[ChoiceSituation],
    asked: Sequence[ChoiceSituation],
    organisation: Callable[[str], str],
) -> list[EvaluatedMethod]:
    event = group_events([*seen, *asked], organisation)
    # The learned methods of the registry have seen every past pairing: here they learn anew.
    known = [evaluated_method(name) for name in METHODS if name not in {one.name for one in learning}]
    for learner in learning:
        known += [leave_event_out(learner, seen, event), rolling_origin(learner, seen, event)]
    if method is None:
        return known
    return [one for one in known if one.name in {method, f"{method}{FORWARD}", CHANCE, "nearest"}]


def _eras(results: pl.DataFrame) -> pl.DataFrame:
    """Means by family, era and method, of the queries that are scored."""
    begun = [pl.when(pl.col("day") >= day).then(pl.lit(name)) for day, name in reversed(ERAS)]
    results = results.sort("day", maintain_order=True)
    scored = results.filter(pl.col("counted") == SCORED).with_columns(era=pl.coalesce(begun))
    metrics = pl.col("hit@5", "hit@10", "percentile", "coverage").mean()
    told = scored.group_by("family", "era", "method", maintain_order=True).agg(
        pl.len().alias("queries"), metrics
    )
    return told.rename({"coverage": "known"})


def _excluded(scored: Sequence[ChoiceSituation]) -> pl.DataFrame:
    """How many partners each rule keeps out, and how many were no open organisation, by family."""
    rows = []
    for one in scored:
        if one.why_not is None:
            continue
        if one.partner_row is None:
            rules = ["not open"]
        else:
            how = arrangement_of(one)
            rules = [
                rule.name
                for rule in how.rules
                if apply_rule(rule, one.profiles, one.row).excluded[one.partner_row]
            ]
        rows += [
            {"family": FAMILIES[one.kind], "rule": rule, "pairing_id": one.pairing_id, "why": one.why_not}
            for rule in rules
        ]
    schema = dict.fromkeys(("family", "rule", "pairing_id", "why"), pl.String)
    return pl.DataFrame(rows, schema=schema)
