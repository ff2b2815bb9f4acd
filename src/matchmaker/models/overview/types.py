"""What is told of one organisation: records only, which a program without NumPy and Polars can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matchmaker.features.types import Profile, Trend
from matchmaker.models.early_warning.types import BaseRates, SignReading
from matchmaker.models.tables import Row, Tabular
from matchmaker.models.types import DataAge, Organisation


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


@dataclass(frozen=True, slots=True)
class Peer:
    """One of the nearest organisations."""

    organisation: Organisation
    """Which one."""
    closeness: float
    """Mean of the parts that are known, 0 to 1."""
    parts: dict[str, float | None]
    """By dimension, the share of all pairs of this type that are further apart; None is unknown."""
    distance_km: float | None
    """From place to place; None is unknown."""
    benchmark_peer: bool
    """Whether the sector's official list of peers holds it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something on record of an organisation, in a sentence or two."""

    topic: Literal["judgement", "intervention", "tie"]
    """What it is about: a regulator's judgement, a formal intervention, or a tie with another."""
    sentence: str
    """What is on record, how old it is, and what it rests on."""
    source: str
    """Id of a publication, address, or title of the source."""
    day: date | None
    """The last day for which the source shows it; None where the record has it as going on."""


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
