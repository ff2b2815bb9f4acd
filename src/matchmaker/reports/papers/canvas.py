"""A sheet to draw on for the pictures of papers: shapes in units of a chart, as PNG at the end."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from matchmaker.errors import MissingExtra

SCALE = 3
"""Pixels for each unit."""
INK, BLUE, RED, WHITE = "#212b32", "#005eb8", "#a6170f", "#ffffff"
QUIET, GREY, PALE = "#4c6272", "#768692", "#d8dde0"
N_COLOURS = 48
Point = tuple[float, float]


class Canvas:
    """A white sheet; what lies outside is cut off.

    Attributes:
        width, height: in units.

    Raises:
        MissingExtra: Pillow is not installed.
    """

    def __init__(self, width: float, height: float) -> None:
        try:
            from PIL import Image, ImageDraw
        except ImportError as error:
            step = "Install matchmaker with its extra 'papers'."
            raise MissingExtra("Pictures can't be made here.", step) from error
        self.width, self.height = width, height
        self._image = Image.new("RGB", (round(width * SCALE), round(height * SCALE)), WHITE)
        self._draw: Any = ImageDraw.Draw(self._image)

    def paste(self, other: Canvas, x: float, y: float) -> None:
        """Another sheet, its upper left corner at a point."""
        self._image.paste(other._image, (round(x * SCALE), round(y * SCALE)))

    def area(self, points: Sequence[Point], *, fill: str | None, outline: str, width: float = 0.5) -> None:
        """A closed outline."""
        pixels = _pixels(points)
        if fill:
            self._draw.polygon(pixels, fill=fill)
        self._draw.line([*pixels, pixels[0]], fill=outline, width=_stroke(width), joint="curve")

    def line(self, points: Sequence[Point], colour: str, width: float = 1.0, dash: float = 0.0) -> None:
        """A line through some points, whole or in dashes of a length."""
        if not dash:
            self._draw.line(_pixels(points), fill=colour, width=_stroke(width), joint="curve")
            return
        for one in _dashes(points, dash):
            self._draw.line(_pixels(one), fill=colour, width=_stroke(width))

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, outline: str = "") -> None:
        """A rectangle."""
        corners = _pixels([(left, top), (right, bottom)])
        self._draw.rectangle(corners, fill=fill, outline=outline or None, width=_stroke(0.7))

    def dot(self, at: Point, radius: float, colour: str, outline: str = "") -> None:
        """A round mark."""
        x, y = at
        corners = _pixels([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.ellipse(corners, fill=colour, outline=outline or None, width=_stroke(0.7))

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        *,
        colour: str = INK,
        anchor: str = "lm",
        with_halo: bool = False,
    ) -> None:
        """A line of words; the anchor is that of Pillow, such as left and middle; a halo sets it off."""
        halo = {"stroke_width": SCALE // 2, "stroke_fill": WHITE} if with_halo else {}
        self._draw.text(_pixels([at])[0], words, fill=colour, font=_font(size), anchor=anchor, **halo)

    def text_width(self, words: str, size: float) -> float:
        """How wide a line of words is, in units."""
        return float(self._draw.textlength(words, font=_font(size))) / SCALE

    def mark(self, at: Point, number: int, radius: float = 7.0) -> None:
        """An option's number on a dot; a diamond for 0, which is the one asked about."""
        x, y = at
        if number == 0:
            far = radius + 1.5
            corners = [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
            self.area(corners, fill=RED, outline=WHITE, width=0.7)
            return
        self.dot(at, radius, BLUE, WHITE)
        self.text((x, y + 0.3), str(number), 1.3 * radius, colour=WHITE, anchor="mm")

    def png(self) -> bytes:
        """The picture; the same drawing gives the same bytes."""
        from PIL import Image

        out = io.BytesIO()
        self._image.quantize(N_COLOURS, method=Image.Quantize.FASTOCTREE).save(out, "PNG")
        return out.getvalue()


@cache
def _font(size: float) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size * SCALE)


def _pixels(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def _stroke(width: float) -> int:
    return max(1, round(width * SCALE))


def _dashes(points: Sequence[Point], length: float) -> list[list[Point]]:
    """Pieces of a line, each as long as the gap after it."""
    out = []
    for (x, y), (u, v) in pairwise(points):
        far = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
        n = max(1, round(far / (2 * length)))
        for k in range(n):
            a, b = k / n, (k + 0.6) / n
            out.append([(x + a * (u - x), y + a * (v - y)), (x + b * (u - x), y + b * (v - y))])
    return out
