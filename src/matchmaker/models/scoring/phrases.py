"""Plain sentences for criteria, in the words of the NHS content style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.models.arrangement import Criterion
from matchmaker.models.eligibility.rules import TYPE_LABELS

DIMENSION_WORDS = {
    "size": "size",
    "scale": "scale",
    "context": "context",
    "finance": "finances",
    "board_stability": "board stability",
    "quality": "quality",
    "performance": "performance",
    "workforce": "workforce",
}


def sentence(
    criterion: Criterion, value: float | None, org_type: str | None, facts: Mapping[str, Any]
) -> str:
    """What a criterion says of a pair, or that it is unknown.

    Args:
        criterion: which one.
        value: in 0 to 1; None is unknown.
        kind: of the trusts that the value was measured among; None where that differs for the two.
        facts: `km` for proximity, `record` for a relationship.
    """
    words = DIMENSION_WORDS.get(criterion.dimension or "", "")
    trusts = f"{TYPE_LABELS[org_type]} trusts" if org_type else "trusts of its kind"
    if value is None:
        return {
            "similarity": f"Too few figures are known for both to compare {words}.",
            "standing": f"No current figure of its {words} is known.",
            "standing_of_both": f"No current figure of the {words} of one of them is known.",
            "strength": "No focus area is known of both, or the recipient is weak in none.",
            "capacity": "The size of one of them is not known.",
            "proximity": "The place of one of them is not known.",
            "relationship": "Nothing is known of earlier joint work.",
        }[criterion.form]
    n = in_100(value)
    match criterion.form:
        case "proximity":
            return f"{facts['km']:.0f} km away, headquarters to headquarters."
        case "similarity" if value >= 0.5:
            return f"Closer in {words} than {n} in 100 pairs of {trusts}."
        case "similarity":
            return f"Further apart in {words} than {100 - n} in 100 pairs of {trusts}."
        case "strength":
            return f"{_strength(value, n, trusts)} where the recipient needs it."
        case "capacity":
            return "Large enough beside the recipient." if value >= 0.5 else "Small beside the recipient."
        case "relationship":
            if facts.get("record"):
                return str(facts["record"])
            return "In the same local system." if value > 0.5 else "No earlier joint work is on record."
        case "standing_of_both":
            return f"{_strength(value, n, trusts)} in {words}, taking the weaker of the two."
        case _:
            return f"{_strength(value, n, trusts)} in {words}."


def _strength(value: float, n: int, trusts: str) -> str:
    if value >= 0.5:
        return f"Stronger than about {n} in 100 {trusts}"
    return f"Weaker than about {100 - n} in 100 {trusts}"


def in_100(share: float) -> int:
    """A share as a whole number in 100, never all or none: no pair is closer than every pair."""
    return min(99, max(1, round(100 * share)))
