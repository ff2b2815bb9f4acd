"""What an arrangement changes in the one that its sector publishes, in words: named in every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matchmaker.models.arrangement import Arrangement, Rule, arrangements
from matchmaker.models.eligibility.rules import rules
from matchmaker.sector import Sector


def changes(arrangement: Arrangement, sector: Sector) -> tuple[str, ...]:
    """How an arrangement differs from what the sector publishes, each difference a sentence.

    Args:
        arrangement: as it is applied, with the weights and rules of the question.
        sector: whose published arrangement of the same name, or of the name that it is `based_on`, it is held
            against.

    Returns:
        Empty for a published arrangement as it is.
    """
    published = arrangements(sector)
    preset = published.get(arrangement.based_on or arrangement.name)
    if preset is None:
        return (f"{arrangement.label} ({arrangement.name}) is an arrangement of your own.",)
    own: list[str] = []
    if arrangement.name != preset.name:
        own.append(
            f"{arrangement.label} ({arrangement.name}) is an arrangement of your own, "
            f"based on {preset.label.casefold()}."
        )
    return (*own, *_weights(preset, arrangement), *_rules(preset, arrangement, sector))


def _weights(preset: Arrangement, own: Arrangement) -> Iterator[str]:
    before = {one.name: one for one in preset.criteria}
    now = {one.name: one for one in own.criteria}
    for name, one in now.items():
        if name not in before:
            yield f"{one.label} is weighed too ({one.weight:g})."
        elif one.weight != before[name].weight:
            yield f"{one.label} weighs {one.weight:g} in place of {before[name].weight:g}."
        elif one is not before[name] and _meaning(one) != _meaning(before[name]):
            yield f"{one.label} is measured in another way."
    yield from (f"{one.label} is not weighed." for name, one in before.items() if name not in now)


def _meaning(criterion: Any) -> dict[str, Any]:
    """What decides a criterion's value, without its words."""
    fields: dict[str, Any] = criterion.model_dump(exclude={"label", "evidence", "why", "weight"})
    return fields


def _rules(preset: Arrangement, own: Arrangement, sector: Sector) -> Iterator[str]:
    known = rules(sector)
    before = {rule.name: rule for rule in preset.rules}
    now = {rule.name: rule for rule in own.rules}
    for name, rule in now.items():
        if name not in before:
            yield f"The rule “{_label(name, sector)}” is added{_told(rule)}."
        elif name in known and known[name].form == "service":
            continue  # which service it is about is the question itself
        elif rule.parameters != before[name].parameters:
            yield f"The rule “{_label(name, sector)}” is changed{_told(rule)}."
    yield from (f"The rule “{_label(name, sector)}” is not applied." for name in before if name not in now)


def _label(name: str, sector: Sector) -> str:
    """A rule's name for people."""
    known = rules(sector)
    return known[name].label if name in known else name.replace("_", " ")


def _told(rule: Rule) -> str:
    def text(value: Any) -> str:
        if isinstance(value, tuple):
            return " ".join(map(text, value))
        # A bound read from a file is a whole number, the same one from a question is not.
        return f"{value:g}" if isinstance(value, float) else f"{value}"

    own = ", ".join(f"{name} {text(value)}" for name, value in rule.parameters)
    return f" ({own})" if own else ""
