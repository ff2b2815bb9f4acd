"""England as the cloud of its trusts, with one of them and its options marked and named beside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from matchmaker.cache import cached
from matchmaker.features import Profiles

WIDTH, HEIGHT = 372, 345
LEFT, TOP = 46.0, 8.0
SCALE = 64.0
"""Units of the view box for one degree of latitude."""
WEST, NORTH, MIDDLE = -5.45, 55.15, 52.6
"""Where the map begins, and the latitude at which its widths are right."""
LINE = 15.0
"""The least distance between two labels."""


@dataclass(frozen=True, slots=True)
class Place:
    """One marked trust: its point, its label, and the line between them.

    Attributes:
        rank: on the list; 0 for the recipient.
        anchor: `start` or `end`, as SVG anchors text.
    """

    rank: int
    code: str
    x: float
    y: float
    label_x: float
    label_y: float
    line_x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Map:
    """A map, ready to be drawn: every trust as a dot of one path, and the marked ones."""

    cloud: str
    places: tuple[Place, ...]
    missing: tuple[str, ...]


def england(profiles: Profiles, recipient: str, options: Sequence[str]) -> Map:
    """Place a recipient and its options.

    Args:
        profiles: as of the day, with the coordinates of all trusts.
        recipient: ODS code.
        options: ODS codes in their order.

    Returns:
        A map whose `missing` are the codes without known coordinates.
    """
    points = _points(profiles)
    codes = [recipient, *options]
    marked = {code: (rank, *points[code]) for rank, code in enumerate(codes) if code in points}
    middle = _across(-1.6)
    sides = [
        {code: one for code, one in marked.items() if (one[1] < middle) is left} for left in (True, False)
    ]
    places = [place for left, side in zip((True, False), sides, strict=True) for place in _column(side, left)]
    return Map(
        cloud=_cloud(profiles),
        places=tuple(sorted(places, key=lambda place: -place.rank)),  # the first are drawn on top
        missing=tuple(code for code in codes if code not in points),
    )


def _column(side: Mapping[str, tuple[int, float, float]], left: bool) -> list[Place]:
    """Labels at one edge, each as near to the height of its point as the others allow."""
    ordered = sorted(side.items(), key=lambda one: (one[1][2], one[0]))
    heights: list[float] = []
    for _, (_, _, y) in ordered:
        heights.append(max(y, heights[-1] + LINE) if heights else max(y, TOP + LINE))
    lowest = HEIGHT - TOP
    for at in range(len(heights) - 1, -1, -1):  # push back up what went over the lower edge
        heights[at] = min(heights[at], lowest)
        lowest = heights[at] - LINE
    edge = 2.0 if left else WIDTH - 2.0
    anchor, line = ("start", 44.0) if left else ("end", WIDTH - 44.0)
    return [
        Place(rank, code, x, y, edge, round(height + 4, 1), line, anchor)
        for (code, (rank, x, y)), height in zip(ordered, heights, strict=True)
    ]


@cached
def _points(profiles: Profiles) -> dict[str, tuple[float, float]]:
    return _placed(profiles.organisations)


@cached
def _cloud(profiles: Profiles) -> str:
    """A point of a path for every trust there is or was; round line ends make them dots."""
    there = _placed(profiles.snapshot.organisations)
    return "".join(f"M{x:g} {y:g}h0" for x, y in sorted(set(there.values())))


def _placed(organisations: pl.DataFrame) -> dict[str, tuple[float, float]]:
    rows = organisations.select("code", "latitude", "longitude").drop_nulls().iter_rows()
    return {code: (_across(east), round(TOP + (NORTH - north) * SCALE, 1)) for code, north, east in rows}


def _across(longitude: float) -> float:
    return round(LEFT + (longitude - WEST) * math.cos(math.radians(MIDDLE)) * SCALE, 1)
