"""A map: outlines of the areas, all open organisations as small dots, some of them marked by number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from matchmaker.cache import cached
from matchmaker.features.profiles import Profiles
from matchmaker.rendering.charts.outlines import outlines
from matchmaker.rendering.charts.scale import linear

WIDTH, HEIGHT = 316, 380
EDGE = 12.0
"""Space for marks at each edge."""
RADIUS = 9.0
"""Of a mark, which holds its number."""
APART = 19.0
"""The least distance between two marks; what lies closer is moved, with a line to where it is."""
N_PUSHES = 60
"""Rounds of moving marks apart."""
Ring = tuple[tuple[float, float], ...]
Area = tuple[str, tuple[Ring, ...]]
MAX_DOTS, COARSE = 2_000, 3
"""Of more dots than the first those that cover each other are drawn as one, on a grid of so many points."""
MIN_DEGREES = 0.1
"""Where organisations are less far apart, the whole extent of the sector is shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """One marked organisation.

    Attributes:
        rank: on the list, which stands in the mark; 0 for the recipient.
        x, y: of the mark.
        at_x, at_y: where it really is: elsewhere only where marks would lie on each other.
        name, region: for the list beside the map; the region is empty where unknown.
    """

    rank: int
    code: str
    x: float
    y: float
    at_x: float
    at_y: float
    name: str
    region: str

    @property
    def is_moved(self) -> bool:
        """Whether the mark stands beside where the organisation is."""
        return (self.x, self.y) != (self.at_x, self.at_y)


@dataclass(frozen=True, slots=True)
class Map:
    """A map, ready to be drawn in a view box of `WIDTH` by `HEIGHT`.

    Attributes:
        cloud: every open organisation as a dot of one path.
        areas: name and closed rings of each area of the sector; empty where it has no outlines.
        places: the marked ones; the recipient is the last, so that it is drawn on top.
        missing: codes whose place is not known.
        attribution: what must stand beside the outlines.
    """

    cloud: str
    areas: tuple[Area, ...]
    places: tuple[Place, ...]
    missing: tuple[str, ...]
    attribution: str

    @property
    def in_order(self) -> tuple[Place, ...]:
        """The marked ones, the recipient first."""
        return tuple(sorted(self.places, key=lambda place: place.rank))


def map_of(profiles: Profiles, recipient: str, options: Sequence[str]) -> Map:
    """Place a recipient and its options.

    Args:
        profiles: as of the day, with the coordinates of all organisations.
        recipient: code.
        options: codes in their order.
    """
    points = _points(profiles)
    codes = [recipient, *options]
    at = {code: points[code] for code in codes if code in points}
    apart = moved_apart(at, APART, EDGE, (WIDTH, HEIGHT))
    rows = profiles.organisations[[profiles.position[code] for code in codes if code in profiles.position]]
    named = {
        code: (name, region or "") for code, name, region in rows.select("code", "name", "region").iter_rows()
    }
    places = [
        Place(rank, code, *apart[code], *at[code], *named[code])
        for rank, code in enumerate(codes)
        if code in at
    ]
    return Map(
        # A point of a path for each; round line ends make them dots.
        cloud="".join(f"M{x:g} {y:g}h0" for x, y in all_points(profiles)),
        areas=_areas(profiles),
        places=tuple(sorted(places, key=lambda place: -place.rank)),
        missing=tuple(code for code in codes if code not in points),
        attribution=outlines(profiles.sector).attribution,
    )


def to_svg(drawn: Map, title: str, identifier: str = "map-title") -> Markup:
    """A map as SVG that needs no style sheet; the classes let one change it.

    Args:
        drawn: the map.
        title: what it shows, for those who do not see it.
        identifier: of the title; another one for each map of a page.
    """
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}" '
        'font-family="Arial, sans-serif" font-size="12"><title id="{}">{}</title>'
    )
    out = [Markup(head).format(WIDTH, HEIGHT, identifier, identifier, title)]
    for _, rings in drawn.areas:
        area = (
            '<path class="area" d="{}" transform="scale(0.1)" fill="#ffffff" stroke="#768692" '
            'stroke-width="9" stroke-linejoin="round"/>'
        )
        out.append(Markup(area).format(_path(rings)))
    cloud = (
        '<path class="cloud" d="{}" stroke="#768692" stroke-width="3" stroke-linecap="round" fill="none"/>'
    )
    out.append(Markup(cloud).format(drawn.cloud))
    for one in drawn.places:
        if one.is_moved:
            leader = '<path class="leader" d="M{} {}L{} {}" stroke="#212b32" fill="none"/>'
            out.append(Markup(leader).format(one.at_x, one.at_y, one.x, one.y))
    for one in drawn.places:
        if one.rank:
            mark = (
                '<circle class="option" cx="{}" cy="{}" r="{}" fill="#005eb8" stroke="#ffffff"/>'
                '<text x="{}" y="{}" text-anchor="middle" fill="#ffffff">{}</text>'
            )
            text_y = round(one.y + 4.2, 1)
            out.append(Markup(mark).format(one.x, one.y, RADIUS, one.x, text_y, one.rank))
        else:
            mark = (
                '<path class="recipient" d="M{} {}l{r} {r}l-{r} {r}l-{r} -{r}z" fill="#a6170f" '
                'stroke="#ffffff"/>'
            )
            out.append(Markup(mark).format(one.x, round(one.y - RADIUS, 1), r=RADIUS))
    return Markup("").join([*out, Markup("</svg>")])


