"""Exposures: how well a recipient and its actual partner suited, in the ways that the sector names.

Where context figures were first published after most pairings, those of a later day may stand in for those
of the pairing's own day: the assumption is that such things change slowly. That is for outcomes only; no
ranking that is scored as a prediction uses them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from matchmaker.evaluation.lookahead import later_profiles
from matchmaker.evaluation.settings import Exposure, OutcomeStudy
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.snapshot import Snapshot

Columns = dict[str, type[pl.DataType]]
FIT = ""
"""The criterion of an exposure that is the fit as a whole."""


class ExposureReader:
    """Reads exposures of past pairings.

    Args:
        snapshot: the figures.
        study: which exposures.
    """

    def __init__(self, snapshot: Snapshot, study: OutcomeStudy) -> None:
        self.exposures = study.exposures
        self.arrangement = arrangement(snapshot.sector, study.arrangement)
        self.later = later_profiles(snapshot) if any(one.stands_in for one in study.exposures) else None
        self._names = [criterion.name for criterion in self.arrangement.criteria]

    def of(self, choice: ChoiceSituation) -> dict[str, float | None]:
        """Every exposure of the actual pair; None is unknown.

        Args:
            choice: a past pairing, its partner eligible or not.
        """
        own = self._values(choice.profiles, choice.recipient, choice.partner)
        later = {} if self.later is None else self._values(self.later, choice.recipient, choice.partner)
        return {one.name: (later if one.stands_in else own).get(one.criterion) for one in self.exposures}

    def _values(self, profiles: Profiles, recipient: str, partner: str) -> dict[str, float | None]:
        if recipient not in profiles.position or partner not in profiles.position:
            return {}
        at = profiles.position[partner]
        rows = np.array([profiles.position[recipient]])
        scores = WeightedSumRanker(profiles, self.arrangement).scores(rows)
        values = dict(zip(self._names, scores.values[:, 0, at].tolist(), strict=True))
        values[FIT] = float(scores.score[0, at])
        return {name: None if np.isnan(value) else value for name, value in values.items()}


def exposure_columns(exposures: tuple[Exposure, ...]) -> Columns:
    """The columns of exposures in a table of outcomes."""
    return {one.name: pl.Float64 for one in exposures}
