"""Focus areas: the few features on which a recipient most needs a strong partner."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.cache import cached
from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles

MAX_AREAS = 3
"""A few main opportunities, not many."""
BELOW = 0.5
"""Areas are chosen among those in which the recipient stands below the middle of its type."""


@cached
def weakest_areas(profiles: Profiles, recipient: int) -> tuple[int, ...]:
    """The recipient's weakest areas as columns, the weakest first, at most `MAX_AREAS`."""
    standing, sector = profiles.standings[recipient], profiles.sector
    candidates = [
        at
        for at, feature in enumerate(profiles.features)
        if feature.dimension in sector.dimensions
        and sector.dimensions[feature.dimension].focus
        and feature.name not in sector.criteria.no_focus
        and standing[at] < BELOW
    ]
    return tuple(sorted(candidates, key=lambda at: (standing[at], at))[:MAX_AREAS])


def columns_named(profiles: Profiles, names: Sequence[str]) -> tuple[int, ...]:
    """The columns of areas that the user named.

    Raises:
        InvalidParameter: an unknown feature, one without a direction, none, or more than `MAX_AREAS`.
    """
    unique = list(dict.fromkeys(names))
    usable = [feature.name for feature in profiles.features if feature.direction != "none"]
    for at, name in enumerate(names):
        if name not in usable:
            step = f"Choose from: {', '.join(usable)}."
            raise InvalidParameter(f"'{name}' can't be a focus area.", step, ("focus", at))
    if not 0 < len(unique) <= MAX_AREAS:
        text = f"{len(unique)} focus areas were named."
        step = f"Name 1 to {MAX_AREAS}: a few main opportunities, not many."
        raise InvalidParameter(text, step, ("focus",))
    return tuple(profiles.column[name] for name in unique)