@cached
def all_points(profiles: Profiles) -> list[tuple[float, float]]:
    """Where the organisations that are open on the day are, each point once; of very many, on a grid."""
    points = set(_points(profiles).values())
    if len(points) > MAX_DOTS:
        points = {(COARSE * round(x / COARSE), COARSE * round(y / COARSE)) for x, y in points}
    return sorted(points)


def moved_apart(
    at: Mapping[str, tuple[float, float]], least: float, edge: float, size: tuple[float, float]
) -> dict[str, tuple[float, float]]:
    """Places moved until no two are too close, or as far as some rounds get.

    Args:
        at: the place of each code.
        least: the least distance between two.
        edge: space to each edge of the map.
        size: width and height of the map.
    """
    moved = {code: list(point) for code, point in at.items()}
    codes = list(moved)
    for _ in range(N_PUSHES):
        still = True
        for k, one in enumerate(codes):
            for step, other in enumerate(codes[k + 1 :]):
                (x, y), (u, v) = moved[one], moved[other]
                far = math.hypot(u - x, v - y)
                if far >= least:
                    continue
                still = False
                # What lies in one place is told apart by the order on the list.
                turn = math.atan2(v - y, u - x) if far > 0.5 else 2.4 * (k + step)
                push = (least - far) / 2 + 0.1
                across, down = push * math.cos(turn), push * math.sin(turn)
                for code, sign in ((one, -1), (other, 1)):
                    moved[code][0] = min(max(moved[code][0] + sign * across, edge), size[0] - edge)
                    moved[code][1] = min(max(moved[code][1] + sign * down, edge), size[1] - edge)
        if still:
            break
    return {code: (round(x, 1), round(y, 1)) for code, (x, y) in moved.items()}


@cached
def _points(profiles: Profiles) -> dict[str, tuple[float, float]]:
    """The point of every organisation that is open on the day, by code."""
    place = _projection(profiles)
    rows = profiles.organisations.select("code", "latitude", "longitude").drop_nulls().rows()
    return {code: place(longitude, latitude) for code, latitude, longitude in rows} if rows else {}


@cached
def _areas(profiles: Profiles) -> tuple[Area, ...]:
    """The outline of each area."""
    place = _projection(profiles)
    found = []
    for name, rings in outlines(profiles.sector).areas.items():
        # What falls together is drawn once; what is less than a triangle is not.
        drawn = [tuple(dict.fromkeys(place(*point) for point in ring)) for ring in rings]
        found.append((name, tuple(ring for ring in drawn if len(ring) > 2)))
    return tuple(found)


def _path(rings: Sequence[Ring]) -> str:
    """Closed rings as a path in tenths, each point as its step from the last: the shortest there is."""
    out = []
    for ring in rings:
        tenths = [(round(10 * x), round(10 * y)) for x, y in ring]
        steps = [f"{x - u} {y - v}" for (u, v), (x, y) in pairwise(tenths)]
        out.append(f"M{tenths[0][0]} {tenths[0][1]}l{' '.join(steps).replace(' -', '-')}z")
    return "".join(out)


def _projection(profiles: Profiles) -> Callable[[float, float], tuple[float, float]]:
    """From longitude and latitude to a point.

    The map shows the outlines, or the area in which organisations are, inside the extent of the sector;
    longitudes are narrowed by the cosine of its middle latitude (equirectangular projection).
    """
    extent = profiles.sector.extent
    shown = (
        outlines(profiles.sector).points
        or profiles.snapshot.organisations.select("longitude", "latitude").drop_nulls().rows()
    )
    south, north = _area([latitude for _, latitude in shown], extent.south, extent.north)
    west, east = _area([longitude for longitude, _ in shown], extent.west, extent.east)
    narrow = math.cos(math.radians((south + north) / 2))
    degree = min((HEIGHT - 2 * EDGE) / (north - south), (WIDTH - 2 * EDGE) / (narrow * (east - west)))
    half_width, half_height = degree * narrow * (east - west) / 2, degree * (north - south) / 2
    across = linear(west, east, WIDTH / 2 - half_width, WIDTH / 2 + half_width)
    down = linear(north, south, HEIGHT / 2 - half_height, HEIGHT / 2 + half_height)
    return lambda longitude, latitude: (across(longitude), down(latitude))


def _area(degrees: Sequence[float], least: float, most: float) -> tuple[float, float]:
    """From the lowest to the highest, or the whole extent where all are in one place."""
    if not degrees:
        return least, most
    low, high = max(min(degrees), least), min(max(degrees), most)
    return (low, high) if high - low > MIN_DEGREES else (least, most)
