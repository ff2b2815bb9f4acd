"""What an answer is made of: one set of frozen objects that every face reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matchmaker.models.key_facts import KeyFact, fact_columns
from matchmaker.models.reason import Reason
from matchmaker.models.tables import Row, Tabular

Detail = Literal["rows", "figures", "reasons", "facts", "excluded"]
"""What of a shortlist can be left out to be quick, ranks and reasons in words staying: the `rows` of
explanations, the `figures` behind these, the `reasons` with each figure by itself, the key `facts`, and the
`excluded`, each with its reasons."""
DETAILS: tuple[Detail, ...] = ("rows", "figures", "reasons", "facts", "excluded")
N_DRAWS = 5_000
"""Draws of weights and unknown values for rank intervals, where a question names no number."""


@dataclass(frozen=True, slots=True)
class FigurePeriod:
    """The period of the latest figures of one headline feature."""

    feature: str
    """Its name."""
    label: str
    """What it is."""
    period_start: date
    """First day of the period; the same as the last for a figure of one day."""
    period_end: date
    """Last day."""


@dataclass(frozen=True, slots=True)
class DataAge:
    """How far the figures behind an answer go."""

    snapshot_day: date
    """The day up to which the published figures hold; a user's own data do not move it."""
    latest: tuple[FigurePeriod, ...]
    """The latest period of each headline feature among the organisations of the answer."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as an answer names it."""

    code: str
    """Its identifier."""
    name: str
    """Its name."""
    type: str
    """Its type on the day."""
    region: str | None
    """The region that it belongs to; None is unknown."""
    locality: str | None
    """The locality that it belongs to; None is unknown."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure of both sides behind a component of a score."""

    feature: str
    """Name of the feature."""
    label: str
    """What it is, in plain language."""
    unit: str
    """Unit of both values; shares are from 0 to 1."""
    recipient: float | None
    """The recipient's value; None is unknown."""
    candidate: float | None
    """The candidate's value; None is unknown."""
    state: str
    """Of the candidate's figure: known, stale (shown, not used) or unknown."""
    period_end: date | None
    """Last day of the period that the candidate's figure is of."""
    source: str | None
    """Identifier of the publication that the candidate's figure comes from."""


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """One line of an explanation: the base value, a component of the score, or the total."""

    name: str
    """Name of the component; `start` for the base value, `total` for the sum."""
    label: str
    """What it is, as a title."""
    value: float | None
    """The component's value, for the evidence fit from 0 to 1; None is unknown."""
    weight: float
    """The component's weight as given or learned."""
    contribution: float
    """What it adds to the score, 0 where unknown: the rows between base value and total add up to it."""
    sentence: str
    """What it says of the pair, in plain words."""
    evidence: tuple[str, ...] = ()
    """Findings it rests on."""
    figures: tuple[Figure, ...] = ()
    """The published figures behind it."""


@dataclass(frozen=True, slots=True)
class RankUncertainty:
    """How far a place can be relied on.

    By other weights and unknown values (SMAA rank acceptability) and, where the sector has measured it, the
    next publication.
    """

    rank_low: int
    """The upper end of the 90 in 100 interval of the place: of the weights, widened by what past quarters
    did to places where the sector has measured that (`interval_basis` of the list says so)."""
    rank_high: int
    """The lower end of it."""
    top_5: float
    """SMAA rank acceptability: share of draws of weights and unknowns in which it is among the first 5."""
    top_3: float | None = None
    """Share of draws of weights and unknowns in which it is among the first 3."""
    top_10: float | None = None
    """Share of draws of weights and unknowns in which it is among the first 10."""
    weights_low: int | None = None
    """The place is this or lower down in 95 of 100 draws of weights and unknowns alone."""
    weights_high: int | None = None
    """The place is this or higher up in 95 of 100 draws of weights and unknowns alone."""
    drops_off: float | None = None
    """Share of options at such places that past quarters took off the list; None where not measured."""


