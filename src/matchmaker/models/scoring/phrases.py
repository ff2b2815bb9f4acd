"""Plain sentences for the criteria."""

from __future__ import annotations

from matchmaker.models.arrangement import Criterion
from matchmaker.sector import Sector


def describe_criterion(
    criterion: Criterion,
    value: float | None,
    org_type: str | None,
    sector: Sector,
    *,
    km: float | None = None,
    record: str | None = None,
    of_service: bool = False,
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
    """
    phrase = sector.dimensions[criterion.dimension].phrase if criterion.dimension else ""
    others = sector.type_plural(org_type) if org_type else f"{sector.words.organisations} of its kind"
    if value is None:
        return _unknown(criterion, phrase)
    n = percent_1_99(value)
    match criterion.form:
        case "proximity":
            return f"{km:.0f} km away, {sector.words.place} to {sector.words.place}."
        case "similarity" if value >= 0.5:
            return f"Closer in {phrase} than {n} in 100 pairs of {others}."
        case "similarity":
            return f"Further apart in {phrase} than {100 - n} in 100 pairs of {others}."
        case "strength" if of_service:
            return f"{_strength(value, n, f'{sector.words.organisations} that run the service')}."
        case "strength":
            return f"{_strength(value, n, others)} where the recipient needs it."
        case "capacity":
            return "Large enough beside the recipient." if value >= 0.5 else "Small beside the recipient."
        case "relationship":
            if record:
                return record
            return sector.words.in_same_locality if value > 0.5 else "No earlier joint work is on record."
        case "load":
            count = round(1 / value) - 1
            return f"It gives or gets help already, with {count}." if count else "No help is under way."
        case "spread" if value == 1:
            return "No other list has it among the first."
        case "spread":
            times = f"{2 * (1 - value):.1f} times" if value else "at least twice"
            return f"It is an option for others {times} as often as its fair share."
        case "standing_of_both":
            return f"{_strength(value, n, others)} in {phrase}, taking the weaker of the two."
        case _:
            return f"{_strength(value, n, others)} in {phrase}."


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
    }[criterion.form]


def _strength(value: float, n: int, others: str) -> str:
    if value >= 0.5:
        return f"Stronger than about {n} in 100 {others}"
    return f"Weaker than about {100 - n} in 100 {others}"


def percent_1_99(share: float) -> int:
    """A share as a whole number in 100, never all or none: no pair is closer than every pair."""
    return min(99, max(1, round(100 * share)))
