"""Request and response schemas, read by the client too: they import neither the service nor the engine.

Those of profiles, reports and the evaluation are in `report_schemas.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.api.audit_log.entry import Entry
from matchmaker.api.kept.shortlist import KeptShortlist
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.evidence import Finding
from matchmaker.models.types import Shortlist, WhyNot


class Schema(BaseModel):
    """A schema whose fields are described by the text below each."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ErrorDetail(Schema):
    """One fault of the request: where it is and what is wrong."""

    part: str = Field(examples=["body"])
    """body, query, path, header, or table for a caller's own figures."""
    pointer: str = Field(examples=["/recipients/0"])
    """JSON pointer (RFC 6901) into the part; empty means the whole of it."""
    detail: str = Field(examples=["No organisation has the code or name 'XYZ'."])
    """What is wrong there."""


class Problem(Schema):
    """What went wrong, for a person and for a program (RFC 9457)."""

    type: str = Field(examples=["/problems/unknown-organisation"])
    """URI of the type of problem; it resolves to a page."""
    title: str = Field(examples=["No organisation has that code or name"])
    """The type of problem in a few words."""
    status: int = Field(examples=[404])
    """HTTP status code."""
    detail: str = Field(examples=["No organisation has the code or name 'XYZ'."])
    """What is wrong in this case."""
    next_step: str | None = Field(default=None, examples=["Search the list of organisations."])
    """What to do about it."""
    request_id: str | None = Field(default=None, examples=["6b1f0c9e5d0f4f0f9f0e2f6f8a1c2d3e"])
    """Id of the request, to give to those who run the service."""
    errors: list[ErrorDetail] = Field(default_factory=list)
    """Where the faults are, as far as that is known."""


class ResponseMeta(Schema):
    """What every response carries."""

    snapshot: str = Field(examples=["67d3b4c98931b052946ccd9789a925820e57e917e78a826a885126c5b7f80f34"])
    """Content hash of the figures that it rests on."""
    version: str = Field(examples=["0.1.0"])
    """Version of the software."""
    as_of: date = Field(examples=["2026-08-22"])
    """The day: nothing known later was used."""
    links: dict[str, str]
    """Relation -> path on this service."""


class RankedMeta(ResponseMeta):
    """What every response carries whose contents a method ranked."""

    method: str = Field(examples=["evidence"])
    """The method."""


@dataclass(frozen=True, slots=True, repr=False)
class ShortlistResponse(Shortlist):
    """Options to consider for one recipient; parts that `include` does not name are not there."""

    listed_facts: dict[str, dict[str, str]] = field(kw_only=True)
    """Code of the recipient and of each option -> key fact -> its words, with the period; `facts` has the
    others too, with value, unit, age and source."""
    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


@dataclass(frozen=True, slots=True, repr=False)
class WhyNotResponse(WhyNot):
    """Why a candidate stands where it does, and what would change it."""

    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


@dataclass(frozen=True, slots=True, repr=False)
class AssignmentResponse(Assignment):
    """Options to consider for many recipients at once."""

    method: str = field(kw_only=True)
    """The method by which fits were made."""
    links: dict[str, str] = field(kw_only=True)
    """Relation -> path on this service."""


class OrganisationItem(Schema):
    """One organisation in a list."""

    code: str
    """Its code."""
    name: str
    """Its name."""
    type: str
    """Its type, by the name that the sector gives it."""
    region: str | None
    """Its region; null is unknown."""
    locality: str | None
    """Its locality; null is unknown."""
    in_need: bool
    """Whether it is in need of a partner by the sector's definition."""
    headlines: dict[str, float | None]
    """Feature -> value, for the sector's headline features; null is unknown or too old to use."""


class OrganisationPage(ResponseMeta):
    """A part of the list of organisations open on a day, by code; links lead to its neighbours."""

    total: int = Field(examples=[201])
    """How many match, on all pages."""
    offset: int
    """How many come before this part."""
    limit: int
    """Maximum number in this part."""
    organisations: list[OrganisationItem]
    """The organisations."""


