"""Runs a study and files what came out: first of the open part, then, once, of the sealed one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation.effect.choice import choice_figures, choice_sets
from matchmaker.evaluation.effect.doubly_robust import doubly_robust
from matchmaker.evaluation.effect.population import (
    choices,
    joined,
    with_exposures,
    with_outcomes,
    without_partner,
)
from matchmaker.evaluation.effect.regression import (
    Estimate,
    design,
    interaction_p,
    linear,
    logistic,
    standardised,
    time_to,
)
from matchmaker.evaluation.effect.settings import AlsoPopulation, EffectStudy, effect_study
from matchmaker.evaluation.inference import holm
from matchmaker.models.arrangement import arrangement
from matchmaker.version import __version__

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker
    from matchmaker.sector import Sector

Track = Callable[[str, Iterable[Any]], Iterator[Any]]
Part = dict[str, Any]
OPEN, SEALED, BOTH = "open", "sealed", "both"
LEAST_ROWS = 100
"""Of fewer rows no model is fitted."""


def run(
    engine: Matchmaker, name: str, filed: Mapping[str, Any] | None, *, open_seal: bool, track: Track
) -> Part:
    """The results of the open part, or, once those are filed, of the sealed part and both together.

    Args:
        engine: of the sector.
        name: of the study.
        filed: results filed before, None if there are none.
        open_seal: whether the sealed part is to be opened.
        track: wraps sequences of steps for a progress bar, given what is done.

    Returns:
        What is to be filed: study, version, snapshot, and `parts` by name.

    Raises:
        InvalidParameter: there is no such study; the sealed part is to be opened before the results on the
            rest are filed, or those are of other figures.
    """
    study = effect_study(engine.sector, name)
    head = {
        "study": name,
        "version": __version__,
        "snapshot": engine.snapshot.hash,
        "as_of": str(engine.snapshot.as_of),
    }
    if not open_seal:
        if filed is not None and SEALED in filed["parts"]:
            return run_again(engine, study, head, track)
        return head | {
            "parts": {
                OPEN: _results(engine, study, _population(engine, study, False, track), (False,), track)
            }
        }
    if filed is None or OPEN not in filed["parts"]:
        raise InvalidParameter(
            "The sealed part stays shut until the results on the rest are filed.",
            f"Run 'matchmaker study {name}' and commit what it files.",
        )
    if filed["snapshot"] != head["snapshot"]:
        raise InvalidParameter(
            "The results on the rest are of another snapshot.",
            f"Run 'matchmaker study {name}' again and commit.",
        )
    return run_again(engine, study, head, track)


def run_again(engine: Matchmaker, study: EffectStudy, head: Part, track: Track) -> Part:
    """All three parts, once the sealed one has been opened."""
    populations = {sealed: _population(engine, study, sealed, track) for sealed in (False, True)}
    both = pl.concat(populations.values(), how="diagonal").sort("start", "pairing_id")
    return head | {
        "parts": {
            OPEN: _results(engine, study, populations[False], (False,), track),
            SEALED: _results(engine, study, populations[True], (True,), track),
            BOTH: _results(engine, study, both, (False, True), track),
        }
    }


def as_json(results: Part) -> str:
    """Results as text, the same for the same results; what can't be worked out is null."""
    return json.dumps(_plain(results), indent=1, allow_nan=False) + "\n"


def filed(sector: Sector, name: str) -> Part | None:
    """Results that ship with a sector; None if there are none."""
    file = sector.folder.joinpath("artefacts", "studies", f"{name}.json")
    return dict(json.loads(file.read_text("utf-8"))) if file.is_file() else None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _population(
    engine: Matchmaker, study: EffectStudy, sealed: bool, track: Track, also: AlsoPopulation | None = None
) -> pl.DataFrame:
    label = f"{'Sealed' if sealed else 'Open'} part, days{f' ({also.name})' if also else ''}"

    def days(found: Iterable[date]) -> Iterator[date]:
        return track(label, found)

    pairings = joined(engine, study, sealed=sealed, also=also)
    population = with_exposures(engine, study, pairings, days)
    second = study.second
    parts = [standardised(population[f"partner_{one}"]) for one in second.higher]
    parts += [-standardised(population[f"partner_{one}"]) for one in second.lower]
    population = population.with_columns(second=pl.mean_horizontal(parts, ignore_nulls=False))
    return with_outcomes(engine, study, population)


