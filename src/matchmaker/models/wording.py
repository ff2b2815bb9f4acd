"""Plain sentences for criteria, in the words of the NHS content style."""

from __future__ import annotations

from matchmaker.models.arrangement import Criterion
from matchmaker.models.rules import KIND_LABELS

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


def sentence(criterion: Criterion, value: float | None, kind: str, kilometres: float | None) -> str:
    """What a criterion says of a pair, or that it is unknown."""
    words = DIMENSION_WORDS.get(criterion.dimension or "", "")
    trusts = f"{KIND_LABELS[kind]} trusts"
    if value is None:
        return {
            "similarity": f"Too few figures are known for both to compare {words}.",
            "standing": f"No current figure of its {words} is known.",
            "proximity": "The place of one of them is not known.",
        }[criterion.kind]
    if criterion.kind == "proximity":
        return f"{kilometres:.0f} km away, headquarters to headquarters."
    n = in_100(value)
    if criterion.kind == "similarity":
        if value >= 0.5:
            return f"Closer in {words} than {n} in 100 pairs of {trusts}."
        return f"Further apart in {words} than {100 - n} in 100 pairs of {trusts}."
    if value >= 0.5:
        return f"Stronger in {words} than about {n} in 100 {trusts}."
    return f"Weaker in {words} than about {100 - n} in 100 {trusts}."


def in_100(share: float) -> int:
    """A share as a whole number in 100, never all or none: no pair is closer than every pair."""
    return min(99, max(1, round(100 * share)))
