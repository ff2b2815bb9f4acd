"""Plain sentences for the criteria."""

from __future__ import annotations

from typing import NamedTuple

from matchmaker.models.arrangement import Criterion
from matchmaker.sector import Sector

FEWEST_FOR_PERCENT = 20
"""Among fewer others (or pairs) than this a place is counted out: of nine no share in 100 can be told."""
MIDDLE_BAND = 0.1
"""A value nearer the middle than this, 60 in 100 or 40, is no reason: it stays in the rows."""


class Peers(NamedTuple):
    """What a value was measured among, counted."""

    others: int
    """How many others, or for a similarity how many other pairs, have the value."""
    below: int = 0
    """How many of them are below it; needed only where they are few."""
    above: int = 0
    """How many of them are above it; needed only where they are few."""
    known: int = 0
    """From how many features it is known; 0 where that is not counted."""
    expected: int = 0
    """And how many there are."""

    @property
    def few(self) -> bool:
        """Whether they are too few for a share in 100."""
        return 0 < self.others < FEWEST_FOR_PERCENT


def describe_criterion(
    criterion: Criterion,
    value: float | None,
    org_type: str | None,
    sector: Sector,
    *,
    km: float | None = None,
    record: str | None = None,
    of_service: bool = False,
    peers: Peers | None = None,
) -> str:
    """What a criterion says of a pair, or that it is unknown.

    Args:
        criterion: which one.
        value: in 0 to 1; None is unknown.
        org_type: the type that the value was measured among; None where that differs for the two.
        sector: whose words are used.
        km: the distance, for proximity.
        record: a sentence on joint work, for a relationship.
        of_service: whether strength was measured among all that run the service of the question.
        peers: what it was measured among; without it, many are taken for granted.
    """
    phrase = sector.dimensions[criterion.dimension].phrase if criterion.dimension else ""
    others = sector.type_plural(org_type) if org_type else f"{sector.words.organisations} of its kind"
    if value is None:
        return _unknown(criterion, phrase)
    match criterion.form:
        case "proximity":
            if criterion.to_nearest:
                return f"{round(km or 0.0, 1):.0f} km away, at the nearest {sector.words.site}."
            # rounded as the distance of an option is, so that both read the same
            return f"{round(km or 0.0, 1):.0f} km away, {sector.words.place} to {sector.words.place}."
        case "alike":
            return _alike(value, criterion)
        case "similarity":
            return _similarity(value, phrase, others, peers)
        case "strength" if of_service:
            others = f"{sector.words.organisations} that run the service"
            return f"{_strength(value, others, peers)}{_in_part(peers)}."
        case "strength":
            needed = "in the areas where the recipient needs help"
            return f"{_strength(value, others, peers)} {needed}{_in_part(peers)}."
        case "capacity":
            return "Large enough beside the recipient." if value >= 0.5 else "Small beside the recipient."
        case "relationship":
            if record:
                return record
            return sector.words.in_same_locality if value > 0.5 else "No earlier joint work is on record."
        case "load":
            count = round(1 / value) - 1
            return f"It already gives or receives help, with {count}." if count else "No help is under way."
        case "spread" if value == 1:
            return "It is among the first options on no other list."
        case "spread":
            times = f"{2 * (1 - value):.1f} times" if value else "at least twice"
            return f"It is an option for others {times} as often as the average candidate."
        case "standing_of_both":
            text = f"{_strength(value, others, peers)} in {phrase}, taking the weaker of the two"
            return f"{text}{_in_part(peers)}."
        case _:
            return f"{_strength(value, others, peers)} in {phrase}{_in_part(peers)}."


def _unknown(criterion: Criterion, phrase: str) -> str:
    return {
        "similarity": f"Too few figures are known for both to compare {phrase}.",
        "standing": f"No current figure of its {phrase} is known.",
        "standing_of_both": f"No current figure of the {phrase} of one of them is known.",
        "strength": "No focus area is known of both, or the recipient is weak in none.",
        "capacity": "The size of one of them is not known.",
        "proximity": "The place of one of them is not known.",
        "relationship": "Nothing is known of earlier joint work.",
        "load": "Nothing is known of help that it gives.",
        "spread": "No list could name it.",
        "alike": f"Of one of them the {criterion.attribute} is not known.",
    }[criterion.form]


def _alike(value: float, criterion: Criterion) -> str:
    share = {0.0: "none", 1.0: "in full"}.get(value, f"{percent_1_99(value)} in 100")
    return f"{criterion.label}: {share}."


def _similarity(value: float, phrase: str, others: str, peers: Peers | None) -> str:
    way = "Closer" if value >= 0.5 else "Further apart"
    if peers is not None and peers.few:
        count = peers.below if value >= 0.5 else peers.above
        return f"{way} in {phrase} than {count} of the {peers.others} pairs of {others}."
    n = percent_1_99(value)
    return f"{way} in {phrase} than {n if value >= 0.5 else 100 - n} in 100 pairs of {others}."


def _strength(value: float, others: str, peers: Peers | None) -> str:
    if peers is not None and peers.few:
        way, count = ("Stronger", peers.below) if value >= 0.5 else ("Weaker", peers.above)
        return f"{way} than {count} of the other {peers.others} {others}"
    n = percent_1_99(value)
    if value >= 0.5:
        return f"Stronger than about {n} in 100 {others}"
    return f"Weaker than about {100 - n} in 100 {others}"


def _in_part(peers: Peers | None) -> str:
    """From how many figures a standing is known, where that is not all."""
    if peers is None or not 0 < peers.known < peers.expected:
        return ""
    return f", known from {peers.known} of {peers.expected} figures"


def percent_1_99(share: float) -> int:
    """A share as a whole number in 100, never all or none: no pair is closer than every pair."""
    return min(99, max(1, round(100 * share)))
