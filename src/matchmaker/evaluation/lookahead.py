"""With hindsight: would figures of 2018/19, known to nobody at the time, have pointed at the partner?

The official peer lists and most context figures came after most pairings. To ask whether the chosen
partners were similar at all, their figures are applied backwards. This flatters a method and is no
prediction, so it is told apart from everything else. Partners without such figures are not asked about, so
candidates without them must not stand behind: only those that have them are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from matchmaker.evaluation.outcomes.exposures import STAND_IN, Exposures
from matchmaker.evaluation.replay import EvaluatedMethod, arrangement_of, replay
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.models.registry import METHODS, ranker
from matchmaker.typing import Floats

APPLIED = ("nhs-peer-finder", "nhs-published-script", "context-only", "size-only")


def replayed(
    choices: Sequence[ChoiceSituation], read: Exposures, organisation: Callable[[str], str]
) -> pl.DataFrame:
    """`replay` of every method of `APPLIED` backwards, among the candidates that it has figures of.

    Args:
        choices: past pairings.
        read: holds the profiles that stand in.
        organisation: what a recipient's code has become.
    """
    methods = [with_hindsight(name, read) for name in APPLIED]
    return pl.concat(
        replay([_among_known(one, method) for one in choices], [method], organisation) for method in methods
    )


def _among_known(choice: ChoiceSituation, method: EvaluatedMethod) -> ChoiceSituation:
    scored = method.score(choice)
    if scored is None:
        return choice
    return replace(choice, eligible=choice.eligible & (scored[1] >= MIN_COVERAGE))


def with_hindsight(name: str, read: Exposures) -> EvaluatedMethod:
    """A method applied to the figures known on `STAND_IN`, whatever the day of the choice.

    It says nothing where there are no such figures, or too few, of the recipient or its partner.

    Args:
        name: of the method.
        read: holds the profiles that stand in.
    """

    def score(choice: ChoiceSituation) -> tuple[Floats, Floats] | None:
        then, codes = read.stand_in, choice.profiles.organisations["code"].to_list()
        if choice.recipient not in then.position or choice.partner not in then.position:
            return None
        row = np.array([then.position[choice.recipient]])
        scores = ranker(name, then, arrangement_of(choice)).scores(row)
        at = np.array([then.position.get(code, -1) for code in codes])
        if scores.coverage[0, then.position[choice.partner]] < MIN_COVERAGE:
            return None
        return (
            np.where(at < 0, 0.0, scores.score[0, at]),
            np.where(at < 0, 0.0, scores.coverage[0, at]),
        )

    says = f"{METHODS[name].says} With the figures known on {STAND_IN:%-d %B %Y}."
    return EvaluatedMethod(f"{name}-hindsight", says, "hindsight", score)
