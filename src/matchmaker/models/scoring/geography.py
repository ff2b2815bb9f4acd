"""Distances between the places of organisations."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.cache import cached_apart_from_figures
from matchmaker.features.membership import members_on
from matchmaker.features.places import SITE, places_on
from matchmaker.features.profiles import Profiles
from matchmaker.typing import Floats, Rows

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


@cached_apart_from_figures
def kilometres_from(profiles: Profiles, recipient: int) -> Floats:
    """(n_organisations,) `kilometres` from one recipient, for rules, sentences and options alike."""
    return np.ravel(kilometres(profiles, np.array([recipient])))


@cached_apart_from_figures
def nearest_sites_from(profiles: Profiles, recipient: int) -> Floats:
    """(n_organisations,) kilometres between the nearest two sites of the recipient and each organisation.

    NaN where no list of sites names one of the two; the lists are those that held on the day of the profiles.
    """
    rows, places = _sites(profiles)
    nearest = np.full(len(profiles.organisations), np.nan)
    own = rows == recipient
    if own.any():
        distance = great_circle(places[:, own], places).min(axis=0)
        nearest[rows] = np.inf
        np.minimum.at(nearest, rows, distance)
    return nearest


@cached_apart_from_figures
def _sites(profiles: Profiles) -> tuple[NDArray[np.intp], Floats]:
    """(n_sites,) the row of the organisation whose site it is; (2, n_sites) places in radians.

    Where the sector has organisations that are made of others, their sites are the main places of their
    members, and an organisation without sites is where its main place is.
    """
    if profiles.sector.membership is not None:
        return _sites_by_membership(profiles)
    places = places_on(profiles.snapshot, profiles.as_of, SITE)
    own = places.filter(pl.col("code").is_in(profiles.organisations["code"].implode()))
    rows = np.array([profiles.position[code] for code in own["code"]], dtype=np.intp)
    return rows, np.radians(own.select("latitude", "longitude").to_numpy().T)


def _sites_by_membership(profiles: Profiles) -> tuple[NDArray[np.intp], Floats]:
    members, groups = member_rows(profiles)
    rows = np.arange(len(profiles.types))
    alone = np.setdiff1d(rows, groups)
    own, whose = np.concatenate([alone, members]), np.concatenate([alone, groups])
    places = _places(profiles)[:, own]
    known = ~np.isnan(places).any(axis=0)
    return whose[known], np.ascontiguousarray(places[:, known])


@cached_apart_from_figures
def member_rows(profiles: Profiles) -> tuple[Rows, Rows]:
    """(m,) rows of the members on the day, and (m,) rows of the organisation that each is a member of."""
    listed = members_on(profiles.snapshot, profiles.as_of)
    at = profiles.position
    pairs = [(at[one], at[other]) for one, other in listed.iter_rows() if one in at and other in at]
    both = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])


def kilometres_to_nearest(profiles: Profiles, recipients: NDArray[np.intp]) -> Floats:
    """(r, n_organisations) `nearest_sites_from` of several recipients."""
    return np.array([nearest_sites_from(profiles, row) for row in recipients.tolist()]).reshape(
        len(recipients), len(profiles.types)
    )


@cached_apart_from_figures
def _places(profiles: Profiles) -> Floats:
    """(2, n_organisations) latitudes and longitudes in radians; NaN is unknown."""
    places = profiles.organisations.select("latitude", "longitude").fill_null(float("nan")).to_numpy()
    radians: Floats = np.radians(places.T)
    return radians
