"""Distances between the places of organisations."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.features import Profiles
from matchmaker.features.places import SITE, places_on
from matchmaker.typing import Floats

EARTH_KM = 6371.0088


def great_circle(start: Floats, end: Floats) -> Floats:
    """Great-circle distance (haversine).

    Args:
        start, end: (2, n) and (2, m) latitudes and longitudes (WGS 84) in radians.

    Returns:
        (n, m) kilometres; NaN where a place is unknown.
    """
    north = start[0][:, None] - end[0][None, :]
    east = start[1][:, None] - end[1][None, :]
    both = np.cos(start[0])[:, None] * np.cos(end[0])[None, :]
    half = np.sin(north / 2) ** 2 + both * np.sin(east / 2) ** 2
    distance: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return distance


def kilometres(profiles: Profiles, recipients: NDArray[np.intp]) -> Floats:
    """Distance between the main places of organisations on the day of the profiles.

    Args:
        profiles: organisations with coordinates.
        recipients: (r,) rows.

    Returns:
        (r, n_organisations) kilometres; NaN where a place is unknown.
    """
    places = _places(profiles)
    return great_circle(places[:, recipients], places)


@cached
def kilometres_from(profiles: Profiles, recipient: int) -> Floats:
    """(n_organisations,) `kilometres` from one recipient, for rules, sentences and options alike."""
    return np.ravel(kilometres(profiles, np.array([recipient])))


@cached
def nearest_sites_from(profiles: Profiles, recipient: int) -> Floats:
    """(n_organisations,) kilometres between the nearest two sites of the recipient and each organisation.

    NaN where no list of sites names one of the two; the lists are those that held on the day of the profiles.
    """
    rows, places = _sites(profiles)
    nearest = np.full(len(profiles.organisations), np.nan)
    own = rows == recipient
    if own.any():
        distance = great_circle(places[:, own], places).min(axis=0)
        nearest[np.unique(rows)] = np.inf
        np.minimum.at(nearest, rows, distance)
    return nearest


@cached
def _sites(profiles: Profiles) -> tuple[NDArray[np.intp], Floats]:
    """(n_sites,) the row of the organisation whose site it is; (2, n_sites) places in radians."""
    places = places_on(profiles.snapshot, profiles.as_of, SITE)
    own = places.filter(pl.col("code").is_in(profiles.organisations["code"].implode()))
    rows = np.array([profiles.position[code] for code in own["code"]], dtype=np.intp)
    return rows, np.radians(own.select("latitude", "longitude").to_numpy().T)


@cached
def _places(profiles: Profiles) -> Floats:
    """(2, n_organisations) latitudes and longitudes in radians; NaN is unknown."""
    places = profiles.organisations.select("latitude", "longitude").fill_null(float("nan")).to_numpy()
    radians: Floats = np.radians(places.T)
    return radians
