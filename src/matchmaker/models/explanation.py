"""What an answer is made of: one object that the command line, the service and the pages all read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Trust:
    """An organisation as an answer names it."""

    ods: str
    name: str
    kind: str
    region: str | None
    system: str | None


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
class Row:
    """One line of an explanation: the start, a criterion, or the total.

    Attributes:
        value: the criterion in 0 to 1; None is unknown.
        weight: the criterion's weight as given.
        contribution: what it adds to the fit; 0 where unknown. The start's contribution is the
            start itself, the total's is the fit: the rows between add up to it.
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
class Option:
    """One candidate on a shortlist."""

    rank: int
    trust: Trust
    fit: float
    coverage: float
    distance_km: float | None
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    unknowns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A candidate that rules exclude, with every rule's reason."""

    trust: Trust
    rules: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Options to consider for one recipient; never a decision.

    Attributes:
        snapshot: content hash of the figures.
        method, version: how it was ranked.
        through: closed organisations through which the recipient was reached.
        eligible: how many candidates no rule excluded; `options` holds the first of them.
        notes: what a reader must know before relying on the order.
    """

    recipient: Trust
    arrangement: str
    as_of: date
    snapshot: str
    method: str
    version: str
    through: tuple[Trust, ...]
    eligible: int
    options: tuple[Option, ...]
    excluded: tuple[Excluded, ...]
    notes: tuple[str, ...]
    checklist: tuple[str, ...]
    first_step: str
    attribution: str