class OrganisationRecord(Schema):
    """One organisation as the snapshot holds it."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    """Its code."""
    name: str
    """Its name."""
    type: str
    """Its type, by the name that the sector gives it."""
    region: str | None
    """Its region; null is unknown."""
    locality: str | None
    """Its locality; null is unknown."""
    opened: date | None
    """The day it opened; null is unknown."""
    closed: date | None
    """The last day it was open; null where it still is."""
    latitude: float | None
    """Of the point that distances are measured from, in degrees."""
    longitude: float | None
    """Of the same point, in degrees."""


class MatchRecord(Schema):
    """What in the address led to an organisation."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["code", "official", "former", "abbreviation", "other", "site"]
    """A code, the code or name of a site, or of which kind the name is."""
    name: str
    """The code or name as the snapshot holds it."""
    sentence: str
    """What a reader must be told of it; empty where the organisation's own code or name was given."""


class OrganisationResponse(ResponseMeta):
    """One organisation, and what led to it."""

    organisation: OrganisationRecord
    """The organisation that is open on the day."""
    matched: MatchRecord
    """What in the address named it."""
    via: list[OrganisationRecord]
    """Closed organisations that led to it, in order; empty where its own code or name was given."""


class ShortlistsResponse(RankedMeta):
    """Shortlists in the order of the recipients."""

    shortlists: list[ShortlistResponse]
    """One for each recipient."""


class PairScore(Schema):
    """One pair's score, and whether the rules let it stand."""

    recipient: str
    """Code of the recipient."""
    candidate: str
    """Code of the candidate."""
    fit: float = Field(examples=[0.62])
    """The score by the method; for the evidence method, from 0 to 1."""
    coverage: float = Field(examples=[0.94])
    """Share of the weight whose figures are known."""
    eligible: bool
    """Whether no rule excludes the candidate."""


class ScoresResponse(RankedMeta):
    """Scores in the order of the pairs."""

    scores: list[PairScore]
    """One for each pair."""


class NamedItem(Schema):
    """Something that a query can name."""

    name: str = Field(examples=["evidence"])
    """By which a query names it."""
    label: str
    """Its title."""


class MethodItem(NamedItem):
    """A method of ranking."""

    description: str
    """What it does, in one sentence."""
    role: str = Field(examples=["evidence"])
    """`evidence`, `practice` (learned from past pairings) or `baseline`."""


class RuleItem(NamedItem):
    """A rule that excludes candidates."""

    form: str = Field(examples=["distance"])
    """The kind of condition: of type, a feature's threshold, an intervention, size, distance, place..."""
    parameters: list[str]
    """Names of the parameters that a query may set."""


class SourceFile(Schema):
    """One official file, as it was read."""

    name: str
    """Its name."""
    sha256: str
    """SHA-256 of its content."""


class SourceItem(Schema):
    """Where figures come from."""

    id: str
    """By which figures name it."""
    publisher: str
    """Who published it."""
    title: str
    """Title of the publication."""
    page: str
    """Address of its page."""
    licence: str = Field(examples=["OGL-3.0"])
    """SPDX identifier of its licence."""
    standing: str
    """Which wins where two sources give one figure: official, then extracted, compiled and modelled."""
    compiled_by: str | None
    """Who carried or compiled the files, where that is not the publisher."""
    table: str
    """The table of the snapshot that it fills."""
    period_first: date | None
    """The first day of any of its figures' periods."""
    period_last: date | None
    """The last day of any of its figures' periods."""
    rows: int
    """Number of rows read from it."""
    files: list[SourceFile]
    """The files that were read."""


class ArrangementsResponse(ResponseMeta):
    """Every arrangement of the sector."""

    arrangements: list[Arrangement]
    """In the order in which they are offered; the first is the default."""


class RulesResponse(ResponseMeta):
    """Every rule that a query may set."""

    rules: list[RuleItem]
    """The rules."""


