"""What an answer is made of: one object that the command line, the service and the pages all read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as an answer names it."""

    code: str
    name: str
    type: str
    region: str | None
    locality: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure of both sides behind a criterion.

    Attributes:
        state: of the candidate's figure: known, stale (shown, not used) or unknown.
        period_end, source: of the candidate's figure.
    """

    feature: str
    label: str
    unit: str
    recipient: float | None
    candidate: float | None
    state: str
    period_end: date | None
    source: str | None


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """One line of an explanation: the start, a term of the method, or the total.

    Attributes:
        value: what the term saw (a criterion in 0 to 1 for the evidence fit); None is unknown.
        weight: the term's weight as given or learned.
        contribution: what it adds to the score; 0 where unknown. The start's contribution is the
            start itself, the total's is the score: the rows between add up to it.
    """

    name: str
    label: str
    value: float | None
    weight: float
    contribution: float
    sentence: str
    evidence: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class RankUncertainty:
    """How far a place can be relied on.

    Attributes:
        rank_low, rank_high: between these places in 90 of 100 draws of weights and unknown figures.
        top_3, top_5, top_10: share of draws in which it is among the first 3, 5, 10.
    """

    rank_low: int
    rank_high: int
    top_3: float
    top_5: float
    top_10: float


@dataclass(frozen=True, slots=True)
class Option:
    """One candidate on a shortlist.

    Attributes:
        fit: the score of the method; for the evidence fit, in 0 to 1.
        coverage: the share of the weight that is known.
        size_ratio: its size as a multiple of the recipient's.
        reasons_for, reasons_against, unknowns: by the evidence, whatever the method of ranking.
        other_ranks: its place among the eligible by other methods.
        official_peer: whether the NHS Trust Peer Finder lists it; None where it lists no peers.
        despite: rules that would exclude it and were relaxed.
    """

    rank: int
    trust: Organisation
    fit: float
    coverage: float
    distance_km: float | None
    size_ratio: float | None
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    unknowns: tuple[str, ...]
    rows: tuple[ExplanationRow, ...]
    uncertainty: RankUncertainty | None
    ranks_by_method: dict[str, int]
    benchmark_peer: bool | None
    violated_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A candidate that rules exclude, with every rule's reason."""

    trust: Organisation
    rules: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What one rule did to the candidates.

    Attributes:
        excluded: how many it excludes.
        alone: how many no other rule excludes, so that relaxing it would bring them back.
    """

    rule: str
    why: str
    evidence: tuple[str, ...]
    excluded: int
    alone: int


@dataclass(frozen=True, slots=True)
class MethodAgreement:
    """Where another method agrees with a shortlist, and where the two part.

    Attributes:
        shared: how many of the first `compared` places both give to the same trusts.
        first: the eligible candidate that it puts first; `here`: that one's place on this list.
    """

    method: str
    shared: int
    compared: int
    first: Organisation
    here: int

    @property
    def sentence(self) -> str:
        """All of it in plain words."""
        named = f"{self.first.name} ({self.first.code}) first, here {self.here}"
        puts = "the same trust first" if self.here == 1 else named
        shares = f"{self.shared} of the first {self.compared} places"
        return f"The method {self.method} shares {shares} and puts {puts}."


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Options to consider for one recipient; never a decision.

    Attributes:
        snapshot: content hash of the figures.
        method, version: how it was ranked.
        through: closed organisations through which the recipient was reached.
        focus: the areas on which strength is weighed, in plain language.
        eligible: how many candidates no rule excluded; `options` holds the first of them.
        relaxed: rules of the arrangement that the question left out.
        verdict: how far the order can be relied on, in one sentence.
        notes: what a reader must know before using it.
        beside: where the further methods asked for agree and part.
    """

    recipient: Organisation
    arrangement: str
    as_of: date
    snapshot: str
    method: str
    version: str
    via: tuple[Organisation, ...]
    focus: tuple[str, ...]
    eligible: int
    options: tuple[Option, ...]
    excluded: tuple[Excluded, ...]
    rule_effects: tuple[RuleEffect, ...]
    relaxed: tuple[str, ...]
    verdict: str | None
    notes: tuple[str, ...]
    checklist: tuple[str, ...]
    first_step: str
    attribution: str
    beside: tuple[MethodAgreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One change that would move a candidate to a place: a weight, or a criterion's value.

    Attributes:
        kind: `weight` or `value`.
        to: the new weight, or the value in 0 to 1 that the criterion would need.
    """

    type: str
    name: str
    label: str
    now: float | None
    to: float
    sentence: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a candidate stands where it does, and what would change it.

    Attributes:
        rank: its place among the eligible; None where rules exclude it.
        would_be: the place it would have if no rule excluded it.
        first: the candidate in the first place, to compare with; its rows are beside.
        to_first, to_list: the smallest single changes that would move it to the first place, or into
            the first `limit`; empty where no single change would.
        precedents: past choices most like this one, in words; only by a method that remembers them.
    """

    recipient: Organisation
    candidate: Organisation
    arrangement: str
    as_of: date
    snapshot: str
    method: str
    version: str
    limit: int
    rank: int | None
    would_be: int
    excluded: Excluded | None
    fit: float
    coverage: float
    rows: tuple[ExplanationRow, ...]
    first: Organisation | None
    first_rows: tuple[ExplanationRow, ...]
    to_first: tuple[Counterfactual, ...]
    to_list: tuple[Counterfactual, ...]
    precedents: tuple[str, ...] = ()