@dataclass(frozen=True, slots=True)
class Option:
    """One candidate on a shortlist."""

    rank: int
    """Its place, from 1."""
    organisation: Organisation
    """Who it is."""
    fit: float
    """The score of the method; for the evidence fit, from 0 to 1."""
    coverage: float
    """The share of the weight that is known."""
    distance_km: float | None
    """Kilometres between its main place and the recipient's on the day; None is unknown."""
    nearest_sites_km: float | None
    """Kilometres between the nearest two sites of both; None where no list names the sites of one of them."""
    size_ratio: float | None
    """Its size as a multiple of the recipient's; None is unknown."""
    reasons_for: tuple[str, ...]
    """What speaks for it by the evidence, whatever the method of ranking, with the figures behind each; the
    weightiest first."""
    reasons_against: tuple[str, ...]
    """What speaks against it by the evidence, with the figures; structural reasons first, then weakness where
    strength is looked for, then the weightiest."""
    unknowns: tuple[str, ...]
    """What is weighed and not known of it; the weightiest first."""
    uncertainty: RankUncertainty | None
    """How far its place can be relied on; None where that was not worked out."""
    ranks_by_method: dict[str, int]
    """Its place among the eligible by other methods."""
    benchmark_peer: bool | None
    """Whether the sector's official peer method lists it; None where it lists no peers of the recipient."""
    violated_rules: tuple[str, ...]
    """Rules that would exclude it and were relaxed."""
    rows: tuple[ExplanationRow, ...] = ()
    """How its score comes about."""
    unchecked: tuple[str, ...] = ()
    """Rules that could not be applied to it, because the fact is unknown."""
    unchecked_reasons: tuple[str, ...] = ()
    """For each of these, that it could not be checked and what is unknown, in words."""
    same_group: str | None = None
    """What makes it one with the recipient in all but name already, in a sentence; None where nothing known
    does."""
    on_lists: int | None = None
    """On how many lists of organisations in need it is among the first five by the published arrangement; of
    all organisations where nobody is known to be in need. None where no list could name it."""
    n_lists: int | None = None
    """How many of these lists could name it."""
    facts: tuple[KeyFact, ...] = ()
    """What it is shown with whatever it scores, in the sector's order."""
    reasons: tuple[Reason, ...] = ()
    """What speaks for it, then what against, each with the figures of both sides."""
    nothing_against: str | None = None
    """What to say where nothing speaks against it: that all was looked at, or what was not. None where
    something does."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A candidate that rules exclude."""

    organisation: Organisation
    """Who it is."""
    rules: tuple[str, ...]
    """Names of the rules."""
    reasons: tuple[str, ...]
    """The reason of each."""


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What one rule did to the candidates."""

    rule: str
    """Name of the rule."""
    excluded: int
    """How many candidates it excludes."""
    alone: int
    """How many no other rule excludes, so that relaxing it would bring them back."""
    why: str = ""
    """The reason for the rule."""
    evidence: tuple[str, ...] = ()
    """Findings it rests on."""


@dataclass(frozen=True, slots=True)
class MethodAgreement:
    """Where another method agrees with a shortlist, and where the two differ."""

    method: str
    """Name of the other method."""
    shared: int
    """How many of the first `compared` places both give to the same organisations."""
    compared: int
    """How many places were compared."""
    first: Organisation
    """The eligible candidate that the other method puts first."""
    here: int
    """That one's place on this list."""
    sentence: str
    """All of it in plain words."""


