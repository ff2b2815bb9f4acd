"""The form of what models of past practice see of a recipient and a candidate.

A direction is fixed beforehand where plain sense or evidence fixes it (nearer, larger, more solvent,
better rated), never by looking at who was chosen. Unknown stays NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.features import Profiles
from matchmaker.models.arrangement import Rule
from matchmaker.models.eligibility.rules import apply_rule
from matchmaker.typing import Floats, Rows


@dataclass(frozen=True, slots=True)
class PairFeature:
    """One input of a model.

    Attributes:
        label: plain, a noun phrase.
        direction: +1 where more can only speak for a candidate, -1 against it, 0 left to the data.
        source: what it is made from, in plain words.
        values: (r, n) in a reader's units, for recipients and all candidates; NaN is unknown.
        says: puts a value into words.
        transform: what a model takes of it, so that a step is worth the same everywhere.
        features: the profile features behind it, or
        dimension: the dimension whose features are.
    """

    name: str
    label: str
    direction: int
    source: str
    values: Callable[[Profiles, Rows], Floats]
    says: Callable[[float], str]
    transform: Callable[[Floats], Floats] | None = None
    features: tuple[str, ...] = ()
    dimension: str | None = None


def pair_values(inputs: Sequence[PairFeature], profiles: Profiles, recipients: Rows) -> Floats:
    """(p, r, n) every input of recipients and all candidates, in a reader's units."""
    return np.stack([one.values(profiles, recipients) for one in inputs])


def centre_within_set(
    inputs: Sequence[PairFeature], values: Floats, profiles: Profiles, recipients: Rows
) -> Floats:
    """(p, r, n) what a model sees: transformed, less the middle of those the recipient could join with.

    0 is then a middling candidate, and an unknown one, counted as 0, is spoken neither for nor against.
    """
    both = zip(inputs, values, strict=True)
    seen = np.stack([column if one.transform is None else one.transform(column) for one, column in both])
    others = np.array([comparable_candidates(profiles, row) for row in recipients.tolist()])
    ordered = np.sort(np.where(others, seen, np.nan), axis=2)  # unknown last
    known = np.count_nonzero(~np.isnan(ordered), axis=2, keepdims=True)
    below, above = np.maximum(known - 1, 0) // 2, known // 2
    middle = (np.take_along_axis(ordered, below, axis=2) + np.take_along_axis(ordered, above, axis=2)) / 2
    return seen - np.where(known > 0, middle, 0.0)


@cached
def comparable_candidates(profiles: Profiles, recipient: int) -> NDArray[np.bool_]:
    """(n,) the candidates of a kind that the recipient's kind could join with, itself left out."""
    rule = Rule(name=profiles.sector.criteria.joining_rule, why="Only these are compared.")
    could = ~apply_rule(rule, profiles, recipient).excluded
    could[recipient] = False
    return could
