"""The organisations nearest to a postcode, by the postcodes of places that the snapshot holds."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.features.places import MAIN, SITE, places_on
from matchmaker.features.profiles import Profiles
from matchmaker.snapshot import Snapshot

WHOLE = re.compile(r"^([A-Z]{1,2})(\d[A-Z\d]?)\s*(?:(\d)([A-Z]{2}))?$")
"""A postcode, or the first half of one: area, district, and where given sector and unit."""
KM_PER_DEGREE = 111.2
N_NEAREST = 10


@dataclass(frozen=True, slots=True)
class Nearest:
    """What lies nearest to a postcode.

    Attributes:
        where: how well its place is known, in words.
        km: code -> kilometres to the nearest place of the organisation, the nearest first.
    """

    where: str
    km: dict[str, float]


def nearest_to(profiles: Profiles, text: str) -> Nearest | None:
    """The organisations nearest to a postcode; None where the text is none, or nothing is known near it.

    Args:
        profiles: as of the day.
        text: "ME7 5NY", "me75ny", or the first half alone.
    """
    found = WHOLE.match(text.strip().upper())
    if not found:
        return None
    area, rest, sector, unit = found.groups()
    district = area + rest
    known = _points(profiles.snapshot)
    # from the postcode itself outwards; each step is farther off, and says so
    steps = [(area, f"about the middle of the places known in {area}")]
    steps.insert(0, (district, f"about the middle of the places known in {district}"))
    if sector:
        steps.insert(
            0, (f"{district} {sector}", f"about the middle of the places known in {district} {sector}")
        )
        steps.insert(0, (f"{district} {sector}{unit}", ""))
    for key, where in steps:
        if key in known:
            return Nearest(where, _distances(profiles, known[key]))
    return None


@cached
def _points(snapshot: Snapshot) -> dict[str, tuple[float, float]]:
    """Postcode, sector, district and area -> the middle of the places known in it, latitude and longitude."""
    gathered: dict[str, list[tuple[float, float]]] = defaultdict(list)
    if "places" not in snapshot.manifest["tables"]:
        return {}
    places = snapshot.places.filter(pl.col("kind") == MAIN).select("name", "latitude", "longitude").unique()
    for name, latitude, longitude in places.sort("name").iter_rows():
        found = WHOLE.match(str(name).strip().upper())
        if not found or found[3] is None:
            continue
        area, rest, sector, unit = found.groups()
        for key in (area, area + rest, f"{area}{rest} {sector}", f"{area}{rest} {sector}{unit}"):
            gathered[key].append((latitude, longitude))
    return {
        key: (sum(one[0] for one in points) / len(points), sum(one[1] for one in points) / len(points))
        for key, points in gathered.items()
    }


def _distances(profiles: Profiles, point: tuple[float, float]) -> dict[str, float]:
    """Kilometres from a point to the nearest place of each organisation open, of the nearest few."""
    snapshot, day = profiles.snapshot, profiles.as_of
    places = pl.concat([places_on(snapshot, day, kind) for kind in (MAIN, SITE)])
    places = places.filter(pl.col("code").is_in(profiles.organisations["code"].to_list()))
    north = (places["latitude"].to_numpy() - point[0]) * KM_PER_DEGREE
    east = (places["longitude"].to_numpy() - point[1]) * KM_PER_DEGREE * np.cos(np.radians(point[0]))
    away = places.select("code").with_columns(km=pl.Series(np.hypot(north, east)))
    nearest = away.group_by("code").agg(pl.col("km").min()).sort("km", "code").head(N_NEAREST)
    return dict(nearest.iter_rows())