@dataclass(frozen=True, slots=True, repr=False)
class Shortlist(Tabular):
    """Options to consider for one recipient; never a decision."""

    recipient: Organisation
    """Whom the options are for."""
    arrangement: str
    """Name of the form of partnership."""
    as_of: date
    """The day; nothing published later is used."""
    snapshot: str
    """Content hash of the figures."""
    method: str
    """Name of the method of ranking."""
    version: str
    """Version of the software and of the method."""
    via: tuple[Organisation, ...]
    """Closed organisations through which the recipient was reached."""
    focus: tuple[str, ...]
    """The areas on which strength is weighed, in plain language."""
    eligible: int
    """How many candidates no rule excluded."""
    options: tuple[Option, ...]
    """The first of them, in order."""
    rule_effects: tuple[RuleEffect, ...]
    """What each rule did."""
    relaxed: tuple[str, ...]
    """Rules of the arrangement that the question left out."""
    ties: str | None
    """How far the first places can be told apart, in one sentence; None where that was not worked out."""
    notes: tuple[str, ...]
    """What a reader must know before using it."""
    checklist: tuple[str, ...]
    """Questions that no published figure answers."""
    first_step: str
    """The smaller thing to try first."""
    attribution: str
    """How the figures must be credited."""
    n_excluded: int = 0
    """How many candidates rules exclude."""
    excluded: tuple[Excluded, ...] = ()
    """They, by code."""
    agreements: tuple[MethodAgreement, ...] = ()
    """Where the further methods asked for agree and differ."""
    data_age: DataAge | None = None
    """How far the figures go; None where that was not worked out."""
    interval_basis: str | None = None
    """What the rank intervals cover, with their record on past quarters; None where there are none."""
    changes: tuple[str, ...] = ()
    """What the question changes in the arrangement that the sector publishes, each a sentence."""
    recipient_facts: tuple[KeyFact, ...] = ()
    """The recipient's own facts, in the same order as those of each option."""

    def to_rows(self) -> list[Row]:
        """One row per option."""
        return [
            {
                "recipient": self.recipient.code,
                "arrangement": self.arrangement,
                "rank": option.rank,
                "code": option.organisation.code,
                "name": option.organisation.name,
                "type": option.organisation.type,
                "region": option.organisation.region,
                "locality": option.organisation.locality,
                "fit": option.fit,
                "coverage": option.coverage,
                "rank_low": option.uncertainty and option.uncertainty.rank_low,
                "rank_high": option.uncertainty and option.uncertainty.rank_high,
                "distance_km": option.distance_km,
                "nearest_sites_km": option.nearest_sites_km,
                "size_ratio": option.size_ratio,
                "benchmark_peer": option.benchmark_peer,
                "reasons_for": option.reasons_for,
                "reasons_against": option.reasons_against,
                "unknowns": option.unknowns,
                "violated_rules": option.violated_rules,
                "unchecked": option.unchecked,
                "unchecked_reasons": option.unchecked_reasons,
                "same_group": option.same_group,
                "on_lists": option.on_lists,
                "n_lists": option.n_lists,
                "as_of": self.as_of,
                "snapshot": self.snapshot,
                "method": self.method,
                "version": self.version,
            }
            | fact_columns(option.facts)
            for option in self.options
        ]

    def __repr__(self) -> str:
        shown = f"{len(self.options)} of {self.eligible} eligible"
        return f"<Shortlist {self.arrangement} for {self.recipient.code}, {shown}, as of {self.as_of}>"


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One change that would move a candidate to a place: of a weight, or of a criterion's value."""

    kind: str
    """`weight` or `value`."""
    name: str
    """Name of the criterion."""
    label: str
    """What it is, as a title."""
    now: float | None
    """The weight or value as it is; None is unknown."""
    to: float
    """The new weight, or the value from 0 to 1 that the criterion would need."""
    sentence: str
    """The change in plain words."""


@dataclass(frozen=True, slots=True, repr=False)
class WhyNot(Tabular):
    """Why a candidate stands where it does, and what would change it."""

    recipient: Organisation
    """Whom a partner is looked for."""
    candidate: Organisation
    """Who was asked about."""
    arrangement: str
    """Name of the form of partnership."""
    as_of: date
    """The day; nothing published later is used."""
    snapshot: str
    """Content hash of the figures."""
    method: str
    """Name of the method of ranking."""
    version: str
    """Version of the software and of the method."""
    limit: int
    """How many places count as being on the list."""
    rank: int | None
    """Its place among the eligible; None where rules exclude it."""
    unrestricted_rank: int
    """The place that it would have if no rule excluded it."""
    excluded: Excluded | None
    """The rules that exclude it; None where none does."""
    fit: float
    """Its score by the method."""
    coverage: float
    """The share of the weight that is known."""
    rows: tuple[ExplanationRow, ...]
    """How its score comes about."""
    first: Organisation | None
    """The candidate in the first place, to compare with; None where nobody is eligible."""
    first_rows: tuple[ExplanationRow, ...]
    """How that one's score comes about."""
    to_first: tuple[Counterfactual, ...]
    """The smallest single changes that would move it to the first place; empty where none would."""
    to_list: tuple[Counterfactual, ...]
    """The smallest single changes that would move it into the first `limit` places."""
    precedents: tuple[str, ...] = ()
    """Past choices most like this one, in words; only by a method that remembers them."""
    notes: tuple[str, ...] = ()
    """What a reader must know before using it."""
    data_age: DataAge | None = None
    """How far the figures go; None where that was not worked out."""

    def to_rows(self) -> list[Row]:
        """One row per component of the score, with that of the first candidate."""
        first = {row.name: row for row in self.first_rows}
        return [
            {
                "recipient": self.recipient.code,
                "candidate": self.candidate.code,
                "component": row.name,
                "label": row.label,
                "weight": row.weight,
                "value": row.value,
                "contribution": row.contribution,
                "sentence": row.sentence,
                "first": self.first and self.first.code,
                "first_value": first[row.name].value if row.name in first else None,
                "first_contribution": first[row.name].contribution if row.name in first else None,
                "as_of": self.as_of,
                "snapshot": self.snapshot,
                "method": self.method,
                "version": self.version,
            }
            for row in self.rows
        ]

    def __repr__(self) -> str:
        place = f"place {self.rank}" if self.rank else "excluded"
        return f"<WhyNot {self.candidate.code} for {self.recipient.code}: {place}, as of {self.as_of}>"
