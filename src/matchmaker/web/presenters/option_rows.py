"""The rows of a list and the lines above it: what was asked, how far it can be trusted, how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.dates import format_date
from matchmaker.models.method_record import MethodRecord
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.registry import EVIDENCE, methods
from matchmaker.models.types import Option, Shortlist
from matchmaker.rendering.charts.dots import Dot, rank_ranges
from matchmaker.rendering.shortlist import ALL_KNOWN, rule_label
from matchmaker.sector import Sector
from matchmaker.web.presenters import option_list
from matchmaker.web.presenters.option_list import Cell, ListView


@dataclass(frozen=True, slots=True)
class Row:
    """One option as the list shows it.

    Attributes:
        warnings: what ties it to the recipient or weighs on it.
        tags: what could not be checked or was relaxed: a text, and the colour of its tag.
        about: where it is and how sure its rank is, in one line.
        counts: how much speaks for and against it, the title of its detail.
        range: its likely rank, on one line with the others.
    """

    option: Option
    cells: list[Cell]
    warnings: list[str]
    tags: list[tuple[str, str]]
    about: str
    counts: str
    range: Dot | None


def list_rows(answer: Shortlist, limit: int, view: ListView, sector: Sector) -> dict[str, Any]:
    """The variables of the list, sorted and filtered.

    Args:
        answer: with as many options as may be looked through for a filter.
        limit: how many to show.
        view: how to show them.
        sector: for labels.

    Raises:
        InvalidParameter: the view names what there is not.
    """
    usual = replace(answer, options=answer.options[:limit])
    searched = answer.options if view.only else usual.options
    shown = option_list.columns(replace(answer, options=searched), sector)
    # The first by rank that meet the conditions, and only then in another order.
    unsorted = replace(view, sort=option_list.RANK)
    first = option_list.selected(searched, unsorted, shown, answer.recipient_facts)[:limit]
    found = option_list.selected(first, ListView(view.sort), shown, answer.recipient_facts)
    sorting = option_list.choices(searched, view, shown, sector)
    ranges = dict(zip((one.rank for one in found), rank_ranges(found), strict=True))
    return {
        "shown": shown,
        "shown_keys": {one.key for one in shown},
        "rows": [_row(one, answer, shown, ranges[one.rank], sector) for one in found],
        "own_cells": option_list.cells(answer.recipient_facts, shown, None),
        "sorting": sorting,
        "conditions": option_list.described(sorting),
        "searched": len(searched),
        "ages": option_list.ages_line(answer, found, shown, sector),
        "view": view,
    }


def asked(query: ShortlistQuery, answer: Shortlist, sector: Sector, conditions: Sequence[str]) -> list[str]:
    """What makes this list another than the usual one, each in a sentence; nothing where it is the usual."""
    out = list(answer.changes)
    if query.as_of is not None:
        out.append(f"It uses only what was known on {format_date(answer.as_of)}.")
    if answer.method != EVIDENCE:
        out.append(f"It is ranked by the method “{methods(sector)[answer.method].label}”.")
    if query.focus or query.service:
        out.append(f"Strength is looked for in {'; '.join(answer.focus)}.")
    if conditions:
        out.append(f"Shown are only those with {', '.join(conditions)}.")
    return out


def record_line(records: Sequence[MethodRecord], words_partner: str) -> str:
    """How a method did on past pairings beside the plainest other one, in one sentence; empty without."""
    if not records:
        return ""
    own, last = records[0], records[-1]
    text = (
        f"In {own.pairings} past cases, the {words_partner} chosen was among the first 5 of this ranking in "
        f"{100 * own.first_5.value:.0f}%"
    )
    if last.method != own.method:
        text += f" ({last.label[:1].lower()}{last.label[1:]}: {100 * last.first_5.value:.0f}%)"
    return f"{text}."


def _row(option: Option, answer: Shortlist, shown: Any, range_: Dot | None, sector: Sector) -> Row:
    return Row(
        option=option,
        cells=option_list.cells(option.facts, shown, answer.recipient_facts),
        warnings=option_list.warnings(option, sector),
        tags=_tags(option, sector),
        about=_about(option, answer, sector),
        counts=_counts(option),
        range=range_,
    )


def _counts(option: Option) -> str:
    n_for, n_against = len(option.reasons_for), len(option.reasons_against)
    text = f"{n_for} reason{'s' if n_for != 1 else ''} for, {n_against} against"
    unknown = len(option.unknowns) + len(option.unchecked_reasons)
    return f"{text}, {unknown} unknown" if unknown else text


def _tags(option: Option, sector: Sector) -> list[tuple[str, str]]:
    tags = []
    if option.violated_rules:
        broken = ", ".join(rule_label(name, sector).lower() for name in option.violated_rules)
        tags.append((f"Would be left out: {broken}", "orange"))
    if option.unchecked:
        named = ", ".join(rule_label(name, sector).lower() for name in option.unchecked)
        tags.append((f"Could not be checked: {named}", "yellow"))
    return tags


def _about(option: Option, answer: Shortlist, sector: Sector) -> str:
    own, other = answer.recipient, option.organisation
    parts = [other.code]
    if other.type != own.type:
        parts.append(sector.type_label(other.type))
    if other.locality and other.locality == own.locality:
        parts.append(f"same {sector.words.locality}")
    elif other.region:
        parts.append(other.region)
    if option.benchmark_peer:
        parts.append("official peer")
    if option.coverage < ALL_KNOWN:
        parts.append(f"{100 * option.coverage:.0f}% known")
    if option.uncertainty is not None:
        low, high = option.uncertainty.rank_low, option.uncertainty.rank_high
        parts.append(f"likely rank {low}" + (f" to {high}" if high != low else ""))
    return ", ".join(parts)
