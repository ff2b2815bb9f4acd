"""Outlines on the grid: no gap between neighbours, small islands left out, the bundled file as compiled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from matchmaker.rendering.charts.compile_outlines import compile_outlines
from matchmaker.rendering.charts.outlines import FILE, outlines
from matchmaker.sector import load_sector


def feature(name: str, *rings: list[tuple[float, float]]) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {"properties": {"name": name}, "geometry": geometry}


WEST = [(0.0, 50.0), (0.1, 50.0), (0.1042, 50.05), (0.1, 50.1), (0.0, 50.1), (0.0, 50.0)]
EAST = [(0.2, 50.0), (0.2, 50.1), (0.1, 50.1), (0.1042, 50.05), (0.1, 50.0), (0.2, 50.0)]
ISLET = [(0.3, 50.0), (0.3001, 50.0), (0.3001, 50.0001), (0.3, 50.0)]


def test_neighbours_share_their_border_and_islets_are_left_out() -> None:
    made = compile_outlines([feature("West", WEST, ISLET), feature("East", EAST)], "Source")
    areas = made["areas"]
    assert made["attribution"] == "Source" and isinstance(areas, dict) and list(areas) == ["East", "West"]
    assert areas["West"] == [[0, 5000, 10, 0, 0, 5, 0, 5, -10, 0]]
    assert areas["East"] == [[20, 5000, 0, 10, -10, 0, 0, -5, 0, -5]]


@pytest.mark.parametrize(("name", "n_areas"), [("nhs", 7), ("schools", 9)])
def test_bundled_files_are_small_and_within_the_extent_of_their_sector(name: str, n_areas: int) -> None:
    sector = load_sector(name)
    assert len(outlines(sector).areas) == n_areas
    file = Path(str(sector.folder)) / FILE
    assert file.stat().st_size < 60_000
    assert json.loads(file.read_text("utf-8"))["attribution"] == outlines(sector).attribution
    extent = sector.extent
    for longitude, latitude in outlines(sector).points:
        assert extent.west <= longitude <= extent.east and extent.south <= latitude <= extent.north
