"""What the answer for many recipients at once is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matchmaker.models.tables import Row, Tabular
from matchmaker.models.types import DataAge, Organisation

UnmatchedReason = Literal[
    "nobody_eligible", "only_recipients", "too_little_known", "too_far", "below_floor", "all_taken"
]


@dataclass(frozen=True, slots=True)
class Pair:
    """One recipient and the partner proposed for it."""

    recipient: Organisation
    """Who receives help."""
    partner: Organisation
    """Who is proposed to give it."""
    fit: float
    """Of the two, as on a shortlist."""
    coverage: float
    """Share of the weight that is known, as on a shortlist."""
    selection_frequency: float | None
    """Share of draws of other reasonable weights and unknown figures in which the optimal assignment has this
    pair; None where nothing was drawn."""
    distance_km: float | None
    """From place to place; None is unknown."""
    rank: int
    """The partner's rank on the recipient's own shortlist."""
    first_choice: Organisation
    """The first option there, as if the recipient were alone."""
    first_choice_fit: float
    """Fit of the first option."""
    regret: float
    """Fit that the recipient gives up for the sake of the total: that of its first option less this one's."""
    reasons_for: tuple[str, ...]
    """The weightiest first."""
    reasons_against: tuple[str, ...]
    """The weightiest first."""
    unknowns: tuple[str, ...]
    """What is not known of the two."""
    violated_rules: tuple[str, ...]
    """Rules that would exclude the partner and were relaxed."""
    helped_by: tuple[Organisation, ...]
    """Partners on record that already help the recipient."""
    unchecked: tuple[str, ...] = ()
    """Rules that could not be applied to the partner, because the fact is unknown."""
    unchecked_reasons: tuple[str, ...] = ()
    """For each of these, that it could not be checked and what is unknown, in words."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One recipient for which no pair is proposed."""

    recipient: Organisation
    """Who receives no proposal."""
    reason: UnmatchedReason
    """`nobody_eligible`: rules exclude every candidate; `only_recipients`: all others need a partner
    themselves; `too_little_known`: of none is half of the weight known; `too_far`: all of these
    are further away than the limit; `below_floor`: none of the near ones fits well enough;
    `all_taken`: all that do add more to the total elsewhere."""
    sentence: str
    """The reason in words."""
    eligible: int
    """How many candidates no rule excludes."""
    first_choice: Organisation | None
    """Its first option, as if it were alone; None where it has none."""
    first_choice_fit: float | None
    """Fit of the first option."""
    helped_by: tuple[Organisation, ...]
    """Partners on record that already help the recipient."""


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """A recipient and a partner that fit each other better than what both got (Gale and Shapley, 1962)."""

    recipient: Organisation
    """One side."""
    partner: Organisation
    """The other side."""
    fit: float
    """Of the two."""
    current_partner: Organisation | None
    """The partner proposed for the recipient instead; None where it has none."""
    current_fit: float | None
    """Fit of the recipient with that one."""
    displaced: Organisation | None
    """The recipient that would lose the partner; None where the partner has capacity left."""
    displaced_fit: float | None
    """Fit of that one with the partner."""
    total_loss: float
    """Fit that the best assignment with this pair has less in total."""


@dataclass(frozen=True, slots=True)
class NeedKnown:
    """Of how many organisations of one type it is known whether they are in need of a partner."""

    type: str
    """The type."""
    known: int
    """Of how many it is known."""
    total: int
    """How many there are."""

    @property
    def unknown(self) -> int:
        """Of how many it is not."""
        return self.total - self.known


@dataclass(frozen=True, slots=True, repr=False)
class Assignment(Tabular):
    """Options to consider for many recipients at once; never a decision."""

    arrangement: str
    """The form of partnership, by name."""
    as_of: date
    """The day; nothing known later is used."""
    snapshot: str
    """Content hash of the figures."""
    version: str
    """Version of the method."""
    capacity: int
    """How many recipients a partner may have, help on record included."""
    floor: float
    """The least fit of a pair."""
    via: tuple[Organisation, ...]
    """Closed organisations through which recipients were reached."""
    pairs: tuple[Pair, ...]
    """By the recipient's code."""
    unmatched: tuple[Unmatched, ...]
    """By the recipient's code."""
    blocking_pairs: tuple[BlockingPair, ...]
    """Pairs that both sides would prefer, those that cost the total least first."""
    total: float
    """The fits of all pairs added up."""
    max_pairs: int
    """How many recipients could have a partner at once, whatever the total."""
    greedy_pairs: int
    """How many would have one if each in turn, the greatest need first, took its first option with capacity
    left (serial dictatorship)."""
    greedy_total: float
    """The fits of those pairs added up."""
    checklist: tuple[str, ...]
    """What no figure shows, to be asked of people for each pair."""
    first_step: str
    """A first step that costs little."""
    attribution: str
    """Who is to be named as the source of the figures."""
    summary: tuple[str, ...] = ()
    """What came out, in sentences."""
    notes: tuple[str, ...] = ()
    """What a reader must know before using it."""
    data_age: DataAge | None = None
    """How far the figures go; None where that was not worked out."""
    need_known: tuple[NeedKnown, ...] = ()
    """By type: of how many organisations it is known whether they are in need. Where no recipient was named,
    those of which it is unknown are not among them."""
    max_km: float | None = None
    """How far apart a pair may be; None is any distance."""

    def to_rows(self) -> list[Row]:
        """One row for each recipient, by its code; one without a partner says why."""
        pairs = {pair.recipient.code: pair for pair in self.pairs}
        every: list[Pair | Unmatched] = [*self.pairs, *self.unmatched]
        return [
            self._row(one, pairs.get(one.recipient.code))
            for one in sorted(every, key=lambda one: one.recipient.code)
        ]

    def _row(self, one: Pair | Unmatched, pair: Pair | None) -> Row:
        first = one.first_choice
        return {
            "recipient": one.recipient.code,
            "recipient_name": one.recipient.name,
            "arrangement": self.arrangement,
            "partner": pair and pair.partner.code,
            "partner_name": pair and pair.partner.name,
            "fit": pair and pair.fit,
            "coverage": pair and pair.coverage,
            "selection_frequency": pair and pair.selection_frequency,
            "distance_km": pair and pair.distance_km,
            "rank": pair and pair.rank,
            "regret": pair and pair.regret,
            "first_choice": first and first.code,
            "first_choice_name": first and first.name,
            "first_choice_fit": one.first_choice_fit,
            "reasons_for": pair.reasons_for if pair else (),
            "reasons_against": pair.reasons_against if pair else (),
            "unknowns": pair.unknowns if pair else (),
            "violated_rules": pair.violated_rules if pair else (),
            "unchecked": pair.unchecked if pair else (),
            "unchecked_reasons": pair.unchecked_reasons if pair else (),
            "helped_by": tuple(helper.code for helper in one.helped_by),
            "why_unmatched": one.sentence if isinstance(one, Unmatched) else None,
            "max_km": self.max_km,
            "floor": self.floor,
            "as_of": self.as_of,
            "snapshot": self.snapshot,
            "version": self.version,
        }

    def __repr__(self) -> str:
        every = len(self.pairs) + len(self.unmatched)
        return f"<Assignment {self.arrangement}: {len(self.pairs)} of {every} recipients, as of {self.as_of}>"
