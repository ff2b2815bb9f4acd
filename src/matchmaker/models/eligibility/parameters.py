"""Bounds of rules: which ones each rule takes, and whether those given make sense."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import Rule
from matchmaker.models.eligibility.rules import RULES


def check_parameters(rule: Rule) -> None:
    """See that a rule exists and that its bounds are all there and make sense.

    Raises:
        OutOfRange: with the rules, or the bounds, that there are.
    """
    if rule.name not in RULES:
        text = f"There is no rule '{rule.name}'."
        raise InvalidParameter(text, f"The rules are: {', '.join(RULES)}.", ("parameters", rule.name))
    takes = _takes(rule.name)
    given = dict(rule.bounds)
    missing = {name for name, one in takes.items() if one.default is inspect.Parameter.empty} - given.keys()
    if missing or given.keys() - takes.keys():
        names = ", ".join(takes) or "none"
        text = f"The rule '{rule.name}' can't be set so."
        raise InvalidParameter(text, f"Its bounds are: {names}.", ("parameters", rule.name))
    for name, bound in given.items():
        of_words = takes[name].annotation == "Sequence[str]"
        if not (_are_words(bound) if of_words else _is_number(bound)):
            step = "Give one or more." if of_words else "Give a number, 0 or more."
            text = f"The bound {name} of the rule '{rule.name}' can't be {bound!r}."
            raise InvalidParameter(text, step, ("parameters", rule.name, name))


@cache
def _takes(name: str) -> dict[str, inspect.Parameter]:
    """The bounds of a rule: what its function takes after the profiles and the recipient."""
    return dict(list(inspect.signature(RULES[name]).parameters.items())[2:])


def _are_words(bound: Any) -> bool:
    return isinstance(bound, tuple) and bool(bound) and all(isinstance(word, str) for word in bound)


def _is_number(bound: Any) -> bool:
    return isinstance(bound, int | float) and not isinstance(bound, bool) and bound >= 0
