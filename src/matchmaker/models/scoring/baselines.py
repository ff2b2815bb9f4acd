"""Simple methods that any other has to beat, each by a single number; `methods.toml` says which."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.criteria import closeness_across_types
from matchmaker.models.scoring.geography import kilometres
from matchmaker.models.scoring.ranker import Component, Scores, scores_from_contributions
from matchmaker.typing import Floats, Rows

Values = Callable[[Profiles, Rows], Floats]
"""Gives (r, n) numbers, higher first; NaN is unknown."""


class MethodSpec(BaseModel):
    """A method as `methods.toml` defines it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal[
        "evidence",
        "conditional_logit",
        "lambdarank",
        "python",
        "distance",
        "same_place",
        "feature",
        "similarity",
        "random",
    ]
    """`evidence`, the weighted sum of criteria; the learned `conditional_logit` and `lambdarank`; `python`, a
    factory of the sector's own; or a baseline by one number."""
    label: str
    """Its name for people."""
    says: str
    """What it does, in one sentence."""
    factory: str | None = None
    """For `python`: `module:function`, which takes profiles, an arrangement and focus areas."""
    component: str = ""
    """Label of the single number."""
    feature: str | None = None
    """For `feature`: which one, the highest first."""
    dimension: str | None = None
    """For `similarity`: in which one, the most similar first."""
    sentence: str = ""
    """For `feature`: what a value says; `{value}` and `{word}`, its word on the scale of its unit."""
    sentences: tuple[str, ...] = ()
    """For `same_place`: what another region, the same region and the same locality are called."""


class SingleValueRanker:
    """Ranks by a single number.

    Args:
        profiles: as of the day.
        name: of the method.
        spec: one whose form is a baseline's; it gives (r, n) numbers, higher first, NaN where unknown, and
            puts a number into words.
    """

    version = "1"

    def __init__(self, profiles: Profiles, name: str, spec: MethodSpec) -> None:
        self.profiles = profiles
        self.name = name
        self.components = (Component(name.replace("-", "_"), spec.component, 1.0),)
        self._spec = spec
        self._values, self._describe = _FORMS[spec.form](spec, profiles)

    def __reduce__(self) -> tuple[Any, ...]:
        # What was made of the definition can't be pickled, and is made again from it.
        return SingleValueRanker, (self.profiles, self.name, self._spec)

    def scores(self, recipients: Rows) -> Scores:
        """See `Ranker.scores`."""
        values = self._values(self.profiles, recipients)[None]
        return scores_from_contributions(0.0, values, values, np.ones(1))

    def describe(self, component: int, value: float | None, recipient: int, candidate: int) -> str:  # noqa: ARG002
        """See `Ranker.describe`."""
        return "Not known." if value is None else self._describe(value)


def baseline(name: str, spec: MethodSpec, profiles: Profiles) -> SingleValueRanker:
    """A baseline bound to the profiles of a day.

    Args:
        name: of the method.
        spec: one whose form is a baseline's.
        profiles: as of the day.
    """
    return SingleValueRanker(profiles, name, spec)


Form = Callable[[MethodSpec, Profiles], tuple[Values, Callable[[float], str]]]


def _by_distance(spec: MethodSpec, profiles: Profiles) -> tuple[Values, Callable[[float], str]]:  # noqa: ARG001
    return lambda p, r: -kilometres(p, r), lambda value: f"{-value:.0f} km away."


def _by_place(spec: MethodSpec, profiles: Profiles) -> tuple[Values, Callable[[float], str]]:  # noqa: ARG001
    def values(p: Profiles, recipients: Rows) -> Floats:
        both = np.zeros((len(recipients), len(p.types)))
        for column in ("locality", "region"):
            own = p.organisations[column].fill_null("").to_numpy()
            both += (own[recipients][:, None] == own[None, :]) & (own[recipients] != "")[:, None]
        return both

    return values, lambda value: spec.sentences[int(value)]


def _by_feature(spec: MethodSpec, profiles: Profiles) -> tuple[Values, Callable[[float], str]]:
    column = profiles.column[str(spec.feature)]
    unit, sector = profiles.features[column].unit, profiles.sector

    def values(p: Profiles, recipients: Rows) -> Floats:
        own = p.values[:, column]
        return np.broadcast_to(own, (len(recipients), len(own))).copy()

    def describe(value: float) -> str:
        return spec.sentence.format(value=value, word=format_value(value, unit, sector).casefold())

    return values, describe


def _by_similarity(spec: MethodSpec, profiles: Profiles) -> tuple[Values, Callable[[float], str]]:  # noqa: ARG001
    dimension = str(spec.dimension)
    return (
        lambda p, r: closeness_across_types(p, dimension, r),
        lambda value: f"Closer than {100 * value:.0f} in 100 pairs.",
    )


def _by_chance(spec: MethodSpec, profiles: Profiles) -> tuple[Values, Callable[[float], str]]:  # noqa: ARG001
    """An order that depends on nothing but the two codes."""

    def values(p: Profiles, recipients: Rows) -> Floats:
        codes = list(p.position)
        return np.array([[_hash_to_unit(codes[row], code) for code in codes] for row in recipients])

    return values, lambda value: "Drawn by chance."


def _hash_to_unit(recipient: str, candidate: str) -> float:
    """A number from 0 to 1 that two codes determine and nothing predicts."""
    digest = blake2b(f"{recipient} {candidate}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


_FORMS: dict[str, Form] = {
    "distance": _by_distance,
    "same_place": _by_place,
    "feature": _by_feature,
    "similarity": _by_similarity,
    "random": _by_chance,
}
