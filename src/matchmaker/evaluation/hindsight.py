"""With hindsight: would figures of 2018/19, known to nobody at the time, have pointed at the partner?

The official peer lists and most context figures came after most pairings. To ask whether the chosen
partners were similar at all, their figures are applied backwards. This flatters a method and is no
prediction, so it is told apart from everything else.
"""

from __future__ import annotations

import numpy as np

from matchmaker.evaluation.exposures import STAND_IN, Exposures
from matchmaker.evaluation.replay import Contender, arrangement_of
from matchmaker.features.scaling import Floats
from matchmaker.models.choices import Choice
from matchmaker.models.methods import METHODS, ranker

APPLIED = ("nhs-peer-finder", "nhs-published-script", "context-only", "size-only")


def backwards(name: str, read: Exposures) -> Contender:
    """A method applied to the figures known on `STAND_IN`, whatever the day of the choice.

    It says nothing where the recipient or its partner had closed before there were such figures.

    Args:
        name: of the method.
        read: holds the profiles that stand in.
    """

    def score(choice: Choice) -> tuple[Floats, Floats] | None:
        then, codes = read.stand_in, choice.profiles.organisations["ods"].to_list()
        if choice.recipient not in then.position or choice.partner not in then.position:
            return None
        row = np.array([then.position[choice.recipient]])
        scores = ranker(name, then, arrangement_of(choice)).scores(row)
        at = np.array([then.position.get(code, -1) for code in codes])
        if scores.coverage[0, then.position[choice.partner]] == 0:
            return None
        # A candidate that had closed is not known, so it stands with the others of thin coverage.
        return (
            np.where(at < 0, 0.0, scores.score[0, at]),
            np.where(at < 0, 0.0, scores.coverage[0, at]),
        )

    says = f"{METHODS[name].says} With the figures known on {STAND_IN:%-d %B %Y}."
    return Contender(f"{name}-hindsight", says, "hindsight", score)
