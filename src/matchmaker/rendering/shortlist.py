"""What pages and documents show of a shortlist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.eligibility.rules import rules
from matchmaker.models.registry import EVIDENCE, methods
from matchmaker.models.types import Excluded, Option, Shortlist
from matchmaker.rendering.charts.dots import rank_ranges
from matchmaker.sector import Sector

ALL_KNOWN = 0.995
"""From this coverage on, all counts as known."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far another method agrees.

    Attributes:
        ranks: of the options shown, in their order.
        shared: how many of them it also has among as many first ones.
        first: the one that it puts first; None where that is also the first here.
    """

    label: str
    says: str
    ranks: tuple[int, ...]
    shared: int
    first: str | None


def shortlist_view(answer: Shortlist, arrangement: Arrangement, sector: Sector) -> dict[str, Any]:
    """The variables of the templates in `templates/shortlist.html`.

    Args:
        answer: the shortlist.
        arrangement: with the weights and rules of the query.
        sector: for labels.
    """
    same, other = _by_type(answer)
    return {
        "answer": answer,
        "arrangement": arrangement,
        "method": methods(sector)[answer.method],
        "by_evidence": answer.method == EVIDENCE,
        "weighs_strength": any(criterion.form == "strength" for criterion in arrangement.criteria),
        "ranges": rank_ranges(answer.options),
        "tags": [_tags(option, answer, sector) for option in answer.options],
        "agreements": _agreements(answer, sector),
        "same_type": same,
        "other_types": other,
        "rule_label": lambda name: rule_label(name, sector),
    }


def arrangements_in_order(sector: Sector, org_type: str | None = None) -> list[Arrangement]:
    """The arrangements, in the order in which they are offered; of a type, those that are for it."""
    known = arrangements(sector)
    every = [known[name] for name in dict.fromkeys((*sector.display.arrangements, *known))]
    return [one for one in every if org_type is None or one.is_for(org_type)]


def rule_label(name: str, sector: Sector) -> str:
    """A rule's name for people."""
    known: Mapping[str, object] = rules(sector)
    return str(getattr(known.get(name), "label", name.replace("_", " ").capitalize()))


def _tags(option: Option, answer: Shortlist, sector: Sector) -> list[tuple[str, str]]:
    """What is worth a glance about an option: a text, and the colour of its tag."""
    own, other = answer.recipient, option.organisation
    tags = []
    if option.violated_rules:
        broken = ", ".join(rule_label(name, sector).lower() for name in option.violated_rules)
        tags.append((f"Would be left out: {broken}", "orange"))
    if option.unchecked:
        rules_ = ", ".join(rule_label(name, sector).lower() for name in option.unchecked)
        tags.append((f"Could not be checked: {rules_}", "yellow"))
    if option.same_group:
        tags.append((f"Already one with it in all but name: {option.same_group}", "orange"))
    if other.locality and other.locality == own.locality:
        tags.append((f"Same {sector.words.locality}", "blue"))
    elif other.region and other.region == own.region:
        tags.append((f"Same {sector.words.region}", "blue"))
    if option.benchmark_peer:
        tags.append(("Official peer", "blue"))
    if option.coverage < ALL_KNOWN:
        tags.append((f"{100 * option.coverage:.0f}% of what is weighed is known", "grey"))
    return tags


def _agreements(answer: Shortlist, sector: Sector) -> list[Agreement]:
    """How far the other methods agree on the options shown."""
    found = []
    for other in answer.agreements:
        ranks = tuple(option.ranks_by_method[other.method] for option in answer.options)
        shared = sum(rank <= len(ranks) for rank in ranks)
        first = None if other.here == 1 else f"{other.first.name}, here with rank {other.here}"
        method = methods(sector)[other.method]
        found.append(Agreement(method.label, method.says, ranks, shared, first))
    return found


def _by_type(answer: Shortlist) -> tuple[list[Excluded], list[Excluded]]:
    """The excluded of the recipient's type, and those of other types."""
    same = [one for one in answer.excluded if one.organisation.type == answer.recipient.type]
    other = [one for one in answer.excluded if one.organisation.type != answer.recipient.type]
    return same, other
