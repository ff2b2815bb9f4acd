"""The whole evaluation: every method on every past pairing, what came of them, and what can be doubted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation import aggregate, contested_bids, sensitivity
from matchmaker.evaluation.cross_validation import (
    FORWARD,
    group_events,
    key,
    leave_event_out,
    rolling_origin,
)
from matchmaker.evaluation.drawn import drawn_pairings
from matchmaker.evaluation.error_analysis import worst_misses
from matchmaker.evaluation.forward_test import FIGURES, forward_figures
from matchmaker.evaluation.leakage import find_leaks
from matchmaker.evaluation.lookahead import later_profiles, lookahead_methods, replay_lookahead
from matchmaker.evaluation.outcomes.association import (
    power_analysis,
    repeated,
    survival_by_half,
    with_exits,
    with_ratings,
)
from matchmaker.evaluation.outcomes.spells import exits, help_kinds, quality_spells, ratings
from matchmaker.evaluation.outcomes.survival import kaplan_meier
from matchmaker.evaluation.records import ExitOutcomes, Leak, Miss, OutcomeRecord, RatingOutcomes
from matchmaker.evaluation.refit import RefittedWeights
from matchmaker.evaluation.replay import (
    CHANCE,
    NEAREST,
    SCORED,
    EvaluatedMethod,
    arrangement_of,
    evaluated_method,
    family_of,
    method_of_form,
    partner_km,
    replay,
    untrained_scores,
)
from matchmaker.evaluation.rules_in_practice import rule_shares, rule_states
from matchmaker.evaluation.settings import OutcomeStudy, evaluation_settings
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import methods
from matchmaker.sector import Sector
from matchmaker.training.choice_sets import ExcludedPairing, build_choice_sets
from matchmaker.training.learners import Learner, method_learners
from matchmaker.version import __version__

if TYPE_CHECKING:
    from matchmaker.evaluation.user_pairings import UserPairings
    from matchmaker.models.engine import Matchmaker

Track = Callable[[str, Iterable[Any]], Iterator[Any]]
"""Wraps a sequence of steps for a progress bar, given what is being done."""

LEAK_CHECKS = 8
"""So many replays, spread over the years, are repeated on a snapshot that ends on their day."""
ERA_METRICS = ("hit@5", "hit@10", "percentile")
"""Of which means by era are taken."""


@dataclass(frozen=True)
class Outcomes:
    """What came of the help.

    Attributes:
        record: the study, as it is published.
        exits, ratings: the tables that it was worked out from (`spells`), of the kinds of help that the
            question is about; None where the sector has no such outcome.
    """

    record: OutcomeRecord
    exits: pl.DataFrame | None
    ratings: pl.DataFrame | None


@dataclass(frozen=True)
class Evaluation:
    """All results; `published.publish` puts them into the form that reports and pages are made from.

    Attributes:
        sector: whose pairings were replayed.
        user_pairings: the user's file, where one was given.
        choices: the past pairings that were replayed; `left_out`: those that don't count.
        methods: those that took part.
        results: one row per replay and method (`replay.replay`).
        counts, means, comparisons: of `aggregate`.
        wins: each method against the nearest, pairing by pairing (`aggregate.wins_and_losses`).
        forward: of `forward_test.forward_figures`; empty for the user's own pairings.
        rules: of `rules_in_practice.rule_shares`.
        eras: means by family, era and method, with the share of the weight known of the partners.
        excluded: the partners that each rule excluded, by family.
        lookahead: means of methods that saw later figures.
        contested_bids: of `contested_bids.winner_ranks`.
        leaks: what differed in `leak_checks` replays repeated on a snapshot that ends on their day.
        misses: method -> its worst replays.
        weights, ablations: of `sensitivity`.
        outcomes: None for the user's own pairings, and where the sector studies none.
    """

    sector: Sector
    snapshot: str
    version: str
    as_of: date
    user_pairings: UserPairings | None
    choices: list[ChoiceSituation]
    left_out: list[ExcludedPairing]
    methods: list[EvaluatedMethod]
    results: pl.DataFrame
    counts: pl.DataFrame
    means: pl.DataFrame
    comparisons: pl.DataFrame
    wins: pl.DataFrame
    forward: pl.DataFrame
    rules: pl.DataFrame
    eras: pl.DataFrame
    excluded: pl.DataFrame
    lookahead: pl.DataFrame
    lookahead_methods: list[EvaluatedMethod]
    contested_bids: pl.DataFrame
    leaks: list[Leak]
    leak_checks: int
    misses: dict[str, list[Miss]]
    weights: pl.DataFrame
    ablations: pl.DataFrame
    outcomes: Outcomes | None


def evaluate(
    engine: Matchmaker,
    arrangement: str | None = None,
    method: str | None = None,
    user_pairings: UserPairings | None = None,
    track: Track = lambda doing, steps: iter(steps),
) -> Evaluation:
    """Replay past pairings and see what came of them.

    Args:
        engine: whose snapshot is used; also what learned methods learn from.
        arrangement: only pairings that are replayed under it (or of a kind so named).
        method: only this method, beside chance and the nearest; by default all.
        user_pairings: to be scored in place of the snapshot's.
        track: wraps each series of steps, for a progress bar.

    Raises:
        InvalidParameter: there is no such arrangement or method, or no pairing can be scored.
    """
    import scipy.optimize  # noqa: F401 - loaded before the limit, so that it holds for its threads too
    from threadpoolctl import threadpool_limits

    # The matrices are small: threads would wait for each other, and sums depend on the number of cores.
    with threadpool_limits(1):
        return _evaluate(engine, _kinds(engine.sector, arrangement), method, user_pairings, track)


def _evaluate(
    engine: Matchmaker,
    kinds: Collection[str],
    method: str | None,
    user_pairings: UserPairings | None,
    track: Track,
) -> Evaluation:
    organisation = engine.registry.latest
    learners = all_learners(engine)
    _check_method(engine.sector, method, learners)
    needs = dict.fromkeys(function for learner in learners for function in learner.needs)
    figures = (*needs, rule_states, untrained_scores, partner_km)
    past, left_out = _choices(engine, kinds, None, track, figures)
    scored = past
    if user_pairings is not None:
        scored, left_out = _choices(engine, kinds, user_pairings.table, track, figures)
    if not scored:
        nothing = user_pairings is None or user_pairings.table.height
        none = "There is none of these kinds." if nothing else "No row is usable."
        reasons = " ".join(sorted({one.why for one in left_out})) or none
        raise InvalidParameter(
            f"No pairing can be scored. {reasons}", "Use other pairings, or mend the file."
        )
    contests = contested_bids.contested_pairings(
        engine, None if user_pairings is None else user_pairings.table
    )
    queries = [*scored, *(one.choice for one in contests)]
    evaluated = _methods(engine.sector, method, learners, past, queries, organisation)
    forward = pl.DataFrame(schema=FIGURES)
    if user_pairings is None:
        names = {one.name for one in evaluated}
        forward = forward_figures(
            past,
            [one for one in learners if one.name in names],
            [one for one in evaluated if one.role == "evidence" or one.name in _simple(engine.sector)],
            group_events(past, organisation),
            organisation,
            method_of_form(engine.sector, CHANCE),
            lambda steps: track("Learning from what came before a day", steps),
        )
    results = replay(scored, evaluated, organisation, lambda steps: track("Replaying", steps))
    checked = scored[:: max(1, len(scored) // LEAK_CHECKS)]
    leaks = find_leaks(checked, evaluated, lambda steps: track("Looking for leaks", steps))
    explained = [one for one in evaluated if one.bind is not None and one.role != "baseline"]
    claims = [one.name for one in evaluated if one.role != "baseline"]
    baselines = [one.name for one in evaluated if one.role == "baseline"]
    backwards = lookahead_methods(engine.sector, later_profiles(engine.snapshot))
    contested = [one for one in contests if one.choice.kind in kinds]
    return Evaluation(
        sector=engine.sector,
        snapshot=engine.snapshot.hash,
        version=__version__,
        as_of=engine.snapshot.as_of,
        user_pairings=user_pairings,
        choices=scored,
        left_out=left_out,
        methods=evaluated,
        results=results,
        counts=aggregate.counts(results).join(
            _events(scored, organisation), on="family", maintain_order="left"
        ),
        means=aggregate.means(results),
        comparisons=aggregate.comparisons(results, claims, baselines),
        wins=aggregate.wins_and_losses(results, claims, _nearest(engine.sector, evaluated)),
        forward=forward,
        rules=rule_shares(scored, engine.sector),
        eras=_eras(engine.sector, results),
        excluded=_excluded_partners(scored),
        lookahead=aggregate.means(replay_lookahead(scored, backwards, organisation)),
        lookahead_methods=backwards,
        contested_bids=contested_bids.winner_ranks(contested, evaluated),
        leaks=leaks,
        leak_checks=len(checked),
        misses={one.name: worst_misses(results, scored, one) for one in explained},
        weights=sensitivity.drawn_weights(scored),
        ablations=sensitivity.criterion_ablations(scored),
        outcomes=outcomes(engine) if user_pairings is None else None,
    )


def outcomes(engine: Matchmaker) -> Outcomes | None:
    """What became of those that were helped, and whether suitable partners went with better outcomes.

    Returns:
        None where the sector studies no outcome.
    """
    study = evaluation_settings(engine.sector).outcomes
    if study is None:
        return None
    left = None if study.exits is None else exits(engine, study, study.kinds)
    rated = None if study.rating is None else ratings(engine, study, study.rating, study.kinds)
    record = OutcomeRecord(
        exits=None if left is None else _exit_outcomes(engine, study, left),
        ratings=None if rated is None else _rating_outcomes(engine, study, rated),
    )
    return Outcomes(record, left, rated)


def _exit_outcomes(engine: Matchmaker, study: OutcomeStudy, table: pl.DataFrame) -> ExitOutcomes:
    spells = quality_spells(engine)
    time = np.array([(one["until"] - one["entry"]).days / DAYS_PER_MONTH for one in spells])
    any_help = exits(engine, study, help_kinds(engine.sector))
    primary = study.exposures[0]
    return ExitOutcomes(
        spells=len(spells),
        median_months=kaplan_meier(time, np.array([one["left"] for one in spells], dtype=bool)).median,
        with_partner=table.height,
        halves={name: curve.record() for name, curve in survival_by_half(table, primary).items()},
        associations=with_exits(table, study.exposures),
        associations_any=with_exits(any_help, study.exposures),
        power=power_analysis(table, primary),
        repeats=_repeats(engine, table, study),
    )


def _rating_outcomes(engine: Matchmaker, study: OutcomeStudy, table: pl.DataFrame) -> RatingOutcomes | None:
    if study.rating is None:
        return None
    any_help = ratings(engine, study, study.rating, help_kinds(engine.sector))
    counts = table["after"].value_counts().sort("after")
    return RatingOutcomes(
        ratings={f"{value:g}": n for value, n in counts.iter_rows()},
        associations=with_ratings(table, study.exposures),
        associations_any=with_ratings(any_help, study.exposures),
        repeats=_repeats(engine, table, study),
    )


def _repeats(engine: Matchmaker, table: pl.DataFrame, study: OutcomeStudy) -> tuple[str, ...]:
    """Organisations with several of the spells or pairings of the primary question, and how many."""
    names = {code: entry.name for code, entry in engine.registry.by_code.items()}
    found = repeated(table, study.exposures[0])
    return tuple(f"{names[code]} ({code}), {n}" for code, n in found.items())


def all_learners(engine: Matchmaker) -> list[Learner]:
    """The methods that learn from past choices: the sector's own, and the evidence fit refitted."""
    return [*method_learners(engine.sector), RefittedWeights(engine.registry.latest)]


