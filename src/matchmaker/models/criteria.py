"""Criteria: numbers in 0 to 1 about a recipient and every candidate; NaN is unknown.

Everything is added up element by element, feature by feature, so that one recipient and many give
the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.features import Profiles
from matchmaker.features.scaling import Floats
from matchmaker.models.arrangement import Criterion

EARTH_KM = 6371.0088
COMMON = 0.5
"""A feature is compared among a kind of trust where at least this share of the kind knows it."""
Rows = NDArray[np.intp]


def similarity_distances(profiles: Profiles, dimension: str, kind: str, recipients: Rows) -> Floats:
    """Root mean square difference over the features that both know, in robust units.

    Args:
        profiles: as of the day.
        dimension: whose features count (those with `similar`).
        kind: the kind of trust whose middle and spread are the units.
        recipients: (r,) rows.

    Returns:
        (r, n_organisations); NaN where fewer than half of the comparable features are known to both.
    """
    columns = comparable(profiles, dimension, kind)
    scaled = profiles.scaled_as(kind)
    total = np.zeros((len(recipients), len(scaled)))
    shared = np.zeros_like(total)
    for at in columns:
        difference = scaled[recipients, at][:, None] - scaled[:, at][None, :]
        known = ~np.isnan(difference)
        total += np.where(known, difference * difference, 0.0)
        shared += known
    enough = shared >= max(1.0, len(columns) / 2)
    return np.sqrt(np.divide(total, shared, out=np.full_like(total, np.nan), where=enough))


def comparable(profiles: Profiles, dimension: str, kind: str) -> list[int]:
    """The columns of a dimension that count in similarity and that half of the kind or more know."""
    members = profiles.values[profiles.kinds == kind]
    common = np.mean(~np.isnan(members), axis=0) >= COMMON
    return [
        at for at in profiles.of_dimension(dimension) if profiles.features[at].similar and bool(common[at])
    ]


def closeness(profiles: Profiles, dimension: str, kind: str, recipients: Rows) -> Floats:
    """Similarity as the share of all pairs of this kind that are further apart; ties count half.

    Returns:
        (r, n_organisations) in 0 to 1; NaN where the distance is unknown.
    """
    pairs = _pair_distances(profiles, dimension, kind)
    distance = similarity_distances(profiles, dimension, kind, recipients)
    if pairs.size == 0:
        return np.full_like(distance, np.nan)
    nearer = np.searchsorted(pairs, distance, "left")
    upto = np.searchsorted(pairs, distance, "right")
    share = 1.0 - (nearer + upto) / (2 * pairs.size)
    return np.where(np.isnan(distance), np.nan, share)


def _pair_distances(profiles: Profiles, dimension: str, kind: str) -> Floats:
    """All known distances between two organisations of one kind, sorted; kept with the profiles."""
    kept: dict[tuple[str, str], Floats] = profiles.__dict__.setdefault("_pair_distances", {})
    if (dimension, kind) not in kept:
        members = np.flatnonzero(profiles.kinds == kind)
        square = similarity_distances(profiles, dimension, kind, members)[:, members]
        pairs = square[np.triu_indices(len(members), k=1)]
        kept[dimension, kind] = np.sort(pairs[~np.isnan(pairs)])
    return kept[dimension, kind]


def standing(profiles: Profiles, dimension: str) -> Floats:
    """Mean standing of each organisation among its kind over the features it knows.

    Returns:
        (n_organisations,) in 0 to 1; NaN where none of the dimension's features with a direction is known.
    """
    total = np.zeros(len(profiles.kinds))
    known = np.zeros_like(total)
    for at in profiles.of_dimension(dimension):
        column = profiles.standings[:, at]
        there = ~np.isnan(column)
        total += np.where(there, column, 0.0)
        known += there
    return np.divide(total, known, out=np.full_like(total, np.nan), where=known > 0)


def kilometres(profiles: Profiles, recipients: Rows) -> Floats:
    """Great-circle distance between headquarters (haversine).

    Returns:
        (r, n_organisations) kilometres; NaN where a place is unknown.
    """
    places = profiles.organisations.select("latitude", "longitude").fill_null(float("nan")).to_numpy()
    latitude, longitude = np.radians(places.T)
    north = latitude[recipients][:, None] - latitude[None, :]
    east = longitude[recipients][:, None] - longitude[None, :]
    both = np.cos(latitude[recipients])[:, None] * np.cos(latitude)[None, :]
    half = np.sin(north / 2) ** 2 + both * np.sin(east / 2) ** 2
    distance: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return distance


def criterion_values(
    profiles: Profiles, criteria: Sequence[Criterion], kind: str, recipients: Rows
) -> Floats:
    """Every criterion for recipients of one kind and all candidates.

    Returns:
        (n_criteria, r, n_organisations) in 0 to 1; NaN is unknown.
    """
    out = np.empty((len(criteria), len(recipients), len(profiles.kinds)))
    for at, criterion in enumerate(criteria):
        dimension = criterion.dimension or ""
        if criterion.kind == "similarity":
            out[at] = closeness(profiles, dimension, kind, recipients)
        elif criterion.kind == "standing":
            out[at] = standing(profiles, dimension)[None, :]
        else:
            out[at] = 0.5 ** (kilometres(profiles, recipients) / criterion.half_km)
    return out
