"""The map of a paper as a picture (PNG): what Word, a PDF and a page all take."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from matchmaker.errors import MissingExtra
from matchmaker.features import Profiles
from matchmaker.rendering.charts import map as map_chart
from matchmaker.rendering.charts.map import Map

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SCALE = 4
"""Pixels for each unit of the chart."""
WIDTH, HEIGHT = 300, 230
"""Of the map in it, in units of the chart."""
LEGEND = 360
"""Width of the legend at the right."""
LEAST = 80.0
"""Units of the whole map that are shown across and down, at least."""
MARGIN = 14.0
"""Units of the whole map left free around what is marked."""
INK, BLUE, RED, GREY, WHITE = "#212b32", "#005eb8", "#d5281b", "#aeb7bd", "#ffffff"
POINT = re.compile(r"M(-?[\d.]+) (-?[\d.]+)h0")


def map_picture(profiles: Profiles, recipient: tuple[str, str], options: Sequence[tuple[str, str]]) -> bytes:
    """The recipient and its options on a map, with a legend beside it.

    Args:
        profiles: as of the day.
        recipient: code, and its line in the legend.
        options: the same for each, in their order.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        step = "Install matchmaker with its extra 'papers'."
        raise MissingExtra("Pictures can't be made here.", step) from error
    drawn = map_chart.map_of(profiles, recipient[0], [code for code, _ in options])
    at = _window([(place.x, place.y) for place in drawn.places])
    size = (int((WIDTH + LEGEND) * SCALE), int(HEIGHT * SCALE))
    image = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(image)
    font, small = ImageFont.load_default(11 * SCALE), ImageFont.load_default(9.5 * SCALE)
    for point in _cloud(drawn):
        x, y = at(point)
        if 0 <= x <= WIDTH and 0 <= y <= HEIGHT:
            _dot(draw, x, y, 2, GREY)
    draw.rectangle([0, 0, WIDTH * SCALE, HEIGHT * SCALE - 1], outline=GREY, width=SCALE // 2)
    for place in drawn.places:
        _mark(draw, *at((place.x, place.y)), place.rank, small)
    rows = [recipient[1], *(line for _, line in options)]
    apart = min(24, (HEIGHT - 20) / len(rows))
    for rank, line in enumerate(rows):
        height = 14 + rank * apart
        _mark(draw, WIDTH + 20, height, rank, small)
        draw.text(((WIDTH + 33) * SCALE, height * SCALE), line, fill=INK, font=font, anchor="lm")
    out = io.BytesIO()
    image.quantize(32, method=Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()


def _cloud(drawn: Map) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in POINT.findall(drawn.cloud)]


def _window(marked: Sequence[tuple[float, float]]) -> Callable[[tuple[float, float]], tuple[float, float]]:
    """From the whole map to the part of it that holds all that is marked."""
    if not marked:
        marked = [(0.0, 0.0), (map_chart.WIDTH, map_chart.HEIGHT)]
    xs, ys = zip(*marked, strict=True)
    across = max(max(xs) - min(xs) + 2 * MARGIN, LEAST)
    down = max(max(ys) - min(ys) + 2 * MARGIN, LEAST)
    by = min(WIDTH / across, HEIGHT / down)
    x0, y0 = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return lambda point: (WIDTH / 2 + by * (point[0] - x0), HEIGHT / 2 + by * (point[1] - y0))


def _mark(draw: ImageDraw, x: float, y: float, rank: int, font: Any) -> None:
    """A number on a dot; the recipient has none."""
    _dot(draw, x, y, 7, BLUE if rank else RED)
    if rank:
        draw.text((x * SCALE, y * SCALE), str(rank), fill=WHITE, font=font, anchor="mm")


def _dot(draw: ImageDraw, x: float, y: float, radius: float, colour: str) -> None:
    box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
    draw.ellipse(box, fill=colour)