def _kinds(sector: Sector, arrangement: str | None) -> tuple[str, ...]:
    kinds = {name: kind.arrangement for name, kind in sector.pairing_kinds.items()}
    if arrangement is None:
        return tuple(kinds)
    wanted = arrangement.strip().casefold().replace(" ", "_")
    found = tuple(name for name, replayed_as in kinds.items() if wanted in {name, replayed_as})
    if not found:
        known = dict.fromkeys([*kinds.values(), *kinds])
        text = f"No past pairing is replayed under '{arrangement}'."
        raise InvalidParameter(text, f"Choose one of {', '.join(known)}.", ("arrangement",))
    return found


def _check_method(sector: Sector, method: str | None, learners: Sequence[Learner]) -> None:
    """Refuses a method that there is none of, before anything takes time."""
    learned = [f"{one.name}{end}" for one in learners for end in ("", FORWARD)]
    names = dict.fromkeys([*methods(sector), *learned])
    if method is not None and method not in names:
        text = f"There is no method '{method}'."
        raise InvalidParameter(text, f"Choose one of {', '.join(names)}.", ("method",))


def _choices(
    engine: Matchmaker,
    kinds: Collection[str],
    table: pl.DataFrame | None,
    track: Track,
    figures: Sequence[Callable[[ChoiceSituation], Any]],
) -> tuple[list[ChoiceSituation], list[ExcludedPairing]]:
    """The choices of some kinds, by day, and the pairings that don't count."""
    drawn = evaluation_settings(engine.sector).drawn
    not_drawn: list[ExcludedPairing] = []
    if table is None and drawn is not None:
        of_kinds = engine.snapshot.pairings.filter(pl.col("kind").is_in(kinds))
        table, not_drawn = drawn_pairings(of_kinds, drawn, engine.sector)
    choices, left_out = build_choice_sets(
        engine,
        table,
        kinds,
        figures=figures,
        track=lambda days: track("Going back to the day before", days),
    )
    order = {kind: at for at, kind in enumerate(kinds)}
    return choices, sorted([*left_out, *not_drawn], key=lambda one: order[one.kind])


