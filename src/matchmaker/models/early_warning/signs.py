"""Which early-warning signs each organisation shows on a day: figures among the worst fifth of its type."""

from __future__ import annotations

import math

import numpy as np

from matchmaker.cache import cached
from matchmaker.features.definition import Feature, features
from matchmaker.features.profiles import Profiles
from matchmaker.models.early_warning.definition import Sign, signs
from matchmaker.models.early_warning.types import SignReading
from matchmaker.sector import Sector
from matchmaker.typing import Floats

WORST_SHARE = 0.2
"""A figure is a sign where its oriented percentile within the type is at or below this."""
MIN_PEERS = 5
"""A figure is read only where it is known of this many of the type: a fifth of fewer is nobody."""
MIN_KNOWN_SHARE = 0.5
"""Signs are counted where at least this share of those that apply to the type is known."""


def sign_features(sector: Sector) -> tuple[Feature, ...]:
    """The features that the signs read: enough of a profile to see them."""
    wanted = {source for sign in signs(sector) for source in sign.sources}
    return tuple(feature for feature in features(sector) if feature.name in wanted)


def readings(profiles: Profiles) -> Floats:
    """Which signs each organisation shows.

    Returns:
        (n_organisations, n_signs): 1 shown, 0 not shown, NaN unknown.
    """
    defined = signs(profiles.sector)
    out = np.full((len(profiles.types), len(defined)), np.nan)
    for at, sign in enumerate(defined):
        for source in sign.sources:
            standing = _standings_among_enough(profiles)[:, profiles.column[source]]
            shown = np.where(np.isnan(standing), np.nan, standing <= WORST_SHARE)
            out[:, at] = np.where(np.isnan(out[:, at]), shown, out[:, at])
    return out


@cached
def _standings_among_enough(profiles: Profiles) -> Floats:
    """(n_organisations, n_features) standings, NaN where fewer than `MIN_PEERS` of the type have one."""
    out = profiles.standings.copy()
    for org_type in np.unique(profiles.types):
        members, published = profiles.types == org_type, profiles.reference
        few = (~np.isnan(published.standings[published.types == org_type])).sum(axis=0) < MIN_PEERS
        out[np.ix_(members, few)] = np.nan
    return out


def sign_counts(profiles: Profiles) -> Floats:
    """(n_organisations,) how many signs each organisation shows; NaN where too few are known to say."""
    read = readings(profiles)
    known = (~np.isnan(read)).sum(axis=1)
    applicable = {one: len(applicable_signs(profiles.sector, one)) for one in set(profiles.types.tolist())}
    enough = np.array(
        [is_enough(count, applicable[one]) for count, one in zip(known, profiles.types, strict=True)]
    )
    return np.where(enough, np.nansum(read, axis=1), np.nan)


def is_enough(known: int, applicable: int) -> bool:
    """Whether enough signs are known of an organisation to count those that it shows."""
    return known >= max(1.0, MIN_KNOWN_SHARE * applicable)


@cached
def applicable_signs(sector: Sector, org_type: str) -> tuple[Sign, ...]:
    """The signs that organisations of a type can show."""
    types = {feature.name: feature.types for feature in features(sector)}
    return tuple(
        sign
        for sign in signs(sector)
        if any(not types[name] or org_type in types[name] for name in sign.sources)
    )


def readings_of(profiles: Profiles, code: str) -> tuple[SignReading, ...]:
    """What each sign that applies to its type says of one organisation.

    Raises:
        KeyError: it is not among the organisations of the profiles.
    """
    row = profiles.position[code]
    read = readings(profiles)[row]
    applicable = applicable_signs(profiles.sector, str(profiles.types[row]))
    out = []
    for at, sign in enumerate(signs(profiles.sector)):
        if sign not in applicable:
            continue
        among = _standings_among_enough(profiles)[row]
        standings = {source: among[profiles.column[source]] for source in sign.sources}
        source = next((name for name, standing in standings.items() if not math.isnan(standing)), None)
        out.append(SignReading(sign.name, sign.label, None if source is None else bool(read[at]), source))
    return tuple(out)
