"""Everything about one organisation as of a day: profile, peers, history and early-warning signs."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from matchmaker.features.history import Trend, trends
from matchmaker.features.profile import Profile, merger_notes, profile_of
from matchmaker.features.profiles import Profiles
from matchmaker.models.early_warning.definition import signs
from matchmaker.models.early_warning.phrases import explain_signs
from matchmaker.models.early_warning.signs import SignReading, readings_of
from matchmaker.models.early_warning.validation import BaseRates, base_rates, interventions_not_left
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.facts import Fact, facts_of
from matchmaker.models.peers import N_PEERS, Peer, benchmark_peers, nearest_peers
from matchmaker.models.tables import Row, Tabular
from matchmaker.models.types import DataAge, Organisation
from matchmaker.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from."""

    id: str
    """Short name."""
    publisher: str
    """Who published it."""
    title: str
    """Title of the publication."""
    page: str
    """Its address."""
    licence: str
    """Under which it may be used."""
    compiled_by: str | None = None
    """Who carried or compiled its files, where that is not the publisher."""


def source_of(snapshot: Snapshot, id_: str) -> Source:
    """What the manifest of a snapshot says of one source.

    Raises:
        KeyError: the snapshot has no such source.
    """
    listed = snapshot.sources[id_]
    return Source(
        id=str(listed["id"]),
        publisher=str(listed["publisher"]),
        title=str(listed["title"]),
        page=str(listed["page"]),
        licence=str(listed["licence"]),
        compiled_by=listed.get("compiled_by") or None,
    )


@dataclass(frozen=True, slots=True, repr=False)
class OrganisationOverview(Tabular):
    """One organisation as of one day. A section of which the sector has no data is empty."""

    profile: Profile
    """Its figures."""
    via: tuple[Organisation, ...]
    """Closed organisations through which it was reached."""
    peers: tuple[Peer, ...]
    """The nearest organisations of its type, by its circumstances."""
    benchmark_peers: tuple[Organisation, ...]
    """Its peers by the sector's official lists, by code."""
    trends: tuple[Trend, ...]
    """Key features over the years."""
    signs: tuple[SignReading, ...]
    """The early-warning signs that apply to its type."""
    base_rates: BaseRates | None
    """How often a number of signs was followed by formal intervention in organisations of its type."""
    meaning: tuple[str, ...]
    """What its signs mean, in sentences."""
    sources: tuple[Source, ...]
    """Of the figures, by id; a source that is not among them is named with the figure itself."""
    attribution: str
    """Who is to be named as the source of the figures."""
    notes: tuple[str, ...] = ()
    """What a reader must know before using it."""
    data_age: DataAge | None = None
    """How far the figures go; None where that was not worked out."""
    facts: tuple[Fact, ...] = ()
    """What is on record of it beside the figures: judgements with their age and basis, interventions,
    ties."""

    def to_rows(self) -> list[Row]:
        """One row for each figure of the profile; see `Profile.rows`."""
        return list(self.profile.rows())

    def __repr__(self) -> str:
        return f"<OrganisationOverview {self.profile.code} {self.profile.name}, as of {self.profile.as_of}>"


def overview_of(profiles: Profiles, code: str, via: tuple[Organisation, ...] = ()) -> OrganisationOverview:
    """Put together everything about one organisation.

    Args:
        profiles: as of the day, with every feature.
        code: the organisation, open on that day.
        via: closed organisations through which it was reached.
    """
    snapshot, day, sector = profiles.snapshot, profiles.as_of, profiles.sector
    profile = profile_of(profiles, code)
    rates: BaseRates | None = None
    shown: tuple[SignReading, ...] = ()
    meaning: tuple[str, ...] = ()
    if signs(sector):
        shown, rates = readings_of(profiles, code), base_rates(snapshot, profile.type, day)
        own = interventions_not_left(snapshot, day).filter(pl.col("code") == code)
        meaning = explain_signs(sector, profile.type, shown, rates, day, own)
    official = benchmark_peers(profiles).get(code, frozenset())
    named = sorted({cell.source for cell in profile.cells if cell.source in snapshot.sources})
    return OrganisationOverview(
        profile=profile,
        via=via,
        peers=nearest_peers(profiles, code, N_PEERS),
        benchmark_peers=tuple(one for one in organisations_of(profiles) if one.code in official),
        trends=trends(snapshot, code, day),
        signs=shown,
        base_rates=rates,
        meaning=meaning,
        sources=tuple(source_of(snapshot, id_) for id_ in named),
        attribution=str(snapshot.manifest["attribution"]),
        facts=facts_of(profiles, profile),
        notes=merger_notes(profile),
    )