def _methods(
    sector: Sector,
    method: str | None,
    learners: Sequence[Learner],
    past: Sequence[ChoiceSituation],
    queries: Sequence[ChoiceSituation],
    organisation: Callable[[str], str],
) -> list[EvaluatedMethod]:
    event = group_events([*past, *queries], organisation)
    # The learned methods of the registry were trained on every past pairing: here they are trained anew.
    learned = {one.name for one in learners}
    out = [evaluated_method(one) for name, one in methods(sector).items() if name not in learned]
    drawn = evaluation_settings(sector).drawn
    fold = event if drawn is None else {one: number % drawn.folds for one, number in event.items()}
    for learner in learners:
        out += [leave_event_out(learner, past, fold), rolling_origin(learner, past, event)]
    if method is None:
        return out
    wanted = {method, f"{method}{FORWARD}", *_simple(sector)}
    return [one for one in out if one.name in wanted]


def _simple(sector: Sector) -> set[str | None]:
    """The two methods that every other one is held against."""
    return {method_of_form(sector, form) for form in (CHANCE, NEAREST)}


def _nearest(sector: Sector, evaluated: Sequence[EvaluatedMethod]) -> str | None:
    """The method that ranks by distance, if it takes part."""
    name = method_of_form(sector, NEAREST)
    return name if name in {one.name for one in evaluated} else None


