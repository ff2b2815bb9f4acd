"""What comes of a peer method's flaws, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from matchmaker.sectors.nhs.peer_finder.inputs import as_matrix
from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder, PeerMethod, nearest_columns


@dataclass(frozen=True, slots=True)
class PoolingFlaw:
    """What comes of standardising and comparing unequal kinds of organisations together.

    Attributes:
        kind: the kind these numbers are about.
        organisations: how many are of this kind.
        peers: how many peers their pooled lists hold.
        peers_of_another_kind: how many of those are of another kind.
        lists_with_another_kind: how many pooled lists hold at least one of another kind.
        lists_changed: how many lists differ (as sets) if both deviations and choice stay within the kind.
        lists_changed_by_scale: how many of these lists differ from those chosen within the kind by the
            pooled deviations, which is what standardising together does, by itself.
        peers_changed: how many pooled peers are not on the lists made within the kind.
    """

    type: str
    organisations: int
    peers: int
    peers_of_another_kind: int
    lists_with_another_kind: int
    lists_changed: int
    lists_changed_by_scale: int
    peers_changed: int


def pooling_flaw(
    X: Any, types: Sequence[str], method: PeerMethod | None = None, n_neighbors: int = 10
) -> list[PoolingFlaw]:
    """Measures how much a peer method's lists owe to kinds of organisations being thrown together.

    Args:
        X: (n_organisations, 21) as in `PeerMethod.fit`.
        types: (n_organisations,) the kind of each, such as "acute".
        method: an estimator whose parameters are used; None for `NhsPeerFinder()`.
        n_neighbors: the length of a list. A kind with no more members than this gets lists of all others.

    Returns:
        One row for each kind with more than one member, in alphabetical order.

    Raises:
        ValueError: kinds are not as many as the rows, or X is not as in `fit`.
    """
    values = as_matrix(X)
    if len(types) != len(values):
        raise ValueError(f"{len(values)} organisations need as many kinds; {len(types)} were given.")
    method = NhsPeerFinder() if method is None else method
    pooled = clone(method).fit(values)
    chosen = pooled.kneighbors(n_neighbors=n_neighbors)[1]
    distance = pooled.distances()
    found = []
    for org_type in sorted(set(types)):
        here = np.array([other == org_type for other in types])
        members = np.flatnonzero(here)
        if len(members) < 2:
            continue
        count = min(n_neighbors, len(members) - 1)
        within = members[clone(method).fit(values[members]).kneighbors(n_neighbors=count)[1]]
        inside = distance[np.ix_(members, members)]
        np.fill_diagonal(inside, np.inf)
        same_scale = members[nearest_columns(inside, count)]
        alien = ~here[chosen[members]]
        lists = [set(row) for row in chosen[members].tolist()]
        own = [set(row) for row in within.tolist()]
        found.append(
            PoolingFlaw(
                type=org_type,
                organisations=len(members),
                peers=int(alien.size),
                peers_of_another_kind=int(alien.sum()),
                lists_with_another_kind=int(alien.any(axis=1).sum()),
                lists_changed=sum(a != b for a, b in zip(lists, own, strict=True)),
                lists_changed_by_scale=sum(
                    set(a) != b for a, b in zip(same_scale.tolist(), own, strict=True)
                ),
                peers_changed=sum(len(a - b) for a, b in zip(lists, own, strict=True)),
            )
        )
    return found
