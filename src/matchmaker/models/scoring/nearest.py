"""The nearest of many among many, exactly, with figures that are unknown: block by block, in little memory.

The distance is that of `criteria.similarity_distances`. A product of matrices in single precision first says
of a whole block who could be nearer than the nearest found so far, with a margin for its rounding (Higham
2002, section 3.5); only of those few is the distance worked out, in double precision and feature by feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.criteria import compared
from matchmaker.typing import Floats, Rows

ROWS, COLUMNS = 512, 1024
"""Of a block: 2 MB in single precision, so that it stays near a processor, and what is found in one narrows
the next."""
WINDOW = 256
"""Among so many that are alike in one figure a first guess is made of how near the nearest are."""
Product = NDArray[np.float32]
SLACK = 1e-9
"""More than what is lost to rounding where a distance is worked out in double precision."""
ROUNDING = float(np.finfo(np.float32).eps)


def nearest(
    profiles: Profiles, dimension: str, org_type: str, recipients: Rows, k: int
) -> tuple[Rows, Floats]:
    """The organisations of one type that are nearest to each recipient in a dimension; ties fall by code.

    Args:
        profiles: as of the day.
        dimension: whose features count.
        org_type: of those that are looked among, in whose units it is measured.
        recipients: (r,) rows.
        k: how many.

    Returns:
        (r, k) rows, -1 where fewer are known; (r, k) distances, NaN there.
    """
    scaled, _ = compared(profiles, dimension, org_type)
    among = np.flatnonzero(profiles.types == org_type)
    at = np.minimum(np.searchsorted(among, recipients), len(among) - 1)
    itself = np.where(among[at] == recipients, at, -1)
    found, distance = nearest_rows(scaled.T[recipients], scaled.T[among], k, itself)
    return np.where(found >= 0, among[found], -1), distance


def nearest_rows(points: Floats, among: Floats, k: int, itself: Rows | None = None) -> tuple[Rows, Floats]:
    """The nearest by root mean square difference over the figures that both know; ties fall by row.

    A pair counts where at least half of the figures are known of both. Memory grows with r + n, time with
    r times n. Blocks are worked on in as many threads as `joblib.parallel_config` says.

    Args:
        points: (r, f) whose nearest are looked for; NaN is unknown.
        among: (n, f) those looked among.
        k: how many.
        itself: (r,) the row of `among` that each point is, -1 for none: it is not its own neighbour.

    Returns:
        (r, k) rows of `among`, nearest first, -1 where there are fewer; (r, k) distances, NaN there.
    """
    from joblib import Parallel, delayed  # type: ignore[import-untyped]

    found, distance = np.full((len(points), k), -1), np.full((len(points), k), np.nan)
    if not points.size or not among.size:
        return found, distance
    own = np.full(len(points), -1) if itself is None else itself
    widest = int(np.argmax((~np.isnan(among)).sum(axis=0)))
    order = np.argsort(among[:, widest], kind="stable")
    whole = _right(among[order])
    cuts = [*range(0, len(order), COLUMNS), len(order)]
    parts = [(start, end, whole[:, start:end]) for start, end in pairwise(cuts)]
    along = among[order, widest]
    sized = [
        _Part(part, float(np.linalg.norm(part.astype(float), axis=0).max()), *_span(along[start:end]), start)
        for start, end, part in parts
    ]
    place = np.argsort(points[:, widest], kind="stable")
    blocks = [place[start : start + ROWS] for start in range(0, len(place), ROWS)]

    def of_block(rows: Rows) -> None:
        middle = int(np.searchsorted(along, points[rows[len(rows) // 2], widest]))
        start = max(0, min(middle - WINDOW // 2, len(order) - WINDOW))
        near = order[start : start + WINDOW]
        found[rows], distance[rows] = _of_block(points[rows], among, order, sized, near, k, own[rows], widest)

    Parallel(require="sharedmem")(delayed(of_block)(rows) for rows in blocks)
    return found, distance


class _Part(NamedTuple):
    """Some of those looked among, which follow on each other in the figure that most are known by."""

    right: Product
    largest: float
    """The norm of the largest column."""
    low: float
    high: float
    """Between which that figure lies; without bounds where it is unknown of one."""
    start: int
    """Its place in the order."""


def _span(figures: Floats) -> tuple[float, float]:
    if np.isnan(figures).any():
        return -np.inf, np.inf
    return float(figures.min()), float(figures.max())


def _right(among: Floats) -> Product:
    """(3 f, n) whose product with `_left` is the sum of squared differences, less a limit for each figure."""
    known = ~np.isnan(among)
    figures = np.where(known, among, 0.0)
    return np.ascontiguousarray(np.hstack([known, figures**2, figures]).T, dtype=np.float32)


def _left(points: Floats, limit: Floats) -> Floats:
    """(r, 3 f), given the (r,) mean squared difference that is to be undercut."""
    known = ~np.isnan(points)
    figures = np.where(known, points, 0.0)
    return np.hstack([figures**2 - limit[:, None] * known, known, -2.0 * figures])


def _of_block(
    points: Floats,
    among: Floats,
    order: Rows,
    parts: Sequence[_Part],
    near: Rows,
    k: int,
    own: Rows,
    widest: int,
) -> tuple[Rows, Floats]:
    """`nearest_rows` of a few points, which may be near those of `near`."""
    pairs = np.indices((len(points), len(near))).reshape(2, -1)
    guess = np.sort(_distances(points, among, pairs[0], near[pairs[1]], own).reshape(len(points), -1), axis=1)
    nearer: Floats = guess[:, k - 1] if k <= len(near) else np.full(len(points), np.nan)
    # Where too few of these are known, no pair is further apart than the largest figures of both together.
    utmost = 1.0 + sum(float(np.nanmax(np.abs(one), initial=0.0)) for one in (points, among))
    farthest = np.where(np.isnan(nearer), utmost, nearer)
    found, distance = np.full((len(points), k), len(among)), np.full((len(points), k), np.nan)
    middle = np.nan_to_num(points[len(points) // 2, widest])
    for part in sorted(parts, key=lambda one: max(one.low - middle, middle - one.high)):
        limit = np.fmin(farthest, distance[:, -1])
        # In the figure that they are ordered by alone, all of the part are this far away, or it is unknown.
        away = np.fmax(np.fmax(part.low - points[:, widest], points[:, widest] - part.high), 0.0)
        within = np.flatnonzero(away * away <= points.shape[1] * limit**2 * (1 + SLACK))
        if not within.size:
            continue
        left = _left(points[within], limit[within] ** 2)
        margin = (len(part.right) + 4) * ROUNDING * part.largest * np.linalg.norm(left, axis=1)
        close = left.astype(np.float32) @ part.right <= margin[:, None].astype(np.float32)
        at = np.flatnonzero(close)
        if at.size:
            rows, columns = np.divmod(at, part.right.shape[1])
            rows, columns = within[rows], order[part.start + columns]
            _keep(found, distance, rows, columns, _distances(points, among, rows, columns, own))
    return np.where(np.isnan(distance), -1, found), distance


def _distances(points: Floats, among: Floats, rows: Rows, columns: Rows, own: Rows) -> Floats:
    """(m,) of pairs; NaN where fewer than half of the figures are known of both, or it is the same one."""
    total, shared = np.zeros(len(rows)), np.zeros(len(rows))
    for feature in range(points.shape[1]):
        gap = points[rows, feature] - among[columns, feature]
        shared += ~np.isnan(gap)
        total += np.fmax(gap * gap, 0.0)
    enough = (shared >= max(1.0, points.shape[1] / 2)) & (columns != own[rows])
    distance: Floats = np.sqrt(np.divide(total, shared, out=np.full_like(total, np.nan), where=enough))
    return distance


def _keep(found: Rows, distance: Floats, rows: Rows, columns: Rows, candidates: Floats) -> None:
    """Put pairs among the nearest found so far, in place; unknown distances go last."""
    k = found.shape[1]
    known = ~np.isnan(candidates)
    rows, columns, candidates = rows[known], columns[known], candidates[known]
    touched = np.unique(rows)
    every = np.concatenate([np.repeat(touched, k), rows])
    which = np.concatenate([found[touched].ravel(), columns])
    far = np.concatenate([distance[touched].ravel(), candidates])
    by = np.lexsort((which, far, every))
    place = np.arange(len(by)) - np.searchsorted(every[by], every[by])
    first = by[place < k]
    found[touched] = which[first].reshape(-1, k)
    distance[touched] = far[first].reshape(-1, k)
