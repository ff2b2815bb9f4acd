"""Distances between the places of organisations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.features import Profiles
from matchmaker.typing import Floats

EARTH_KM = 6371.0088


def kilometres(profiles: Profiles, recipients: NDArray[np.intp]) -> Floats:
    """Great-circle distance (haversine).

    Args:
        profiles: organisations with coordinates (WGS 84).
        recipients: (r,) rows.

    Returns:
        (r, n_organisations) kilometres; NaN where a place is unknown.
    """
    latitude, longitude = _places(profiles)
    north = latitude[recipients][:, None] - latitude[None, :]
    east = longitude[recipients][:, None] - longitude[None, :]
    both = np.cos(latitude[recipients])[:, None] * np.cos(latitude)[None, :]
    half = np.sin(north / 2) ** 2 + both * np.sin(east / 2) ** 2
    distance: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return distance


@cached
def kilometres_from(profiles: Profiles, recipient: int) -> Floats:
    """(n_organisations,) `kilometres` from one recipient, for rules, sentences and options alike."""
    return np.ravel(kilometres(profiles, np.array([recipient])))


@cached
def _places(profiles: Profiles) -> Floats:
    """(2, n_organisations) latitudes and longitudes in radians; NaN is unknown."""
    places = profiles.organisations.select("latitude", "longitude").fill_null(float("nan")).to_numpy()
    radians: Floats = np.radians(places.T)
    return radians
