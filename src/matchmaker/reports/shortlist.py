"""A shortlist as one self-contained page to take to a meeting; print it, or save it as a PDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matchmaker.features import features
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.evidence import Finding, findings
from matchmaker.models.overview import Source
from matchmaker.models.registry import METHODS
from matchmaker.models.types import ExplanationRow, Figure, Option, Shortlist
from matchmaker.rendering.environment import environment

DAYS_IN_MONTH = 30.4375
EDGE = 4
"""Room at both ends of a picture of places, which is 100 wide."""


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the sum that makes the score: what it adds for each option.

    Attributes:
        share: of all weight; None for the start and the total.
        added: by option; None where it is unknown.
    """

    label: str
    evidence: tuple[str, ...]
    share: float | None
    added: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Age:
    """How old the figures behind one criterion are, over all options shown.

    Attributes:
        newest, oldest: months from the end of the period to the day; None where none is known.
    """

    label: str
    known: int
    stale: int
    unknown: int
    newest: int | None
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where an option stands and may stand, as points from 0 to 100 of a line."""

    low: float
    at: float
    high: float


def shortlist_page(
    answer: Shortlist,
    arrangement: Arrangement,
    sources: Mapping[str, Mapping[str, Any]],
    *,
    figures: bool = True,
) -> str:
    """The report of one shortlist; the same shortlist gives the same bytes.

    Args:
        answer: the shortlist.
        arrangement: that it was made by, with the weights and rules of the question.
        sources: of the snapshot, by id.
        figures: whether the figures behind each option can be unfolded; on paper they can't.
    """
    behind = [_behind(option) for option in answer.options]
    named = sorted({figure.source for figures in behind for _, figure in figures if figure.source})
    fields = ("id", "publisher", "title", "page", "licence")
    return (
        environment()
        .get_template("shortlist.html")
        .render(
            answer=answer,
            arrangement=arrangement,
            says=METHODS[answer.method].says if answer.method in METHODS else "",
            places=places(answer.options),
            terms=_terms(answer.options),
            behind=behind if figures else [()] * len(behind),
            told=_told,
            ages=_ages(answer.options, answer.as_of),
            excluded=[one for one in answer.excluded if one.trust.type == answer.recipient.type],
            findings=_findings(answer, arrangement),
            publishers={id_: str(sources[id_]["publisher"]) for id_ in named if id_ in sources},
            sources=[
                Source(*(str(sources[id_][field]) for field in fields)) for id_ in named if id_ in sources
            ],
        )
    )


def places(options: Sequence[Option]) -> list[Places | None]:
    """Where each option stands and may stand, on one line for all; None where no doubt is told."""
    last = max([option.uncertainty.rank_high for option in options if option.uncertainty] + [len(options), 2])

    def across(place: int) -> float:
        return round(EDGE + (100 - 2 * EDGE) * (place - 1) / (last - 1), 2)

    return [
        Places(across(option.uncertainty.rank_low), across(option.rank), across(option.uncertainty.rank_high))
        if option.uncertainty
        else None
        for option in options
    ]


def _terms(options: Sequence[Option]) -> list[Term]:
    if not options:
        return []
    weight = options[0].rows[-1].weight
    lines = []
    for at, row in enumerate(options[0].rows):
        of_method = 0 < at < len(options[0].rows) - 1
        lines.append(
            Term(
                label=row.label,
                evidence=row.evidence,
                share=row.weight / weight if of_method and weight else None,
                added=tuple(_added(option.rows[at], of_method) for option in options),
            )
        )
    return lines


def _added(row: ExplanationRow, of_method: bool) -> float | None:
    return None if of_method and row.value is None else row.contribution


def _behind(option: Option) -> list[tuple[str, Figure]]:
    """Every figure behind an option once, with the criterion that uses it first."""
    found = {figure.feature: (row.label, figure) for row in reversed(option.rows) for figure in row.figures}
    used = [figure.feature for row in option.rows for figure in row.figures]
    return [found[name] for name in dict.fromkeys(used)]


def _told(figure: Figure, value: float | None) -> str:
    """A figure as people read it; one that is a change over time with its sign."""
    changes = {feature.name for feature in features() if feature.how == "trend"}
    return format_value(value, figure.unit, change=figure.feature in changes)


def _ages(options: Sequence[Option], day: date) -> list[Age]:
    by_criterion: dict[str, list[Figure]] = {}
    for option in options:
        for label, figure in _behind(option):
            by_criterion.setdefault(label, []).append(figure)
    out = []
    for label, figures in by_criterion.items():
        ends = [one.period_end for one in figures if one.state == KNOWN and one.period_end is not None]
        months = sorted(int((day - end).days / DAYS_IN_MONTH) for end in ends)
        out.append(
            Age(
                label=label,
                known=len(ends),
                stale=sum(one.state == STALE for one in figures),
                unknown=sum(one.state == UNKNOWN for one in figures),
                newest=months[0] if months else None,
                oldest=months[-1] if months else None,
            )
        )
    return out


def _findings(answer: Shortlist, arrangement: Arrangement) -> list[Finding]:
    """The findings that the page names, in their order."""
    named: set[str] = set()
    parts: Iterable[Any] = (*arrangement.criteria, *answer.rule_effects)
    for part in parts:
        named.update(part.evidence)
    for text in (
        *answer.checklist,
        answer.first_step,
        *(t for o in answer.options for t in o.reasons_against),
    ):
        named.update(re.findall(r"\bE\d+\b", text))
    return [finding for id_, finding in findings().items() if id_ in named]