def _events(scored: Sequence[ChoiceSituation], organisation: Callable[[str], str]) -> pl.DataFrame:
    """How many events the pairings of each family are: a row for each, `family` and `events`."""
    event = group_events(scored, organisation)
    found = {(family_of(one), event[key(one)]) for one in scored}
    numbers = Counter(family for family, _ in found)
    return pl.DataFrame(
        sorted(numbers.items()), schema={"family": pl.String, "events": pl.Int64}, orient="row"
    )


def _eras(sector: Sector, results: pl.DataFrame) -> pl.DataFrame:
    """Means by family, era and method, of the queries that are scored."""
    eras = evaluation_settings(sector).eras
    begun = [pl.when(pl.col("day") >= era.since).then(pl.lit(era.label)) for era in reversed(eras)]
    era = pl.coalesce(begun) if begun else pl.lit("all years")
    results = results.sort("day", maintain_order=True)
    scored = results.filter(pl.col("counted") == SCORED).with_columns(era=era)
    means = scored.group_by("family", "era", "method", maintain_order=True).agg(
        pl.len().alias("queries"), pl.col(*ERA_METRICS, "coverage").mean()
    )
    return means.rename({"coverage": "known"})


def _excluded_partners(scored: Sequence[ChoiceSituation]) -> pl.DataFrame:
    """How many partners each rule keeps out, and how many were no open organisation, by family."""
    rows = []
    for one in scored:
        if one.why_not is None:
            continue
        if one.partner_row is None:
            rules = ["not open"]
        else:
            states = one.figures(rule_states)
            rules = [rule.name for rule in arrangement_of(one).rules if states[rule.name][0]]
        rows += [
            {"family": family_of(one), "rule": rule, "pairing_id": one.pairing_id, "why": one.why_not}
            for rule in rules
        ]
    schema = dict.fromkeys(("family", "rule", "pairing_id", "why"), pl.String)
    return pl.DataFrame(rows, schema=schema)
