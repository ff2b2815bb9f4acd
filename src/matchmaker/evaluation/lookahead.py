"""Look-ahead: would figures that came out later, known to nobody at the time, have pointed at the partner?

To ask whether the chosen partners were similar at all, later figures are applied backwards. This flatters a
method and is no prediction, so it is reported apart from everything else. Partners without such figures are
left out, and so are candidates without them, which must not stand behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from matchmaker.dates import format_date
from matchmaker.evaluation.replay import EvaluatedMethod, arrangement_of, replay
from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.models.registry import methods
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.typing import Floats

LOOKAHEAD = "-lookahead"
"""Ends the name of a method applied to later figures."""


def later_profiles(snapshot: Snapshot) -> Profiles | None:
    """Profiles of the day whose figures stand in, with the organisations that had closed by then among them.

    Returns:
        None where the sector names no such day.
    """
    settings = evaluation_settings(snapshot.sector).lookahead
    if settings is None:
        return None
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["organisations"] = snapshot.organisations.with_columns(
        closed=pl.when(pl.col("closed") >= settings.known_on).then("closed")
    )
    manifest = {name: snapshot.manifest[name] for name in ("as_of", "known_since", "sources")}
    return profiles(Snapshot.of(tables, manifest, snapshot.sector), settings.known_on)


def lookahead_methods(sector: Sector, later: Profiles | None) -> list[EvaluatedMethod]:
    """The methods that the sector applies backwards."""
    settings = evaluation_settings(sector).lookahead
    if settings is None or later is None:
        return []
    return [lookahead_method(name, later, settings.known_on) for name in settings.methods]


def replay_lookahead(
    choices: Sequence[ChoiceSituation],
    methods: Sequence[EvaluatedMethod],
    organisation: Callable[[str], str],
) -> pl.DataFrame:
    """`replay` of methods applied backwards, each among the candidates that it has figures of.

    Args:
        choices: past pairings.
        methods: of `lookahead_methods`.
        organisation: what a recipient's code has become.
    """
    # Later figures are of no snapshot on file, so that this stays in one process.
    parts = [
        replay([_among_known(one, method) for one in choices], [method], organisation) for method in methods
    ]
    return pl.concat(parts) if parts else replay(choices, [], organisation)


def lookahead_method(name: str, later: Profiles, known_on: date) -> EvaluatedMethod:
    """A method applied to later figures, whatever the day of the choice.

    It says nothing where there are no such figures, or too few, of the recipient or its partner.

    Args:
        name: of the method.
        later: the profiles that stand in.
        known_on: their day.
    """
    method = methods(later.sector)[name]

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
        codes = choice.profiles.organisations["code"].to_list()
        if choice.recipient not in later.position or choice.partner not in later.position:
            return None
        row = np.array([later.position[choice.recipient]])
        scores = method.bind(later, arrangement_of(choice)).scores(row)
        at = np.array([later.position.get(code, -1) for code in codes])
        if scores.coverage[0, later.position[choice.partner]] < MIN_COVERAGE:
            return None
        return (
            np.where(at < 0, 0.0, scores.score[0, at]),
            np.where(at < 0, 0.0, scores.coverage[0, at]),
        )

    says = f"{method.says} With the figures known on {format_date(known_on)}."
    return EvaluatedMethod(f"{name}{LOOKAHEAD}", method.label, says, "lookahead", score)


def _among_known(choice: ChoiceSituation, method: EvaluatedMethod) -> ChoiceSituation:
    scored = method.score(choice)
    if scored is None:
        return choice
    return replace(choice, eligible=choice.eligible & (scored[1] >= MIN_COVERAGE))
