"""The Huff model: from where organisations draw their people, by the size of their sites and the way there.

Source: Huff (1964), Defining and estimating a trading area, Journal of Marketing 28(3):34-38. People of an
area go to a site with a probability in proportion to its size times a decay of its distance, over the sum of
the same for all its rivals.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matchmaker.typing import Floats

EARTH_KM = 6371.0088
BLOCK = 2000
"""Areas worked out at a time: with 1,000 sites, 16 MB."""
Decay = Callable[[Floats], Floats]
"""Kilometres to the weight of one unit of size at that distance."""


def power_decay(exponent: float, nearest_km: float = 1.0) -> Decay:
    """(distance + nearest_km) ** -exponent: nobody lives nearer to a site than about `nearest_km`."""
    return lambda km: (km + nearest_km) ** -exponent


def exponential_decay(length_km: float) -> Decay:
    """exp(-distance / length_km)."""
    return lambda km: np.exp(-km / length_km)


def huff_shares(beds: Floats, site_places: Floats, area_places: Floats, decay: Decay) -> Floats:
    """Share of the people of each area that go to each site.

    Args:
        beds: (n_sites,) sizes, above 0.
        site_places, area_places: (n, 2) latitudes and longitudes in degrees.
        decay: of distance.

    Returns:
        (n_areas, n_sites); the shares of an area add up to 1.
    """
    pull = attraction(beds, site_places, area_places, decay)
    shares: Floats = pull / pull.sum(axis=1, keepdims=True)
    return shares


def attraction(beds: Floats, site_places: Floats, area_places: Floats, decay: Decay) -> Floats:
    """(n_areas, n_sites) size times decay, without rivals; never nought, however far."""
    return np.maximum(beds[None, :] * decay(kilometres(area_places, site_places)), np.finfo(float).tiny)


def catchment_means(
    values: Floats,
    weights: Floats,
    owners: NDArray[np.intp],
    beds: Floats,
    site_places: Floats,
    area_places: Floats,
    decay: Decay,
    *,
    rivals: bool = True,
) -> Floats:
    """Mean of area figures over the catchment of each organisation.

    Args:
        values: (n_areas, n_figures); NaN is unknown, and the area then does not count for that figure.
        weights: (n_areas, n_figures), such as residents; ones for a mean over areas.
        owners: (n_sites,) the organisation that runs each site, from 0 without gaps, in ascending order.
        beds, site_places, area_places, decay: as in `huff_shares`.
        rivals: whether an area is shared out among all sites; else every organisation draws on it in
            proportion to its own attraction alone, as where most areas are served by others.

    Returns:
        (n_organisations, n_figures)
    """
    known = ~np.isnan(values)
    filled, weight = np.where(known, values, 0.0), np.where(known, weights, 0.0)
    first = np.flatnonzero(np.diff(owners, prepend=-1))  # of the sites of each organisation
    pull = huff_shares if rivals else attraction
    above = np.zeros((len(first), values.shape[1]))
    below = np.zeros_like(above)
    for start in range(0, len(area_places), BLOCK):
        part = slice(start, start + BLOCK)
        sites = pull(beds, site_places, area_places[part], decay)
        shares = np.add.reduceat(sites, first, axis=1).T
        above += shares @ (filled[part] * weight[part])
        below += shares @ weight[part]
    with np.errstate(invalid="ignore"):
        means: Floats = above / below
    return means


def kilometres(start: Floats, end: Floats) -> Floats:
    """(n, m) great-circle distances between (n, 2) and (m, 2) latitudes and longitudes in degrees."""
    # The square of half the chord; to a few centimetres, by rounding, and all at once.
    half = (1 - _on_globe(start) @ _on_globe(end).T) / 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def _on_globe(places: Floats) -> Floats:
    """(n, 3) points on a globe of radius 1."""
    latitude, longitude = np.radians(places.T)
    x, y = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    return np.column_stack([x, y, np.sin(latitude)])
