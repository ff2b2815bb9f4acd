"""The map of a paper as a picture (PNG): what Word, a PDF and a page all take."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from matchmaker.features.profiles import Profiles
from matchmaker.rendering.charts import map as map_chart
from matchmaker.rendering.charts.outlines import outlines
from matchmaker.reports.papers.canvas import GREY, INK, PALE, QUIET, WHITE, Canvas, Point
from matchmaker.sector import Sector

WIDTH, HEIGHT = 300, 230
"""Of the map in it, in units of the chart."""
WIDE, HIGH = 480, 400
"""Of a map of pairs."""
LEGEND = 360
"""Width of the legend at the right."""
LEAST = 80.0
"""Units of the whole map that are shown across and down, at least."""
MARGIN = 14.0
"""Units of the whole map left free around what is marked."""
RADIUS, APART, EDGE = 7.0, 15.5, 9.0
"""Of marks: their size, how far apart at least, and how far from the frame."""
LEGEND_SIZE, REGION_SIZE = 11.0, 9.0
"""Of letters."""
NAME_MARGINS = (24, 16, 10, 6, 3, 1)
"""Space around the name of an area, the most that there is room for."""


def map_picture(profiles: Profiles, recipient: tuple[str, str], options: Sequence[tuple[str, str]]) -> bytes:
    """The recipient and its options on a map with the borders of the areas, and a legend beside it.

    Args:
        profiles: as of the day.
        recipient: code, and its line in the legend.
        options: the same for each, in their order.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    drawn = map_chart.map_of(profiles, recipient[0], [code for code, _ in options])
    at = _window([(place.at_x, place.at_y) for place in drawn.places], WIDTH, HEIGHT)
    sheet = Canvas(WIDTH + LEGEND, HEIGHT)
    marked = {place.code: (at((place.at_x, place.at_y)), place.rank) for place in drawn.places}
    ground = _ground(profiles, drawn, at, (WIDTH, HEIGHT), marked)
    sheet.paste(ground, 0, 0)
    sheet.line([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT), (0, 0)], GREY, 0.7)
    rows = [recipient[1], *(line for _, line in options)]
    apart = min(24, (HEIGHT - 20) / len(rows))
    for rank, line in enumerate(rows):
        height = 14 + rank * apart
        sheet.mark((WIDTH + 20, height), rank, RADIUS)
        room = LEGEND - 36
        letters = min(LEGEND_SIZE, LEGEND_SIZE * room / sheet.text_width(line, LEGEND_SIZE))
        sheet.text((WIDTH + 33, height), line, letters)
    return sheet.png()


