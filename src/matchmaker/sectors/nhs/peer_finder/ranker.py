"""The official peer methods as ranking methods of the engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.scoring.ranker import Component, Scores, scores_from_contributions
from matchmaker.sectors.nhs.peer_finder.inputs import VARIABLES, official_inputs
from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder, NhsPublishedScript
from matchmaker.typing import Floats, Rows

SOURCE = "peer_finder"
"""The publication that holds the inputs."""


class OfficialPeers:
    """An official peer method on the inputs known on the day.

    The score is minus the squared Euclidean distance (minus the Manhattan distance for the script), which is
    a sum over the variables and gives the same order as the distance.

    Args:
        profiles: as of the day.
        name: of the method.
        squared: whether differences are squared (the Peer Finder) or not (the published script).
    """

    version = "2018/19"

    def __init__(self, profiles: Profiles, name: str, *, squared: bool) -> None:
        self.profiles = profiles
        self.name = name
        self.squared = squared
        self._weights, self._standardised = _weighted_inputs(profiles, squared)
        self.components = tuple(
            Component(name, name.replace("_", " ").capitalize(), weight)
            for name, weight in self._weights.items()
        )

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = np.abs(self._standardised[:, recipients, None] - self._standardised[:, None, :])
        cost = values * values if self.squared else values
        return scores_from_contributions(0.0, values, -cost, np.array(list(self._weights.values())))

    def describe(self, component: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.describe`."""
        if value is None:
            return "No official input is known of one of them."
        return f"{value:.2g} standard deviations apart."


def peer_finder(profiles: Profiles, arrangement: Arrangement, areas: Sequence[str]) -> OfficialPeers:  # noqa: ARG001
    """`nhs-peer-finder`: the method behind the lists in use, whatever the arrangement."""
    return OfficialPeers(profiles, "nhs-peer-finder", squared=True)


def published_script(profiles: Profiles, arrangement: Arrangement, areas: Sequence[str]) -> OfficialPeers:  # noqa: ARG001
    """`nhs-published-script`: the script as published, which adds up absolute differences."""
    return OfficialPeers(profiles, "nhs-published-script", squared=False)


@cached
def _weighted_inputs(profiles: Profiles, squared: bool) -> tuple[dict[str, float], Floats]:
    """Weight of each variable that counts; (v, n) standardised inputs, NaN where unknown on the day."""
    method = NhsPeerFinder() if squared else NhsPublishedScript()
    measures = profiles.snapshot.measures
    known = measures.filter((pl.col("source") == SOURCE) & (pl.col("known_from") <= profiles.as_of))
    standardised = np.full((len(VARIABLES), len(profiles.types)), np.nan)
    weights = np.ones(len(VARIABLES))
    # The distance to the sea is geography and known earlier than the rest of the inputs.
    if known["measure"].n_unique() >= len(VARIABLES):
        codes, inputs = official_inputs(known)
        fitted = method.fit(inputs)
        weights = fitted.weights_
        for code, row in zip(codes, fitted.standardised_, strict=True):
            if code in profiles.position:
                standardised[:, profiles.position[code]] = row
    counted = np.flatnonzero(weights)
    return {VARIABLES[at]: float(weights[at]) for at in counted}, standardised[counted]
