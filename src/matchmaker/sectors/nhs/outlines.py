"""Outlines of the regions for maps: published boundaries, on a coarse grid, in one small file.

Compile anew with `python -m matchmaker.sectors.nhs.outlines REGIONS.geojson`.
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
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right 2024."
)
FILE = "outlines.json"


def compile_outlines(features: Sequence[dict[str, object]]) -> dict[str, object]:
    """The content of the file from features of GeoJSON (Polygon or MultiPolygon, degrees, a `name` each).

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
    return {"attribution": ATTRIBUTION, "steps": GRID, "areas": dict(sorted(areas.items()))}


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


def main(path: str) -> None:
    """Write the file beside this module from a GeoJSON file."""
    content = json.loads(Path(path).read_text("utf-8"))
    text = json.dumps(compile_outlines(content["features"]), ensure_ascii=False, separators=(",", ":"))
    Path(__file__).with_name(FILE).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
