"""The organisations nearest to one in its circumstances: whom it can learn from, or be measured against."""

from __future__ import annotations

import math

import numpy as np

from matchmaker.features.profiles import Profiles
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.overview.types import Peer
from matchmaker.models.scoring.criteria import closeness
from matchmaker.models.scoring.geography import kilometres

N_PEERS = 5
"""How many of the nearest organisations are listed."""
MIN_SHARED_DIMENSIONS = 2
"""An organisation is compared where at least this many dimensions can be (or all, if there are fewer)."""


def nearest_peers(profiles: Profiles, code: str, limit: int) -> tuple[Peer, ...]:
    """The nearest organisations of the same type; ties fall by code.

    The dimensions are the sector's circumstances (`criteria.peers`), not performance; each counts alike.

    Args:
        profiles: as of the day.
        code: the organisation, open on that day.
        limit: how many.
    """
    row = profiles.position[code]
    rows, org_type = np.array([row]), str(profiles.types[row])
    dimensions = profiles.sector.criteria.peers
    if not dimensions:
        return ()
    parts = np.stack([closeness(profiles, dimension, org_type, rows)[0] for dimension in dimensions])
    known = (~np.isnan(parts)).sum(axis=0)
    mean = np.nansum(parts, axis=0) / np.maximum(known, 1)
    comparable = (profiles.types == org_type) & (known >= min(MIN_SHARED_DIMENSIONS, len(dimensions)))
    comparable[row] = False
    at = np.flatnonzero(comparable)
    order = at[np.lexsort((at, -mean[at]))][:limit]
    distance = kilometres(profiles, rows)[0]
    official = benchmark_peers(profiles).get(code, frozenset())
    named = organisations_of(profiles)
    return tuple(
        Peer(
            organisation=named[other],
            closeness=float(mean[other]),
            parts=dict(zip(dimensions, map(_or_none, parts[:, other]), strict=True)),
            distance_km=_or_none(round(float(distance[other]), 1)),
            benchmark_peer=named[other].code in official,
        )
        for other in order.tolist()
    )


def benchmark_peers(profiles: Profiles) -> dict[str, frozenset[str]]:
    """Code -> its peers by the sector's official lists as known on the day; empty where it has none."""
    hook = profiles.sector.hook("benchmark_peers")
    found: dict[str, frozenset[str]] = {} if hook is None else hook(profiles.snapshot, profiles.as_of)
    return found


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
