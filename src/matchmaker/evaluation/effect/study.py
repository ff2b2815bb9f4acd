"""Runs a study and files what came out: first of the open part, then, once, of the sealed one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation.effect.choice import ChoiceSet, choice_figures, choice_sets
from matchmaker.evaluation.effect.choice_again import choice_again
from matchmaker.evaluation.effect.doubly_robust import doubly_robust
from matchmaker.evaluation.effect.population import choices as past_choices
from matchmaker.evaluation.effect.population import (
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
        What is to be filed: study, version, snapshot, and `parts` by name; what can't be worked out is None.

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
            return _parts(engine, study, head, (False, True), track)
        return _parts(engine, study, head, (False,), track)
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
    return _parts(engine, study, head, (False, True), track)


@dataclass(frozen=True, slots=True)
class _Material:
    """What the results of a part, the sealed one or the rest, are worked out from.

    Attributes:
        sealed: which parts are in it.
        population: the primary one; also: the secondary ones by name.
        choices: the past choices, by day.
    """

    sealed: tuple[bool, ...]
    population: pl.DataFrame
    also: dict[str, pl.DataFrame]
    choices: list[ChoiceSet]


def _material(engine: Matchmaker, study: EffectStudy, sealed: bool, track: Track) -> _Material:
    choices: list[ChoiceSet] = []
    if study.choice is not None:
        pairings = past_choices(engine, study, sealed=sealed)
        choices = choice_sets(engine, study.choice, pairings, lambda days: track("Choices, days", days))
    return _Material(
        (sealed,),
        _population(engine, study, sealed, track),
        {one.name: _population(engine, study, sealed, track, one) for one in study.also},
        choices,
    )


def _together(parts: Sequence[_Material]) -> _Material:
    population = pl.concat([one.population for one in parts], how="diagonal")
    return _Material(
        tuple(sealed for one in parts for sealed in one.sealed),
        population.sort("start", "pairing_id"),
        {name: pl.concat([one.also[name] for one in parts], how="diagonal") for name in parts[0].also},
        sorted((one for part in parts for one in part.choices), key=lambda one: (one.day, one.pairing_id)),
    )


def _parts(
    engine: Matchmaker, study: EffectStudy, head: Part, sealed: tuple[bool, ...], track: Track
) -> Part:
    """The results of the open part, or of all three once the sealed one has been opened."""
    each = [_material(engine, study, one, track) for one in sealed]
    wanted = dict(zip((OPEN, SEALED), each, strict=False))
    if len(each) > 1:
        wanted[BOTH] = _together(each)
    found = head | {"parts": {name: _results(engine, study, one) for name, one in wanted.items()}}
    again = _choice_again(study, list(wanted.values())[-1].choices)
    return dict(_plain(found if again is None else found | {"choice_again": again}))


def as_json(results: Part) -> str:
    """Results as text, the same for the same results."""
    return json.dumps(results, indent=1, allow_nan=False) + "\n"


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


def _results(engine: Matchmaker, study: EffectStudy, material: _Material) -> Part:
    """Every figure of one part."""
    population, confounders = material.population, study.confounders
    primary = design(population, confounders, "good")
    stable = design(population, confounders, "good", ("second",))
    likeness, board = linear(primary), linear(stable)
    adjusted = holm(np.array([likeness.p, board.p])).tolist()
    alone = [without_partner(engine, study, sealed=one) for one in material.sealed]
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
        "choice": _choice(engine, study, material.choices),
        "also": {name: _also(study, every) for name, every in material.also.items()},
    }


def _choice(engine: Matchmaker, study: EffectStudy, sets: Sequence[ChoiceSet]) -> list[Part] | None:
    """How often each method names the partner; None where the study does not ask."""
    if study.choice is None:
        return None
    names = [one.name for one in arrangement(engine.sector, study.choice.arrangement).criteria]
    return choice_figures(study.choice, sets, names)


def _choice_again(study: EffectStudy, sets: Sequence[ChoiceSet]) -> Part | None:
    """The later look at the same choices; None where the study does not ask."""
    if study.choice is None or study.choice.inputs is None:
        return None
    return choice_again(study.choice, study.choice.inputs, sets)


def _also(study: EffectStudy, every: pl.DataFrame) -> Part:
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
