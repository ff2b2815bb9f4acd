"""A shortlist as a document to take to a meeting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.features import features
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.evidence import Finding, findings
from matchmaker.models.overview.overview import source_of
from matchmaker.models.types import Figure, Option, Shortlist
from matchmaker.rendering.charts.waterfall import waterfall_lines
from matchmaker.rendering.shortlist import shortlist_view
from matchmaker.reports.document import render
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FigureBehind:
    """One figure behind an option, with the criterion that uses it first, and both values in words.

    Attributes:
        publisher: empty where the source is not listed.
        carried_by: who carried the file, empty where that is the publisher.
    """

    criterion: str
    figure: Figure
    recipient: str
    candidate: str
    publisher: str
    carried_by: str = ""


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


def shortlist_report(
    answer: Shortlist, arrangement: Arrangement, snapshot: Snapshot, *, figures: bool = True
) -> str:
    """The document on one shortlist; the same shortlist gives the same bytes.

    Args:
        answer: the shortlist.
        arrangement: that it was made by, with the weights and rules of the query.
        snapshot: that it was made from.
        figures: whether the figures behind each option can be unfolded; on paper they can't.
    """
    sector = snapshot.sector
    behind = [_behind(option, snapshot) for option in answer.options]
    named = {one.figure.source for found in behind for one in found if one.publisher}
    return render(
        "shortlist.html",
        sector,
        **shortlist_view(answer, arrangement, sector),
        lines=waterfall_lines([option.rows for option in answer.options]),
        figures=behind if figures else [[] for _ in behind],
        ages=_ages(behind, answer.as_of),
        findings=_findings(answer, arrangement, sector),
        listed=[source_of(snapshot, id_) for id_ in sorted(filter(None, named))],
        focus_chosen=False,
    )


def _behind(option: Option, snapshot: Snapshot) -> list[FigureBehind]:
    """Every figure behind an option once; one that is a change over time has its sign."""
    sector, sources = snapshot.sector, snapshot.sources
    changes = {feature.name for feature in features(sector) if feature.how == "trend"}
    found: dict[str, FigureBehind] = {}
    for row in option.rows:
        for figure in row.figures:
            recipient, candidate = (
                format_value(value, figure.unit, sector, change=figure.feature in changes)
                for value in (figure.recipient, figure.candidate)
            )
            listed = sources.get(figure.source or "", {})
            publisher, carrier = (str(listed.get(key) or "") for key in ("publisher", "compiled_by"))
            one = FigureBehind(row.label, figure, recipient, candidate, publisher, carrier)
            found.setdefault(figure.feature, one)
    return list(found.values())


def _ages(behind: Sequence[Sequence[FigureBehind]], day: date) -> list[Age]:
    by_criterion: dict[str, list[Figure]] = {}
    for found in behind:
        for one in found:
            by_criterion.setdefault(one.criterion, []).append(one.figure)
    ages = []
    for label, figures in by_criterion.items():
        ends = [one.period_end for one in figures if one.state == KNOWN and one.period_end is not None]
        months = sorted(int((day - end).days / DAYS_PER_MONTH) for end in ends)
        ages.append(
            Age(
                label=label,
                known=len(ends),
                stale=sum(one.state == STALE for one in figures),
                unknown=sum(one.state == UNKNOWN for one in figures),
                newest=months[0] if months else None,
                oldest=months[-1] if months else None,
            )
        )
    return ages


def _findings(answer: Shortlist, arrangement: Arrangement, sector: Sector) -> list[Finding]:
    """The findings that the document names, in their order."""
    lists = [part.evidence for part in arrangement.criteria] + [one.evidence for one in answer.rule_effects]
    named = {id_ for ids in lists for id_ in ids}
    against = (reason for option in answer.options for reason in option.reasons_against)
    for text in (*answer.checklist, answer.first_step, *against):
        named.update(re.findall(r"\bE\d+\b", text))
    return [finding for id_, finding in findings(sector).items() if id_ in named]
