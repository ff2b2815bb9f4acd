"""Which organisations need a partner, and which most, by the sector's `need`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.features.areas import areas_named
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import Profiles
from matchmaker.models.assignment.types import NeedKnown
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.scoring.need import rows_in_need
from matchmaker.models.types import Organisation
from matchmaker.typing import Rows


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the features that lists of organisations show (`display.headline_features` of the sector)."""

    feature: str
    """Its name."""
    label: str
    """What it is."""
    value: float | None
    """None is unknown, or too old to be used."""
    text: str
    """The value as people read it."""


@dataclass(frozen=True, slots=True)
class InNeed:
    """An organisation that needs a partner."""

    organisation: Organisation
    """Which one."""
    headlines: tuple[Headline, ...]
    """Its headline features, in the sector's order."""


def in_need(profiles: Profiles) -> tuple[InNeed, ...]:
    """The organisations known to be in need on the day, the greatest need first.

    Empty where none is, or where the sector does not say who is in need.
    """
    rows, named = rows_in_need(profiles), organisations_of(profiles)
    return tuple(
        InNeed(named[row], headlines(profiles, row)) for row in rows[by_need(profiles, rows)].tolist()
    )


@cached
def need_known(profiles: Profiles) -> tuple[NeedKnown, ...]:
    """Of how many organisations of each type it is known whether they are in need, by the sector's order.

    Types that can't be in need are left out. Empty where the sector does not say who is in need.
    """
    need = profiles.sector.need
    if need is None:
        return ()
    column = profiles.column[need.feature]
    applies, is_known = profiles.features[column].types, ~np.isnan(profiles.values[:, column])
    return tuple(
        NeedKnown(name, int(is_known[of_type].sum()), int(of_type.sum()))
        for name in profiles.sector.types
        if (not applies or name in applies) and (of_type := profiles.types == name).any()
    )


def headlines(profiles: Profiles, row: int) -> tuple[Headline, ...]:
    """The headline features of one organisation."""
    out = []
    for name in profiles.sector.display.headline_features:
        column = profiles.column[name]
        feature, number = profiles.features[column], float(profiles.values[row, column])
        value = None if math.isnan(number) else number
        text = format_value(value, feature.unit, profiles.sector)
        out.append(Headline(name, feature.label, value, text))
    return tuple(out)


def recipients_in_need(profiles: Profiles) -> tuple[str, ...]:
    """The codes of the organisations in need, for an assignment that names no recipients.

    Raises:
        InvalidParameter: none is, or the sector does not say who is.
    """
    if found := in_need(profiles):
        return tuple(sorted(one.organisation.code for one in found))
    words, need = profiles.sector.words, profiles.sector.need
    if need is None:
        raise InvalidParameter(
            f"No recipient is named, and no rule says which {words.organisations} are in need.",
            "Name one or more.",
        )
    text = f"No {words.organisation} is known to be {need.label} on {format_date(profiles.as_of)}."
    raise InvalidParameter(text, "Name the recipients, or ask about another day.")


def of_regions(profiles: Profiles, codes: Sequence[str], regions: Sequence[str]) -> tuple[str, ...]:
    """Those of some organisations that are in some regions.

    Raises:
        InvalidParameter: a region is unknown, or none of the organisations is there.
    """
    word = profiles.sector.words.region
    try:
        wanted = set(areas_named(profiles, "region", regions))
    except InvalidParameter as error:
        error.loc = ("regions", *error.loc[1:])
        raise
    region_of = dict(profiles.organisations.select("code", "region").iter_rows())
    found = tuple(code for code in codes if region_of[code] in wanted)
    if not found:
        names = ", ".join(sorted(wanted))
        raise InvalidParameter(
            f"None of the recipients is in {names}.",
            f"Leave the {word} out, or try another.",
            ("regions",),
        )
    return found


def by_need(profiles: Profiles, rows: Rows) -> Rows:
    """The order of need: by the feature of the sector's `need`, then by those of `then_by`, then by code.

    Args:
        profiles: as of the day.
        rows: (r,) of the recipients; what is unknown comes last.

    Returns:
        (r,) places in `rows`.
    """
    need = profiles.sector.need
    keys = [rows]
    if need is not None:
        first = "lowest" if need.at_least is None else "highest"
        for name, order in reversed(((need.feature, first), *need.then_by)):
            values = profiles.values[rows, profiles.column[name]]
            keys.append(np.nan_to_num(-values if order == "highest" else values, nan=np.inf))
    return np.lexsort(keys)
