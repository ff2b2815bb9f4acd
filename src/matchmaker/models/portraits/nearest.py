"""The trusts nearest to one in context, size and scale: whom it can learn from, or be measured against."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matchmaker.features import Profiles
from matchmaker.models.criteria import closeness
from matchmaker.models.explaining.explanation import Trust
from matchmaker.models.explaining.rows import trusts
from matchmaker.models.geography import kilometres
from matchmaker.models.official import official_peers

DIMENSIONS = ("context", "size", "scale")
"""Circumstances, not performance, as in the official peer methods; each counts alike, a judgement."""
FEWEST = 2
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

    trust: Trust
    closeness: float
    parts: dict[str, float | None]
    distance_km: float | None
    official: bool


def nearest(profiles: Profiles, ods: str, limit: int) -> tuple[Peer, ...]:
    """The nearest trusts of the same kind; ties fall by ODS code.

    Args:
        profiles: as of the day.
        ods: the trust, open on that day.
        limit: how many.
    """
    row = profiles.position[ods]
    rows, kind = np.array([row]), str(profiles.kinds[row])
    parts = np.stack([closeness(profiles, dimension, kind, rows)[0] for dimension in DIMENSIONS])
    known = (~np.isnan(parts)).sum(axis=0)
    mean = np.nansum(parts, axis=0) / np.maximum(known, 1)
    may = (profiles.kinds == kind) & (known >= FEWEST)
    may[row] = False
    at = np.flatnonzero(may)
    order = at[np.lexsort((at, -mean[at]))][:limit]
    distance = kilometres(profiles, rows)[0]
    official = official_peers(profiles.snapshot, profiles.as_of).get(ods, frozenset())
    out = []
    for other in order.tolist():
        trust = trust_at(profiles, other)
        named = dict(zip(DIMENSIONS, map(_or_none, parts[:, other]), strict=True))
        far = _or_none(round(float(distance[other]), 1))
        out.append(Peer(trust, float(mean[other]), named, far, trust.ods in official))
    return tuple(out)


def trust_at(profiles: Profiles, row: int) -> Trust:
    """One organisation of the profiles, as an answer names it."""
    return trusts(profiles)[row]


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
