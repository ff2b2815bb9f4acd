"""Outlines of a sector's regions for maps: published boundaries, on a coarse grid, in one small file.

Compile with `python -m matchmaker.rendering.charts.compile_outlines REGIONS.geojson FILE "ATTRIBUTION"`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

GRID = 100
"""Steps in a degree. Two regions share the points of their border, so rounding leaves no gap between them."""
MIN_POINTS = 4
"""Islands of fewer points than this on the grid are too small to draw."""


def compile_outlines(features: Sequence[dict[str, object]], attribution: str) -> dict[str, object]:
    """The content of the file that `outlines.outlines` reads.

    Args:
        features: of GeoJSON: Polygon or MultiPolygon, degrees, a `name` each.
        attribution: what must stand beside every map that shows them.

    Returns:
        `attribution`, `steps` of a degree, and `areas`: name -> rings, each a flat list of longitude and
        latitude in steps, the first point as it is and every next one as the difference from the last.
    """
    areas: dict[str, list[list[int]]] = {}
    for feature in features:
        properties, geometry = feature["properties"], feature["geometry"]
        assert isinstance(properties, dict) and isinstance(geometry, dict)
        parts = geometry["coordinates"]
        polygons = parts if geometry["type"] == "MultiPolygon" else [parts]
        rings = (_ring(polygon[0]) for polygon in polygons)
        areas[properties["name"]] = [ring for ring in rings if ring]
    return {"attribution": attribution, "steps": GRID, "areas": dict(sorted(areas.items()))}


def _ring(points: Sequence[Sequence[float]]) -> list[int]:
    """One outline on the grid, without repeated points; empty where too few are left."""
    kept: list[tuple[int, int]] = []
    for longitude, latitude in points[:-1]:  # the last point is the first again
        point = (round(longitude * GRID), round(latitude * GRID))
        if not kept or kept[-1] != point:
            kept.append(point)
    if len(kept) < MIN_POINTS:
        return []
    flat, before = [], (0, 0)
    for point in kept:
        flat += [point[0] - before[0], point[1] - before[1]]
        before = point
    return flat


def main(source: str, to: str, attribution: str) -> None:
    """Write the file from a GeoJSON file."""
    content = json.loads(Path(source).read_text("utf-8"))
    made = compile_outlines(content["features"], attribution)
    Path(to).write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
