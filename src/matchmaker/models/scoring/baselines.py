"""Simple methods to be beaten, and the official peers: each a ranker like any other."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.features import Profiles
from matchmaker.features.formatting import format_value
from matchmaker.models.scoring.criteria import closeness
from matchmaker.models.scoring.geography import kilometres
from matchmaker.models.scoring.ranker import Component, Rows, Scores, scores_from_contributions
from matchmaker.typing import Floats

Values = Callable[[Profiles, Rows], Floats]


class OneTerm:
    """Ranks by a single number.

    Args:
        profiles: as of the day.
        name: of the method.
        label: of its one term.
        values: gives (r, n) numbers, higher first; NaN is unknown.
        says: puts a number into words.
    """

    version = "1"

    def __init__(
        self, profiles: Profiles, name: str, label: str, values: Values, says: Callable[[float], str]
    ) -> None:
        self.profiles = profiles
        self.name = name
        self.terms = (Component(name.replace("-", "_"), label, 1.0),)
        self._values = values
        self._says = says

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = self._values(self.profiles, recipients)[None]
        return scores_from_contributions(0.0, values, values, np.ones(1))

    def sentence(self, term: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.sentence`."""
        return "Not known." if value is None else self._says(value)


def nearest(profiles: Profiles) -> OneTerm:
    """The closest headquarters first."""
    return OneTerm(
        profiles, "nearest", "Distance", lambda p, r: -kilometres(p, r), lambda v: f"{-v:.0f} km away."
    )


def biggest(profiles: Profiles) -> OneTerm:
    """The most staff first."""
    return OneTerm(profiles, "biggest", "Staff", _of("staff"), lambda v: f"{v:,.0f} staff.")


def best_rated(profiles: Profiles) -> OneTerm:
    """The highest CQC overall rating first; equal ratings by code."""
    return OneTerm(
        profiles,
        "best-rated",
        "CQC overall rating",
        _of("cqc_overall"),
        lambda v: f"Rated {format_value(v, 'rating, 1 to 4').casefold()}.",
    )


def same_locality(profiles: Profiles) -> OneTerm:
    """Those of the recipient's local system first, then those of its region."""

    def values(p: Profiles, recipients: Rows) -> Floats:
        both = np.zeros((len(recipients), len(p.types)))
        for column in ("locality", "region"):
            own = p.organisations[column].fill_null("").to_numpy()
            both += (own[recipients][:, None] == own[None, :]) & (own[recipients] != "")[:, None]
        return both

    words = ("Another region.", "The same region.", "The same local system.")
    return OneTerm(profiles, "same-locality", "Local system", values, lambda v: words[int(v)])


def context_only(profiles: Profiles) -> OneTerm:
    """The most similar context first."""
    return OneTerm(profiles, "context-only", "Context", _closeness("context"), _percent_of_pairs)


def size_only(profiles: Profiles) -> OneTerm:
    """The most similar size first."""
    return OneTerm(profiles, "size-only", "Size", _closeness("size"), _percent_of_pairs)


def at_random(profiles: Profiles) -> OneTerm:
    """An order that depends on nothing but the two codes: what chance would give."""

    def values(p: Profiles, recipients: Rows) -> Floats:
        codes = list(p.position)
        return np.array([[_chance(codes[row], code) for code in codes] for row in recipients])

    return OneTerm(profiles, "random", "Chance", values, lambda v: "Drawn by chance.")


def _chance(recipient: str, candidate: str) -> float:
    """A number from 0 to 1 that two codes settle and nothing foretells."""
    digest = blake2b(f"{recipient} {candidate}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def _of(feature: str) -> Values:
    def values(p: Profiles, recipients: Rows) -> Floats:
        column = p.values[:, p.column[feature]]
        return np.broadcast_to(column, (len(recipients), len(column))).copy()

    return values


def _closeness(dimension: str) -> Values:
    def values(p: Profiles, recipients: Rows) -> Floats:
        out = np.empty((len(recipients), len(p.types)))
        for org_type in np.unique(p.types[recipients]):
            at = np.flatnonzero(p.types[recipients] == org_type)
            out[at] = closeness(p, dimension, str(org_type), recipients[at])
        return out

    return values


def _percent_of_pairs(value: float) -> str:
    return f"Closer than {100 * value:.0f} in 100 pairs."


class OfficialPeers:
    """The NHS Trust Peer Finder, or its published script, on the inputs known on the day.

    The score is minus the squared distance (minus the sum of differences for the script), so that
    it adds up over the variables; the order is that of the distance.
    """

    version = "2018/19"

    def __init__(self, profiles: Profiles, name: str = "nhs-peer-finder") -> None:
        self.profiles = profiles
        self.name = name
        self.squared = name == "nhs-peer-finder"
        self._weights, self._standardised = _official(profiles, self.squared)
        self.terms = tuple(
            Component(name, name.replace("_", " ").capitalize(), weight)
            for name, weight in self._weights.items()
        )

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = np.abs(self._standardised[:, recipients, None] - self._standardised[:, None, :])
        cost = values * values if self.squared else values
        return scores_from_contributions(0.0, values, -cost, np.array(list(self._weights.values())))

    def sentence(self, term: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.sentence`."""
        if value is None:
            return "No official input is known of one of them."
        return f"{value:.2g} standard deviations apart."


@cached
def _official(profiles: Profiles, squared: bool) -> tuple[dict[str, float], Floats]:
    """Weight of each variable that counts; (v, n) standardised inputs, NaN where unknown on the day."""
    from matchmaker.sectors.nhs.peer_finder.inputs import VARIABLES, official_inputs
    from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder, NhsPublishedScript

    method = NhsPeerFinder() if squared else NhsPublishedScript()
    measures = profiles.snapshot.measures
    by_then = measures.filter((pl.col("source") == "peer_finder") & (pl.col("known_from") <= profiles.as_of))
    standardised = np.full((len(VARIABLES), len(profiles.types)), np.nan)
    weights = np.ones(len(VARIABLES))
    if not by_then.is_empty():
        codes, inputs = official_inputs(by_then)
        fitted = method.fit(inputs)
        weights = fitted.weights_
        for code, row in zip(codes, fitted.standardised_, strict=True):
            if code in profiles.position:
                standardised[:, profiles.position[code]] = row
    counted = np.flatnonzero(weights)
    return {VARIABLES[at]: float(weights[at]) for at in counted}, standardised[counted]


def published_script(profiles: Profiles) -> OfficialPeers:
    """The script as published, which adds up absolute differences."""
    return OfficialPeers(profiles, "nhs-published-script")
