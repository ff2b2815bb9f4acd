"""Outlines of a sector's areas, from its file `outlines.json`; a sector without one has none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from matchmaker.cache import cached
from matchmaker.sector import Sector

FILE = "outlines.json"
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Areas as rings of points, longitude and latitude in degrees.

    Attributes:
        attribution: what must stand beside every map that shows them; empty where there are none.
    """

    areas: Mapping[str, tuple[Ring, ...]]
    attribution: str

    @property
    def points(self) -> list[tuple[float, float]]:
        """Every point of every ring."""
        return [point for rings in self.areas.values() for ring in rings for point in ring]


@cached
def outlines(sector: Sector) -> Outlines:
    """The outlines of a sector; without any where its folder has no such file."""
    file = sector.folder.joinpath(FILE)
    if not file.is_file():
        return Outlines({}, "")
    content = json.loads(file.read_text("utf-8"))
    steps = content["steps"]
    areas = {name: tuple(_decoded(flat, steps) for flat in rings) for name, rings in content["areas"].items()}
    return Outlines(areas, content["attribution"])


def _decoded(flat: Sequence[int], steps: int) -> Ring:
    across, up = accumulate(flat[::2]), accumulate(flat[1::2])
    return tuple((x / steps, y / steps) for x, y in zip(across, up, strict=True))
