"""The trusts nearest to one in context, size and scale: whom it can learn from, or be measured against."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matchmaker.features import Profiles
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.scoring.criteria import closeness
from matchmaker.models.scoring.geography import kilometres
from matchmaker.models.types import Organisation
from matchmaker.sectors.nhs.peer_finder.official_lists import official_peers

DIMENSIONS = ("context", "size", "scale")
"""Circumstances, not performance, as in the official peer methods; each counts alike, a judgement."""
MIN_SHARED_FEATURES = 2
"""A trust is compared where at least so many of these can be."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One of the nearest trusts.

    Attributes:
        closeness: mean of the parts that are known, 0 to 1.
        parts: by dimension, the share of all pairs of this kind that are further apart; None is unknown.
        distance_km: headquarters to headquarters.
        official: whether it is among the trust's peers by the NHS Trust Peer Finder.
    """

    trust: Organisation
    closeness: float
    parts: dict[str, float | None]
    distance_km: float | None
    official: bool


def nearest_peers(profiles: Profiles, code: str, limit: int) -> tuple[Peer, ...]:
    """The nearest trusts of the same kind; ties fall by ODS code.

    Args:
        profiles: as of the day.
        ods: the trust, open on that day.
        limit: how many.
    """
    row = profiles.position[code]
    rows, org_type = np.array([row]), str(profiles.types[row])
    parts = np.stack([closeness(profiles, dimension, org_type, rows)[0] for dimension in DIMENSIONS])
    known = (~np.isnan(parts)).sum(axis=0)
    mean = np.nansum(parts, axis=0) / np.maximum(known, 1)
    may = (profiles.types == org_type) & (known >= MIN_SHARED_FEATURES)
    may[row] = False
    at = np.flatnonzero(may)
    order = at[np.lexsort((at, -mean[at]))][:limit]
    distance = kilometres(profiles, rows)[0]
    official = official_peers(profiles.snapshot, profiles.as_of).get(code, frozenset())
    out = []
    for other in order.tolist():
        trust = trust_at(profiles, other)
        named = dict(zip(DIMENSIONS, map(_or_none, parts[:, other]), strict=True))
        far = _or_none(round(float(distance[other]), 1))
        out.append(Peer(trust, float(mean[other]), named, far, trust.code in official))
    return tuple(out)


def trust_at(profiles: Profiles, row: int) -> Organisation:
    """One organisation of the profiles, as an answer names it."""
    return organisations_of(profiles)[row]


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
