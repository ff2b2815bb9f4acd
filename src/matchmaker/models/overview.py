"""All that is told of one trust: its profile, peers, past and early signs; every face reads this object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from matchmaker.features import Profiles
from matchmaker.features.history import Trend, days_back, trends
from matchmaker.features.profile import Profile, profile_of
from matchmaker.models.early_warning.phrases import what_signs_mean
from matchmaker.models.early_warning.signs import Reading, readings_of
from matchmaker.models.early_warning.validation import BaseRates, spells_not_left
from matchmaker.models.peers import Peer, nearest_peers, trust_at
from matchmaker.models.types import Organisation
from matchmaker.sectors.nhs.peer_finder.official_lists import official_peers

N_PEERS = 5
"""So many nearest trusts are told."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from."""

    id: str
    publisher: str
    title: str
    page: str
    licence: str


@dataclass(frozen=True, slots=True)
class OrganisationOverview:
    """One trust as of one day.

    Attributes:
        through: closed organisations through which it was reached.
        peers: the nearest trusts in context, size and scale.
        official_peers: its list by the NHS Trust Peer Finder, by ODS code; empty where it has none.
        trends: key measures over the years.
        signs: the early signs that apply to its kind.
        outlook: what so many signs meant for trusts of its kind in the past.
        meaning: that in sentences.
        sources: of the figures, by id; a source that is not among them is named in the cell itself.
    """

    profile: Profile
    via: tuple[Organisation, ...]
    peers: tuple[Peer, ...]
    official_peers: tuple[Organisation, ...]
    trends: tuple[Trend, ...]
    signs: tuple[Reading, ...]
    outlook: BaseRates
    meaning: tuple[str, ...]
    sources: tuple[Source, ...]
    attribution: str


def overview_of(
    profiles: Profiles,
    code: str,
    via: tuple[Organisation, ...],
    past: Callable[[date], Profiles],
    outlook: Callable[[str, date], BaseRates],
) -> OrganisationOverview:
    """Put together what is told of one trust.

    Args:
        profiles: as of the day, with every feature.
        ods: the trust, open on that day.
        through: closed organisations through which it was reached.
        past: gives the profiles of an earlier day with the key features (`trends.key_features`).
        outlook: gives what signs meant for a kind, as known on a day.
    """
    snapshot, day = profiles.snapshot, profiles.as_of
    profile = profile_of(profiles, code)
    signs = readings_of(profiles, code)
    worth = outlook(profile.type, day)
    spells = spells_not_left(snapshot, day).filter(pl.col("code") == code)
    official = official_peers(snapshot, day).get(code, frozenset())
    named = sorted({cell.source for cell in profile.cells if cell.source in snapshot.sources})
    fields = ("id", "publisher", "title", "page", "licence")
    return OrganisationOverview(
        profile=profile,
        via=via,
        peers=nearest_peers(profiles, code, N_PEERS),
        official_peers=tuple(
            trust_at(profiles, profiles.position[peer])
            for peer in sorted(official)
            if peer in profiles.position
        ),
        trends=trends(past, code, days_back(day, snapshot.known_since)),
        signs=signs,
        outlook=worth,
        meaning=what_signs_mean(signs, worth, day, spells),
        sources=tuple(Source(*(str(snapshot.sources[id_][field]) for field in fields)) for id_ in named),
        attribution=str(snapshot.manifest["attribution"]),
    )
