"""What pages and documents show of one organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN, Profiles
from matchmaker.features.types import FeatureValue, Profile
from matchmaker.models.early_warning.signs import WORST_SHARE
from matchmaker.models.overview.types import OrganisationOverview
from matchmaker.rendering.charts.lines import line_charts
from matchmaker.rendering.charts.map import Map, map_of
from matchmaker.rendering.charts.strip import Strip, strip
from matchmaker.sector import Sector


@dataclass(frozen=True, slots=True)
class DimensionView:
    """One dimension of a profile.

    Attributes:
        strip: its chart; None where nothing in it can be compared.
        summary: how many figures there are, and how many are among the weakest and strongest fifth.
    """

    name: str
    label: str
    cells: tuple[FeatureValue, ...]
    strip: Strip | None
    summary: str


def organisation_view(
    overview: OrganisationOverview, sector: Sector, profiles: Profiles | None = None
) -> dict[str, Any]:
    """The variables of `templates/organisation.html`, but for `comparison`, `past` and `absorbed`.

    Args:
        overview: of the organisation.
        sector: for labels.
        profiles: of the same day, for a map of its peers; without them there is none.
    """
    profile = overview.profile
    known = profile.in_state(KNOWN)
    return {
        "overview": overview,
        "profile": profile,
        "plural": sector.type_plural(profile.type),
        "dimensions": dimensions(profile, sector),
        "weak": weak(known),
        "strong": strong(known),
        "stale": profile.in_state(STALE),
        "unknown": profile.in_state(UNKNOWN),
        "cells": {cell.feature: cell for cell in profile.cells},
        "trends": line_charts(overview.trends, profile.type, sector, profile.as_of),
        "peer_dimensions": _listed(sector.dimensions[name].phrase for name in sector.criteria.peers),
        "peer_map": peer_map(overview, profiles) if profiles is not None and overview.peers else None,
        "linked": {source.id: source.compiled_by for source in overview.sources},
    }


def peer_map(overview: OrganisationOverview, profiles: Profiles) -> Map:
    """A map of an organisation and its nearest peers."""
    return map_of(profiles, overview.profile.code, [peer.organisation.code for peer in overview.peers])


def dimensions(profile: Profile, sector: Sector) -> list[DimensionView]:
    """The known figures of each dimension, with their chart."""
    order = dimension_order(sector)
    known = sorted(profile.in_state(KNOWN), key=lambda cell: order.index(cell.dimension))
    views = []
    for name, group in groupby(known, key=lambda cell: cell.dimension):
        cells = tuple(group)
        label = sector.dimensions[name].label
        views.append(DimensionView(name, label, cells, strip(cells), _summary(cells)))
    return views


def dimension_order(sector: Sector) -> list[str]:
    """Every dimension, in the order in which profiles show them."""
    return list(dict.fromkeys((*sector.display.dimensions, *sector.dimensions)))


def weak(cells: Iterable[FeatureValue]) -> list[FeatureValue]:
    """Those among the weakest fifth of the type."""
    return [cell for cell in cells if cell.standing is not None and cell.standing <= WORST_SHARE]


def strong(cells: Iterable[FeatureValue]) -> list[FeatureValue]:
    """Those among the strongest fifth of the type."""
    return [cell for cell in cells if cell.standing is not None and cell.standing >= 1 - WORST_SHARE]


def _summary(cells: tuple[FeatureValue, ...]) -> str:
    summary = f"{len(cells)} figure{'s' if len(cells) > 1 else ''}"
    if n_weak := len(weak(cells)):
        summary += f", {n_weak} among the weakest fifth"
    if n_strong := len(strong(cells)):
        summary += f", {n_strong} among the strongest"
    return summary


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