def pairs_picture(profiles: Profiles, pairs: Sequence[tuple[str, str]]) -> bytes:
    """Pairs on a map: a diamond for each recipient, and a line to its option, which has the pair's number.

    Args:
        profiles: as of the day.
        pairs: codes of the recipient and of its option; those whose place is not known are left out.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    codes = list(dict.fromkeys(code for pair in pairs for code in pair))
    drawn = map_chart.map_of(profiles, codes[0], codes[1:])
    at = _window([(place.at_x, place.at_y) for place in drawn.places], WIDE, HIGH)
    real = {place.code: at((place.at_x, place.at_y)) for place in drawn.places}
    # An option may have several recipients; its mark then has the number of the first.
    numbers = {recipient: 0 for recipient, _ in pairs}
    for number, (_, option) in reversed(list(enumerate(pairs, 1))):
        numbers[option] = number
    lines = [pair for pair in pairs if pair[0] in real and pair[1] in real]
    marked = {code: (where, numbers[code]) for code, where in real.items()}
    return _ground(profiles, drawn, at, (WIDE, HIGH), marked, lines).png()


def map_caption(sector: Sector) -> str:
    """What must be known to read the map, and whose borders it shows."""
    words, place = sector.words, sector.words.place
    borders = outlines(sector)
    lines = f" Lines: borders of {words.region}s." if borders.areas else ""
    return (
        f"Distances are straight lines between {place}. Grey dots: other {words.organisations}.{lines} "
        f"{borders.attribution}"
    ).strip()


def _ground(
    profiles: Profiles,
    drawn: map_chart.Map,
    at: Callable[[Point], Point],
    size: tuple[int, int],
    marked: Mapping[str, tuple[Point, int]],
    lines: Sequence[tuple[str, str]] = (),
) -> Canvas:
    """The map itself.

    Args:
        profiles: of which all organisations are small dots.
        drawn: with the areas.
        at: from the whole map to the part that is shown.
        size: of the sheet.
        marked: code -> where it is, and its number; 0 is a diamond.
        lines: codes to be joined.
    """
    ground = Canvas(*size)
    # What is no area of the sector is sea or another country.
    ground.box(0, 0, *size, PALE if drawn.areas else WHITE)
    for _, rings in drawn.areas:
        for ring in rings:
            ground.area([at(point) for point in ring], fill=WHITE, outline=GREY, width=0.8)
    dots = [at(point) for point in map_chart.all_points(profiles)]
    for dot in dots:
        ground.dot(dot, 1.6, GREY)
    real = {code: where for code, (where, _) in marked.items()}
    marks = map_chart.moved_apart(real, APART, EDGE, size)
    taken = [(where, RADIUS + 2) for where in marks.values()]
    for name, rings in drawn.areas:
        wide = (ground.text_width(name, REGION_SIZE), REGION_SIZE)
        inside = [[at(point) for point in ring] for ring in rings]
        around = [*taken, *((dot, 2.0) for dot in dots)]
        room = _room_for_name(size, wide, inside, around) or _room_for_name(size, wide, inside, taken)
        if room is not None:
            ground.text(room, name, REGION_SIZE, colour=QUIET, anchor="mm", with_halo=True)
    for code, where in marks.items():
        if math.dist(where, real[code]) > 1:
            ground.line([real[code], where], INK, 0.7)
            ground.dot(real[code], 1.6, INK)
    for one, other in lines:
        ground.line([marks[one], marks[other]], INK, 1.2)
    for code in sorted(marks, key=lambda one: -marked[one][1]):
        ground.mark(marks[code], marked[code][1], RADIUS)
    return ground


def _window(marked: Sequence[Point], width: float, height: float) -> Callable[[Point], Point]:
    """From the whole map to the part of it that holds all that is marked."""
    if not marked:
        marked = [(0.0, 0.0), (map_chart.WIDTH, map_chart.HEIGHT)]
    xs, ys = zip(*marked, strict=True)
    across = max(max(xs) - min(xs) + 2 * MARGIN, LEAST)
    down = max(max(ys) - min(ys) + 2 * MARGIN, LEAST)
    by = min(width / across, height / down)
    x0, y0 = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return lambda point: (width / 2 + by * (point[0] - x0), height / 2 + by * (point[1] - y0))


def _room_for_name(
    sheet: tuple[int, int],
    size: tuple[float, float],
    rings: Sequence[Sequence[Point]],
    taken: Sequence[tuple[Point, float]],
) -> Point | None:
    """The middle of a place for a name inside an area, as far from its edge as can be; None without room.

    Args:
        sheet: width and height of the map.
        size: width and height of the name.
        rings: outlines of the area.
        taken: places of marks, each with the space around it that stays free.
    """
    from PIL import Image, ImageDraw

    mask = Image.new("L", sheet, 0)
    draw = ImageDraw.Draw(mask)
    for ring in rings:
        draw.polygon(list(ring), fill=1)
    for (x, y), far in taken:
        draw.ellipse([x - far, y - far, x + far, y + far], fill=0)
    # By sums from the corner, a box is free where it holds as many free points as it is large.
    sums = np.pad(np.asarray(mask, dtype=np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    for margin in NAME_MARGINS:
        across, down = round(size[0]) + 2 * margin, round(size[1]) + 2 * margin
        if across >= sheet[0] or down >= sheet[1]:
            continue
        free = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
        ys, xs = np.nonzero(free == across * down)
        if len(xs):
            at = len(xs) // 2
            return float(xs[at]) + across / 2, float(ys[at]) + down / 2
    return None
