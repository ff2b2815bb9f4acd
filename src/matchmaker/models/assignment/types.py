"""What the answer for many recipients at once is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from matchmaker.models.types import Organisation

if TYPE_CHECKING:
    import pandas as pd

Why = Literal["nobody_eligible", "only_recipients", "too_little_known", "below_floor", "all_taken"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One recipient and the partner proposed for it.

    Attributes:
        fit, coverage: of the two, as on a shortlist.
        made_in: share of draws of other reasonable weights and unknown figures in which the
            assignment has this pair; None where nothing was drawn.
        place: the partner's place on the recipient's own shortlist.
        first, first_fit: the first option there, as if it were alone.
        given_up: fit that the recipient gives up for the sake of the total.
        reasons_for, reasons_against, unknowns: weightiest first.
        despite: rules that would exclude the partner and were relaxed.
        helped_by: partners on record that already help the recipient.
    """

    recipient: Organisation
    partner: Organisation
    fit: float
    coverage: float
    made_in: float | None
    distance_km: float | None
    place: int
    first: Organisation
    first_fit: float
    given_up: float
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    unknowns: tuple[str, ...]
    violated_rules: tuple[str, ...]
    helped_by: tuple[Organisation, ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One recipient for which no pair is proposed.

    Attributes:
        why: `nobody_eligible`: rules exclude every candidate; `only_recipients`: all others need a
            partner themselves; `too_little_known`: of none is half of the weight known; `below_floor`:
            none fits well enough; `all_taken`: all who do add more to the total elsewhere.
        eligible: how many candidates no rule excludes.
        first, first_fit: its first option, as if it were alone; None where it has none.
    """

    recipient: Organisation
    why: Why
    sentence: str
    eligible: int
    first: Organisation | None
    first_fit: float | None
    helped_by: tuple[Organisation, ...]


@dataclass(frozen=True, slots=True)
class Rather:
    """Two that would rather have each other than what they got.

    Attributes:
        instead, instead_fit: the recipient's own pair; None where it has none.
        displaced, displaced_fit: the recipient that would lose this partner; None where it has room.
        lost: fit that the best assignment with this pair has less in total.
    """

    recipient: Organisation
    partner: Organisation
    fit: float
    instead: Organisation | None
    instead_fit: float | None
    displaced: Organisation | None
    displaced_fit: float | None
    lost: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """Options to consider for many recipients at once; never a decision.

    Attributes:
        capacity: how many recipients a partner may have, help on record included.
        floor: the least fit of a pair.
        through: closed organisations through which recipients were reached.
        pairs, unmatched: by the recipient's code.
        rather: pairs that both sides would rather have, by the fit that they would cost.
        total: the fits of all pairs added up.
        most_pairs: how many recipients could have a partner at once, whatever the total.
        in_turn, total_in_turn: pairs and their total if each took its first option with room, those
            in the greatest need first.
        summary: what came out, in sentences.
        notes: what a reader must know before using it.
    """

    arrangement: str
    as_of: date
    snapshot: str
    version: str
    capacity: int
    floor: float
    via: tuple[Organisation, ...]
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    rather: tuple[Rather, ...]
    total: float
    most_pairs: int
    in_turn: int
    total_in_turn: float
    checklist: tuple[str, ...]
    first_step: str
    attribution: str
    summary: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """One row per recipient, by its code; those without a partner say why."""
        import pandas as pd

        told = ("fit", "coverage", "made_in", "distance_km", "place", "given_up")
        rows: list[dict[str, Any]] = [
            {
                "recipient": pair.recipient.code,
                "recipient_name": pair.recipient.name,
                "partner": pair.partner.code,
                "partner_name": pair.partner.name,
            }
            | {name: getattr(pair, name) for name in told}
            | {"why_none": None}
            for pair in self.pairs
        ]
        rows += [
            {"recipient": one.recipient.code, "recipient_name": one.recipient.name, "why_none": one.sentence}
            for one in self.unmatched
        ]
        return pd.DataFrame(rows).sort_values("recipient", ignore_index=True)
