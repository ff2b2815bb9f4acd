"""A map: the cloud of all organisations, with one of them and its options marked and labelled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.cache import cached
from matchmaker.features import Profiles
from matchmaker.rendering.charts.scale import linear

WIDTH, HEIGHT = 372, 345
SIDE, TOP = 46.0, 8.0
"""Space for labels at the left and at the right, and above and below."""
LINE = 15.0
"""The least distance between two labels."""
MIN_DEGREES = 0.1
"""Where organisations are less far apart, the whole extent of the sector is shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """One marked organisation: its point, its label, and the line between them.

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
    """A map, ready to be drawn in a view box of `WIDTH` by `HEIGHT`.

    Attributes:
        cloud: every organisation as a dot of one path.
        missing: codes whose place is not known.
    """

    cloud: str
    places: tuple[Place, ...]
    missing: tuple[str, ...]


def map_of(profiles: Profiles, recipient: str, options: Sequence[str]) -> Map:
    """Place a recipient and its options.

    Args:
        profiles: as of the day, with the coordinates of all organisations.
        recipient: code.
        options: codes in their order.
    """
    points = _points(profiles)
    codes = [recipient, *options]
    marked = {code: (rank, *points[code]) for rank, code in enumerate(codes) if code in points}
    places = []
    for left in (True, False):
        side = {code: one for code, one in marked.items() if (one[1] < WIDTH / 2) is left}
        places += _column(side, left)
    return Map(
        # A point of a path for each; round line ends make them dots.
        cloud="".join(f"M{x:g} {y:g}h0" for x, y in sorted(set(points.values()))),
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
    edge, anchor, line = (2.0, "start", SIDE - 2) if left else (WIDTH - 2.0, "end", WIDTH - SIDE + 2)
    return [
        Place(rank, code, x, y, edge, round(label_y + 4, 1), line, anchor)
        for (code, (rank, x, y)), label_y in zip(ordered, heights, strict=True)
    ]


@cached
def _points(profiles: Profiles) -> dict[str, tuple[float, float]]:
    """The point of every organisation there is or was, by code.

    The map shows the area in which organisations are, inside the extent of the sector; longitudes are
    narrowed by the cosine of its middle latitude (equirectangular projection).
    """
    extent = profiles.sector.extent
    rows = profiles.snapshot.organisations.select("code", "latitude", "longitude").drop_nulls().rows()
    if not rows:
        return {}
    south, north = _area([latitude for _, latitude, _ in rows], extent.south, extent.north)
    west, east = _area([longitude for _, _, longitude in rows], extent.west, extent.east)
    narrow = math.cos(math.radians((south + north) / 2))
    degree = min((HEIGHT - 2 * TOP) / (north - south), (WIDTH - 2 * SIDE) / (narrow * (east - west)))
    half_width, half_height = degree * narrow * (east - west) / 2, degree * (north - south) / 2
    across = linear(west, east, WIDTH / 2 - half_width, WIDTH / 2 + half_width)
    down = linear(north, south, HEIGHT / 2 - half_height, HEIGHT / 2 + half_height)
    return {code: (across(longitude), down(latitude)) for code, latitude, longitude in rows}


def _area(degrees: Sequence[float], least: float, most: float) -> tuple[float, float]:
    """From the lowest to the highest, or the whole extent where all are in one place."""
    low, high = max(min(degrees), least), min(max(degrees), most)
    return (low, high) if high - low > MIN_DEGREES else (least, most)
