"""Focus areas: the few features on which a recipient most needs a strong partner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.cache import cached
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.standings import steady_standings
from matchmaker.typing import Rows
from matchmaker.written import name_meant

MAX_AREAS = 3
"""A few main opportunities, not many."""
BELOW = 0.5
"""Areas are chosen among those in which the recipient stands below the middle of its type."""


@cached
def needs(profiles: Profiles, recipient: int) -> dict[int, float]:
    """Where a recipient needs a strong partner: column -> how much it counts.

    A feature counts by the square of how far the recipient stands below the middle of its type, steadied over
    a year: what is weakest counts most, and a small change of a figure changes little.

    Returns:
        Only features of dimensions that a partner can help with; the weights add up to 1.
    """
    standings, weights = steady_standings(profiles)
    columns = _helpful_columns(profiles)
    gaps, counts = BELOW - standings[columns, recipient], weights[columns, recipient]
    found = {}
    for at, gap, weight in zip(columns.tolist(), gaps.tolist(), counts.tolist(), strict=True):
        if gap > 0:
            found[at] = gap**2 * weight
    total = sum(found.values())
    return {at: weight / total for at, weight in found.items() if weight > 0}


@cached
def _helpful_columns(profiles: Profiles) -> Rows:
    """The columns of the features that a partner can help with."""
    sector = profiles.sector
    dimensions = {name for name, dimension in sector.dimensions.items() if dimension.focus}
    helps = [
        feature.dimension in dimensions and feature.name not in sector.criteria.no_focus
        for feature in profiles.features
    ]
    return np.flatnonzero(helps)


def weakest_areas(profiles: Profiles, recipient: int) -> tuple[int, ...]:
    """The areas of `needs` that count most, as columns, the first first, at most `MAX_AREAS`."""
    found = needs(profiles, recipient)
    return tuple(sorted(found, key=lambda at: (-found[at], at))[:MAX_AREAS])


def check_known(profiles: Profiles, areas: Sequence[int], recipient: int) -> None:
    """Refuse areas of which nobody of the recipient's type has a figure, on which nothing would be compared.

    Raises:
        InvalidParameter: with the areas that there are.
    """
    org_type = str(profiles.types[recipient])
    known = (~np.isnan(profiles.standings[profiles.types == org_type])).any(axis=0)
    plural = profiles.sector.type_plural(org_type)
    for at, column in enumerate(areas):
        if not (known[column] or profiles.features[column].across_types):
            usable = zip(profiles.features, known, strict=True)
            there = ", ".join(one.name for one, is_known in usable if is_known)
            raise InvalidParameter(
                f"No figure of '{profiles.features[column].name}' is known of any of the {plural}.",
                f"For {plural} there are: {there}.",
                ("focus", at),
            )


def columns_named(profiles: Profiles, names: Sequence[str]) -> tuple[int, ...]:
    """The columns of areas that the user named, each by its name or label.

    Raises:
        InvalidParameter: an unknown feature, one without a direction, none, or more than `MAX_AREAS`.
    """
    usable = {feature.name: feature.label for feature in profiles.features if feature.direction != "none"}
    found: list[str] = []
    for at, text in enumerate(names):
        meant = name_meant(text, usable)
        # Several may stand in one text, with commas; but some labels have commas of their own.
        for part in [text] if meant else filter(None, map(str.strip, text.split(","))):
            name = name_meant(part, usable)
            if name is None:
                step = f"Choose from: {', '.join(usable)}."
                raise InvalidParameter(f"'{part}' can't be a focus area.", step, ("focus", at))
            found.append(name)
    unique = list(dict.fromkeys(found))
    if not 0 < len(unique) <= MAX_AREAS:
        text = f"{len(unique)} focus areas were named."
        step = f"Name 1 to {MAX_AREAS}: a few main opportunities, not many."
        raise InvalidParameter(text, step, ("focus",))
    return tuple(profiles.column[name] for name in unique)
