"""Focus areas: the few features on which a recipient most needs a strong partner (E7)."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.cache import cached
from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles

MAX_AREAS = 3
"""A few main opportunities, not many (E7)."""
DIMENSIONS = ("quality", "performance", "workforce", "finance")
SUMMARIES = ("cqc_overall", "oversight_segment")
"""Judgements of the whole, which are no area to work on."""
WEAK = 0.5
"""Areas are chosen among those in which the recipient stands below the middle of its kind."""


@cached
def weakest_areas(profiles: Profiles, recipient: int) -> tuple[int, ...]:
    """The recipient's weakest areas, weakest first, at most `AT_MOST`, as columns."""
    standing = profiles.standings[recipient]
    candidates = [
        at
        for at, feature in enumerate(profiles.features)
        if feature.dimension in DIMENSIONS and feature.name not in SUMMARIES and standing[at] < WEAK
    ]
    return tuple(sorted(candidates, key=lambda at: (standing[at], at))[:MAX_AREAS])


def columns_named(profiles: Profiles, names: Sequence[str]) -> tuple[int, ...]:
    """The columns of areas that the user named.

    Raises:
        OutOfRange: an unknown feature, one without a direction, none, or more than `AT_MOST`.
    """
    names = list(dict.fromkeys(names))
    usable = [feature.name for feature in profiles.features if feature.direction != "none"]
    for name in names:
        if name not in usable:
            step = f"Choose from: {', '.join(usable)}."
            raise InvalidParameter(f"'{name}' can't be a focus area.", step, ("focus",))
    if not 0 < len(names) <= MAX_AREAS:
        text = f"{len(names)} focus areas were named."
        raise InvalidParameter(
            text, f"Name 1 to {MAX_AREAS}: a few main opportunities, not many.", ("focus",)
        )
    return tuple(profiles.column[name] for name in names)
