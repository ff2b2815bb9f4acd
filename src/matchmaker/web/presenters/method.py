"""How it works: what each arrangement weighs, which rules leave trusts out, and the evidence for both."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from matchmaker.models.arrangement import Arrangement, Rule
from matchmaker.models.eligibility.rules import RULES
from matchmaker.models.evidence import Finding, findings
from matchmaker.models.registry import METHODS
from matchmaker.web.presenters.form import in_order, method_label, rule_label


@dataclass(frozen=True, slots=True)
class Weighed:
    """One criterion: its share of the weight in hundredths, and why it is weighed."""

    label: str
    hundredths: int
    why: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """One rule: what it leaves out, with its bounds, and why."""

    name: str
    says: str
    why: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One arrangement as it is shown; criteria come heaviest first."""

    own: Arrangement
    criteria: tuple[Weighed, ...]
    rules: tuple[Left, ...]


def forms() -> tuple[Form, ...]:
    """Every arrangement, those that are asked for most first."""
    return tuple(_form(one) for one in in_order())


def _form(one: Arrangement) -> Form:
    total = sum(criterion.weight for criterion in one.criteria)
    return Form(
        own=one,
        criteria=tuple(
            Weighed(c.label, round(100 * c.weight / total), c.why, c.evidence)
            for c in sorted(one.criteria, key=lambda c: -c.weight)
        ),
        rules=tuple(Left(rule_label(rule.name), _says(rule), rule.why, rule.evidence) for rule in one.rules),
    )


def _says(rule: Rule) -> str:
    says = (inspect.getdoc(RULES[rule.name]) or "").partition("\n")[0]
    left = []
    for name, bound in rule.bounds:
        if f"`{name}`" in says:
            says = says.replace(f"`{name}`", str(bound))
        else:
            left.append(f"{name.replace('_', ' ')} {bound}")
    return f"{says} Here: {', '.join(left)}." if left else says


def used_by() -> tuple[tuple[Finding, tuple[str, ...]], ...]:
    """Every finding, and which criteria and rules rest on it."""
    users: dict[str, list[str]] = {}
    for form in forms():
        for criterion in form.criteria:
            for id_ in criterion.evidence:
                users.setdefault(id_, []).append(f"{form.own.label}: {criterion.label.casefold()}")
        for rule in form.rules:
            for id_ in rule.evidence:
                users.setdefault(id_, []).append(f"{form.own.label}: {rule.name.casefold()}")
    return tuple((finding, tuple(users.get(id_, ()))) for id_, finding in findings().items())


def methods() -> tuple[tuple[str, str, str], ...]:
    """Every method of ranking: what people and programs call it, and what it does."""
    return tuple((method_label(name), f"`{name}`", method.says) for name, method in METHODS.items())
