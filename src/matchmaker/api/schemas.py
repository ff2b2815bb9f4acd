"""What every answer is made of, typed for the description, and read by the client: no FastAPI here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from matchmaker.api.audit_log.entry import Entry
from matchmaker.features.definition import Feature
from matchmaker.features.profile import Profile
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.evidence import Finding
from matchmaker.models.types import Shortlist, WhyNot
from matchmaker.snapshot.registry import RegistryEntry


class Answer(BaseModel):
    """What every answer carries.

    Attributes:
        snapshot: content hash of the figures that it rests on.
        version: of the software.
        as_of: the day; nothing known later was used.
        links: relation -> path on this service.
    """

    snapshot: str = Field(examples=["1f8ec1000de5dbebd1a614719348544c92b86b2fe34ffa69a70357043d076de4"])
    version: str = Field(examples=["0.1.0"])
    as_of: date = Field(examples=["2026-08-22"])
    links: dict[str, str] = Field(examples=[{"self": "/v1/trusts/RPA"}])


class Ranked(Answer):
    """What every answer carries that a method ranked."""

    method: str = Field(examples=["evidence"])


@dataclass(frozen=True, slots=True)
class ShortlistAnswer(Shortlist):
    """Options to consider for one recipient, with links."""

    links: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class WhyNotAnswer(WhyNot):
    """Why a candidate stands where it does, with links."""

    links: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class AssignmentAnswer(Assignment):
    """Options to consider for many recipients at once, with links."""

    method: str = field(kw_only=True)
    links: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class ProfileAnswer(Profile):
    """A profile, with links."""

    version: str = field(kw_only=True)
    links: dict[str, str] = field(kw_only=True)


class TrustRow(BaseModel):
    """One trust in a list.

    Attributes:
        segment: of NHS oversight, 1 to 5; None is unknown or too old to use.
    """

    code: str = Field(examples=["RPA"])
    name: str = Field(examples=["Medway NHS Foundation Trust"])
    type: str = Field(examples=["acute"])
    region: str | None = Field(examples=["South East"])
    locality: str | None = Field(examples=["Kent and Medway"])
    segment: int | None = Field(examples=[4])


class TrustPage(Answer):
    """A part of the list of trusts open on a day, by code; links lead to the parts before and after."""

    total: int = Field(description="How many match, on all pages.", examples=[201])
    offset: int
    limit: int
    trusts: list[TrustRow]


class TrustAnswer(Answer):
    """One trust, and the closed ones through which it was reached."""

    organisation: RegistryEntry
    via: list[RegistryEntry]


class ShortlistsAnswer(Ranked):
    """Shortlists in the order of the recipients asked about."""

    shortlists: list[ShortlistAnswer]


class PairScore(BaseModel):
    """One pair's score, and whether the rules let it stand.

    Attributes:
        coverage: the share of the weight that is known.
    """

    recipient: str = Field(examples=["RPA"])
    candidate: str = Field(examples=["RN7"])
    fit: float = Field(examples=[0.62])
    coverage: float = Field(examples=[0.94])
    eligible: bool


class ScoresAnswer(Ranked):
    """Scores in the order of the pairs asked about."""

    scores: list[PairScore]


class Said(BaseModel):
    """A method or a rule by name, and what it does."""

    name: str = Field(examples=["evidence"])
    says: str = Field(examples=["Weighs what research says helps; the default."])


class SourceFile(BaseModel):
    """One official file, as it was read."""

    name: str
    sha256: str


class Source(BaseModel):
    """Where figures come from."""

    id: str = Field(examples=["kh03_beds"])
    publisher: str = Field(examples=["NHS England"])
    title: str
    page: str
    licence: str = Field(examples=["OGL-3.0"])
    standing: str
    compiled_by: str | None
    table: str
    period_first: date | None
    period_last: date | None
    rows: int
    files: list[SourceFile]


class ArrangementsAnswer(Answer):
    """Every arrangement, and every rule that a question may set."""

    arrangements: list[Arrangement]
    rules: list[Said]


class MethodsAnswer(Answer):
    """Every method of ranking."""

    methods: list[Said]


class FeaturesAnswer(Answer):
    """Every feature of a profile."""

    features: list[Feature]


class EvidenceAnswer(Answer):
    """Every finding, in our own words, with where it was read."""

    findings: list[Finding]


class SourcesAnswer(Answer):
    """Every source of the snapshot."""

    attribution: str
    sources: list[Source]


class EvaluationAnswer(Answer):
    """What replays of past pairings found.

    Attributes:
        of_snapshot: hash of the figures that were replayed, which may be older than those in use.
        evaluation: what `matchmaker evaluate --out` writes to evaluation.json.
    """

    of_snapshot: str
    evaluation: dict[str, Any]


class Live(BaseModel):
    """The process answers."""

    status: str = Field(default="live", examples=["live"])


class Ready(BaseModel):
    """The figures are loaded."""

    status: str = Field(default="ready", examples=["ready"])
    snapshot: str
    as_of: date
    trusts: int = Field(examples=[201])


class DecisionAnswer(Answer):
    """One entry of the decision log; keep its hash to check later that it is still there."""

    decision: Entry


class DecisionsPage(Answer):
    """A part of the decision log, in the order of recording; a link leads to the part after."""

    total: int = Field(description="How many there are, for the recipient asked about.")
    decisions: list[Entry]