def _results(
    engine: Matchmaker, study: EffectStudy, population: pl.DataFrame, parts: tuple[bool, ...], track: Track
) -> Part:
    """Every figure of one part."""
    confounders = study.confounders
    primary = design(population, confounders, "good")
    stable = design(population, confounders, "good", ("second",))
    likeness, board = linear(primary), linear(stable)
    adjusted = holm(np.array([likeness.p, board.p])).tolist()
    alone = [without_partner(engine, study, sealed=one) for one in parts]
    n_alone = sum(n for n, _ in alone)
    before_covid = population.with_columns(
        good=pl.when(pl.col("after_on") < study.closed_for).then(pl.col("good"))
    )
    any_grade = population.with_columns(
        good=pl.when(pl.col("after").is_not_null()).then(
            pl.coalesce(
                "good",
                (pl.col("after") >= population.filter(pl.col("good") == 1)["after"].min()).cast(pl.Float64),
            )
        )
    )
    return {
        "counts": _counts(population),
        "primary": asdict(likeness) | {"p_holm": adjusted[0]},
        "second": asdict(board) | {"p_holm": adjusted[1]},
        "both_in_one_model": asdict(linear(design(population, confounders, "good", ("exposure", "second")))),
        "logit": asdict(logistic(primary)),
        "detectable": 2.8 * likeness.se,
        "doubly_robust": asdict(doubly_robust(primary)),
        "negative_outcome": _fit(population, study, "good_earlier"),
        "negative_exposure": _fit(population, study, "good", ("exposure_to_another",)),
        "all_missing_good": asdict(
            linear(design(population.with_columns(pl.col("good").fill_null(1.0)), confounders, "good"))
        ),
        "none_missing_good": asdict(
            linear(design(population.with_columns(pl.col("good").fill_null(0.0)), confounders, "good"))
        ),
        "before_closure": _fit(before_covid, study, "good"),
        "lowest_judgement_too": _fit(any_grade, study, "good"),
        "months_to_good": asdict(time_to(population, confounders)),
        "further": {
            one.name: _fit(population, study, f"after_{one.measure}", percent=False) for one in study.further
        },
        "by_type": interaction_p(population, confounders, "good", "type"),
        "by_kind": interaction_p(population, confounders, "good", "kind"),
        "without_partner": {
            "n": n_alone,
            "share_good": sum(n * share for n, share in alone if n) / n_alone if n_alone else None,
        },
        "choice": _choice(engine, study, parts, track),
        "also": {one.name: _also(engine, study, one, parts, track) for one in study.also},
    }


def _choice(
    engine: Matchmaker, study: EffectStudy, parts: tuple[bool, ...], track: Track
) -> list[Part] | None:
    """How often each method names the partner; None where the study does not ask."""
    if study.choice is None:
        return None
    pairings = pl.concat([choices(engine, study, sealed=one) for one in parts])
    sets = choice_sets(engine, study.choice, pairings, lambda days: track("Choices, days", days))
    names = [one.name for one in arrangement(engine.sector, study.choice.arrangement).criteria]
    return choice_figures(study.choice, sets, names)


def _also(
    engine: Matchmaker, study: EffectStudy, also: AlsoPopulation, parts: tuple[bool, ...], track: Track
) -> Part:
    every = pl.concat([_population(engine, study, one, track, also) for one in parts], how="diagonal")
    return {
        "counts": _counts(every),
        "likeness": _fit(every, study, "good"),
        "second": _fit(every, study, "good", ("second",)),
    }


def _fit(
    population: pl.DataFrame,
    study: EffectStudy,
    outcome: str,
    exposures: tuple[str, ...] = ("exposure",),
    percent: bool = True,
) -> Part | None:
    """The linear estimate; None of too few rows."""
    if population[outcome].drop_nulls().len() < LEAST_ROWS:
        return None
    estimate: Estimate = linear(design(population, study.confounders, outcome, exposures), percent=percent)
    return asdict(estimate)


def _counts(population: pl.DataFrame) -> Part:
    """How many, with which outcomes, and how those without one differ."""
    known = population.filter(pl.col("good").is_not_null())
    missing = population.filter(pl.col("good").is_null())
    clock = known.with_columns(
        months=(pl.col("after_on") - pl.col("start")).dt.total_days() / DAYS_PER_MONTH,
        alike=pl.col("exposure") > pl.col("exposure").median(),
    )
    months = dict(clock.group_by("alike").agg(pl.col("months").median()).sort("alike").iter_rows())
    return {
        "pairings": population.height,
        "partners": population["partner"].n_unique(),
        "with_outcome": known.height,
        "partners_with_outcome": known["partner"].n_unique(),
        "share_good": known["good"].mean(),
        "by_kind": dict(known.group_by("kind").len().sort("kind").iter_rows()),
        "by_year": {
            str(year): n
            for year, n in known.group_by(pl.col("start").dt.year()).len().sort("start").iter_rows()
        },
        "exposure_mean_with_and_without_outcome": [known["exposure"].mean(), missing["exposure"].mean()],
        "months_to_inspection_more_and_less_alike": [months.get(True), months.get(False)],
    }
