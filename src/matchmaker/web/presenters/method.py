"""How it works: what each arrangement weighs, which rules leave candidates out, and the evidence for both."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.models.arrangement import Arrangement, Rule
from matchmaker.models.evidence import Finding, findings
from matchmaker.models.registry import methods
from matchmaker.rendering.shortlist import arrangements_in_order, rule_label
from matchmaker.sector import Sector


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion: its share of the weight in percent, and why it is weighed."""

    label: str
    percent: int
    why: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule: what it asks for, with its parameters, and why."""

    label: str
    parameters: str
    why: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArrangementView:
    """One arrangement; the heaviest criteria come first."""

    arrangement: Arrangement
    criteria: tuple[CriterionView, ...]
    rules: tuple[RuleView, ...]


def arrangement_views(sector: Sector) -> tuple[ArrangementView, ...]:
    """Every arrangement, in the order in which they are offered."""
    return tuple(_arrangement(one, sector) for one in arrangements_in_order(sector))


def evidence_use(sector: Sector) -> tuple[tuple[Finding, tuple[str, ...]], ...]:
    """Every finding, and which criteria and rules rest on it."""
    users: dict[str, list[str]] = {}
    for view in arrangement_views(sector):
        parts: list[CriterionView | RuleView] = [*view.criteria, *view.rules]
        for part in parts:
            for id_ in part.evidence:
                users.setdefault(id_, []).append(f"{view.arrangement.label}: {part.label.casefold()}")
    return tuple((finding, tuple(users.get(id_, ()))) for id_, finding in findings(sector).items())


def method_rows(sector: Sector) -> tuple[tuple[str, str, str], ...]:
    """Every method of ranking: what people and programs call it, and what it does."""
    return tuple((method.label, f"`{name}`", method.says) for name, method in methods(sector).items())


def _arrangement(one: Arrangement, sector: Sector) -> ArrangementView:
    total = sum(criterion.weight for criterion in one.criteria)
    return ArrangementView(
        arrangement=one,
        criteria=tuple(
            CriterionView(c.label, round(100 * c.weight / total), c.why, c.evidence)
            for c in sorted(one.criteria, key=lambda c: -c.weight)
        ),
        rules=tuple(
            RuleView(rule_label(rule.name, sector), _parameters(rule), rule.why, rule.evidence)
            for rule in one.rules
        ),
    )


def _parameters(rule: Rule) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rule.parameters)