class ServiceItem(NamedItem):
    """A service that a partner can be looked for by name."""

    group: str = Field(examples=["Planned care"])
    """The heading under which it stands."""
    measures: list[str]
    """The measures by which it is judged."""
    run_by: int
    """How many organisations are shown to run it on the day; 0 where nothing current is known of it."""


class ServicesResponse(ResponseMeta):
    """Every service that a query may name."""

    services: list[ServiceItem]
    """The services."""


class MethodsResponse(ResponseMeta):
    """Every method of ranking."""

    methods: list[MethodItem]
    """The methods."""


class EvidenceResponse(ResponseMeta):
    """Every finding that weights and rules rest on."""

    findings: list[Finding]
    """In our own words, with where each was read."""


class SourcesResponse(ResponseMeta):
    """Every source of the snapshot."""

    attribution: str
    """The statement that licences ask for."""
    sources: list[SourceItem]
    """The sources."""


class SectorItem(Schema):
    """One sector that the service answers for."""

    name: str
    """By which addresses name it."""
    label: str
    """Its title."""
    summary: str
    """What it holds, in one sentence."""
    organisation: str
    """What one organisation is called."""
    organisations: str
    """What several are called."""
    code: str
    """What the identifier of an organisation is called."""
    types: dict[str, str]
    """Type of organisation -> what several of it are called."""
    arrangements: list[str]
    """Names of the arrangements; the first is the default."""
    snapshot: str
    """Content hash of the figures in use."""
    as_of: date
    """The day of the figures in use."""
    links: dict[str, str]
    """Relation -> path on this service."""


class SectorsResponse(Schema):
    """The sectors that the service answers for."""

    version: str
    """Version of the software."""
    links: dict[str, str]
    """Relation -> path on this service."""
    sectors: list[SectorItem]
    """In alphabetical order."""


class Live(Schema):
    """The process answers."""

    status: str = Field(default="live", examples=["live"])
    """Always `live`."""


class ReadySector(Schema):
    """The figures of one sector are loaded."""

    snapshot: str
    """Their content hash."""
    as_of: date
    """Their day."""
    organisations: int = Field(examples=[201])
    """How many organisations are open on that day."""


class Ready(Schema):
    """The figures of every sector are loaded."""

    status: str = Field(default="ready", examples=["ready"])
    """Always `ready`."""
    sectors: dict[str, ReadySector]
    """Name of the sector -> its figures."""
    decisions: Literal["ready", "failing", "off"] = "off"
    """Whether decisions and working shortlists can be recorded; reading goes on where they can't."""


class DecisionResponse(ResponseMeta):
    """One entry of the decision log; keep its hash to check later that it is still there."""

    decision: Entry
    """The entry as recorded."""


class DecisionsPage(Schema):
    """A part of the decision log, in the order of recording; a link leads to the part after."""

    version: str
    """Version of the software."""
    links: dict[str, str]
    """Relation -> path on this service."""
    total: int
    """How many entries there are, for the recipient named."""
    decisions: list[Entry]
    """The entries."""


class PaperResponse(Schema):
    """How far a paper is that was put into the queue."""

    version: str
    """Version of the software."""
    links: dict[str, str]
    """Relation -> path on this service; `file` once it is done."""
    id: str
    """Its id."""
    state: Literal["queued", "making", "done", "failed"]
    """How far it is."""
    place: int
    """Its place in the queue, from 1; 0 once its turn has come."""
    status: int | None
    """Status of the answer that came of it; null until then, or where none came."""


class KeptResponse(Schema):
    """One working shortlist."""

    version: str
    """Version of the software."""
    links: dict[str, str]
    """Relation -> path on this service."""
    shortlist: KeptShortlist
    """The whole of it, as its file holds it."""


class KeptListResponse(Schema):
    """The working shortlists of a sector, the latest changed first."""

    version: str
    """Version of the software."""
    links: dict[str, str]
    """Relation -> path on this service."""
    shortlists: list[KeptShortlist]
    """Each of them whole."""


class Deleted(Schema):
    """A working shortlist is gone."""

    version: str
    """Version of the software."""
    links: dict[str, str]
    """Relation -> path on this service."""
    deleted: str
    """Its id."""
