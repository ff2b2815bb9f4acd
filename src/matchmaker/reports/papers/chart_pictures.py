"""Charts of a comparison as pictures (PNG), from the same places as on the pages."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.features.types import ComparedFeature
from matchmaker.rendering.charts import series as series_chart
from matchmaker.rendering.charts import spine as spine_chart
from matchmaker.rendering.charts.series import SeriesChart
from matchmaker.rendering.charts.spine import Spine
from matchmaker.reports.papers.canvas import BLUE, GREY, INK, PALE, QUIET, RED, Canvas, Point

LABELS = 250
"""Width of what stands left of each spine, in units."""
SIZE, SMALL = 11.0, 9.5
"""Of letters."""
GAP = 14.0
"""Between two spines."""
TRACK_NAMES = 8.0
"""Of the letters that name the lines of sets."""
TITLE = 20.0
"""Height of the title of a chart over the years."""
N_ACROSS = 2
"""Charts over the years beside each other."""
LINES = (
    *((RED, 0.0), (BLUE, 0.0), ("#00573a", 9.0), ("#7c2855", 4.0)),
    *(("#8a4500", 12.0), ("#330072", 6.0), (INK, 14.0), (QUIET, 2.5)),
)
"""Colour and dashes of each organisation's line: colour is never alone."""


def spine_picture(rows: Sequence[ComparedFeature], names: Sequence[str]) -> bytes:
    """Some figures, each on a line from weak to strong above the spread of the sets, with a legend.

    Args:
        rows: the figures, with their spreads; those that no set knows enough of are left out.
        names: of the organisations, the first of which is marked by a diamond.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    drawn = [(row, one) for row in rows if (one := spine_chart.spine(row)) is not None]
    legend = 18.0 * ((len(names) + 1) // 2) + 26
    width = LABELS + spine_chart.WIDTH
    sheet = Canvas(width, legend + sum(one.height + GAP + 6 for _, one in drawn))
    for at, name in enumerate(names):
        x, y = 12.0 + (at % 2) * width / 2, 10.0 + 18.0 * (at // 2)
        sheet.mark((x, y), at)
        sheet.text((x + 13, y), name, _fitting(sheet, name, width / 2 - 30, SIZE))
    _spine_key(sheet, legend - 14)
    top = legend
    for row, one in drawn:
        _spine(sheet, row, one, top)
        top += one.height + GAP + 6
    return sheet.png()


def series_picture(charts: Sequence[SeriesChart], names: Sequence[str]) -> bytes:
    """Figures over the years, all from and to the same year, with a legend; a gap breaks the line.

    Args:
        charts: at least one.
        names: of the organisations, in the order of their numbers.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    wide, high = series_chart.WIDTH + 12.0, series_chart.HEIGHT + TITLE + 14.0
    legend = 18.0 * ((len(names) + 1) // 2) + 8
    n_down = -(-len(charts) // N_ACROSS)
    sheet = Canvas(N_ACROSS * wide, legend + n_down * high)
    for at, name in enumerate(names):
        x, y = 4.0 + (at % 2) * wide, 10.0 + 18.0 * (at // 2)
        colour, dash = LINES[at % len(LINES)]
        sheet.line([(x, y), (x + 30, y)], colour, 1.8, dash)
        sheet.mark((x + 42, y), at)
        sheet.text((x + 55, y), name, _fitting(sheet, name, wide - 70, SIZE))
    for at, chart in enumerate(charts):
        _series(sheet, chart, (at % N_ACROSS) * wide, legend + (at // N_ACROSS) * high)
    return sheet.png()


def _spine_key(sheet: Canvas, y: float) -> None:
    _track(sheet, (14.0, 26.0, 34.0, 44.0, 60.0), y)
    words = "from the weakest to the strongest of a set, its middle half, and its median"
    sheet.text((68.0, y), words, SMALL, colour=QUIET)


def _spine(sheet: Canvas, row: ComparedFeature, one: Spine, top: float) -> None:
    sheet.line([(0, top - GAP / 2), (sheet.width, top - GAP / 2)], PALE, 0.6)
    label = f"{row.label} ({row.direction} is better)" if row.direction != "none" else row.label
    for at, text in enumerate(_wrapped(sheet, label, LABELS - 12, SIZE)):
        sheet.text((0, top + 8 + 13 * at), text, SIZE)
    for track in one.tracks:
        _track(sheet, tuple(LABELS + x for x in track.places), top + track.y)
        sheet.text((LABELS - 2, top + track.y), track.label, TRACK_NAMES, colour=QUIET, anchor="rm")
    for mark in one.marks:
        sheet.mark((LABELS + mark.x, top + mark.y), mark.number - 1)
    below = top + one.height + 2
    sheet.text((LABELS + spine_chart.EDGE, below), one.low, TRACK_NAMES, colour=QUIET)
    sheet.text((sheet.width - spine_chart.EDGE, below), one.high, TRACK_NAMES, colour=QUIET, anchor="rm")


def _track(sheet: Canvas, places: Sequence[float], y: float) -> None:
    weakest, low, median, high, strongest = places
    sheet.line([(weakest, y), (strongest, y)], QUIET, 1.2)
    for x in (weakest, strongest):
        sheet.line([(x, y - 4), (x, y + 4)], QUIET, 1.2)
    sheet.box(min(low, high), y - 4, max(low, high), y + 4, GREY)
    sheet.line([(median, y - 6), (median, y + 6)], INK, 1.8)


def _series(sheet: Canvas, chart: SeriesChart, left: float, top: float) -> None:
    floor = top + TITLE + series_chart.HEIGHT - series_chart.BOTTOM
    right = left + series_chart.WIDTH
    title = f"{chart.label}{f' ({chart.good.lower()})' if chart.good else ''}"
    sheet.text((left, top + 8), title, _fitting(sheet, title, series_chart.WIDTH, SIZE))

    def place(point: Point) -> Point:
        return left + point[0], top + TITLE + point[1]

    for y, label in chart.y_ticks:
        _, height = place((0, y))
        sheet.line([(left + chart.left, height), (right - series_chart.RIGHT, height)], PALE, 0.7)
        sheet.text((left + chart.left - 5, height), label, SMALL, anchor="rm")
    for x, label in chart.x_ticks:
        sheet.line([(left + x, floor), (left + x, floor + 4)], GREY, 0.7)
        sheet.text((left + x, floor + 13), label, SMALL, anchor="mm")
    for line in reversed(chart.lines):
        colour, dash = LINES[(line.number - 1) % len(LINES)]
        for stretch in line.stretches:
            points = [place(_point(corner)) for corner in stretch.split()]
            sheet.line(points, colour, 2.2 if line.number == 1 else 1.5, dash)
        for dot in line.dots:
            sheet.dot(place(dot), 2.2, colour)
        end = place((series_chart.WIDTH - 12.0, line.label_y))
        sheet.line([place(line.end), (end[0] - 9, end[1])], GREY, 0.6)
        sheet.mark(end, line.number - 1, 6.0)


def _point(corner: str) -> Point:
    x, y = corner.split(",")
    return float(x), float(y)


def _wrapped(sheet: Canvas, text: str, room: float, size: float) -> list[str]:
    """A text in lines of at most some width."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and sheet.text_width(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitting(sheet: Canvas, text: str, room: float, size: float) -> float:
    """The size of letters in which a line fits."""
    return min(size, size * room / max(sheet.text_width(text, size), 1.0))
