"""Response schemas of profiles, reports and the evaluation, read by the client too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from matchmaker.api.schemas import ResponseMeta
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.features.definition import Feature
from matchmaker.features.types import Comparison, Profile
from matchmaker.models.early_warning.types import EarlyWarningReport
from matchmaker.models.overview.types import OrganisationOverview
from matchmaker.sources.publication import Measure


@dataclass(frozen=True, slots=True, repr=False)
class ProfileResponse(Profile):
    """Every feature of one organisation."""

    version: str = field(kw_only=True)
    """Version of the software."""
    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


@dataclass(frozen=True, slots=True, repr=False)
class OverviewResponse(OrganisationOverview):
    """One organisation: profile, nearest peers, key measures over the years, early-warning signs."""

    snapshot: str = field(kw_only=True)
    """Content hash of the figures."""
    version: str = field(kw_only=True)
    """Version of the software."""
    as_of: date = field(kw_only=True)
    """The day: nothing known later was used."""
    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


@dataclass(frozen=True, slots=True, repr=False)
class ComparisonResponse(Comparison):
    """Two to eight organisations side by side, with the spread of each figure in some sets."""

    snapshot: str = field(kw_only=True)
    """Content hash of the figures."""
    version: str = field(kw_only=True)
    """Version of the software."""
    as_of: date = field(kw_only=True)
    """The day: nothing known later was used."""
    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


@dataclass(frozen=True, slots=True, repr=False)
class EarlyWarningResponse(EarlyWarningReport):
    """The early-warning signs of every open organisation, and what such signs were worth."""

    version: str = field(kw_only=True)
    """Version of the software."""
    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


class FeaturesResponse(ResponseMeta):
    """Every feature of a profile."""

    features: list[Feature]
    """By dimension, in the order of their definitions."""


class MeasuresResponse(ResponseMeta):
    """Every measure that figures of the sector are published for."""

    measures: list[Measure]
    """In the order of the catalogue."""


class EvaluationResponse(ResponseMeta):
    """How well the methods recovered past pairings."""

    evaluation: PublishedEvaluation
    """Made when the snapshot was published, so perhaps from older figures than those in use."""
