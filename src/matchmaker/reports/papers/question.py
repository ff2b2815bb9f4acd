"""The question that was asked, in words: whoever holds the paper can ask it again."""

from __future__ import annotations

from datetime import date

from matchmaker.dates import format_date
from matchmaker.models.query import ShortlistQuery
from matchmaker.reports.papers.document import Cell, Question, Sheet
from matchmaker.sector import Sector

Pairs = list[tuple[str, str]]
LABELS = {
    "exclude": "Left out by the question",
    "within_km": "Only within (km)",
    "outside_group": "Only outside its own group",
    "focus": "Strength looked for in",
    "service": "Service",
}


def asked(query: ShortlistQuery, changes: tuple[str, ...], label: str, sector: Sector) -> Pairs:
    """What the question changed or narrowed: weights and rules, then filters.

    Args:
        query: that was answered.
        changes: to the published arrangement, in sentences; empty where it is applied as published.
        label: of the arrangement.
        sector: for words.
    """
    pairs = [("Form of partnership", label), ("Weights and rules", " ".join(changes) or "As published.")]
    labels = LABELS | {"region": f"Only {sector.words.region}", "locality": f"Only {sector.words.locality}"}
    for name, shown in labels.items():
        value = getattr(query, name)
        if value not in ((), None, False):
            pairs.append((shown, _words(value)))
    return pairs


def figures_used(day: date, snapshot: str, version: str = "", method: str = "") -> Pairs:
    """The day, figures and method of an answer."""
    named = [("Method", f"{method} {version}".strip())] if version else []
    return [("As of", format_date(day)), ("Figures", f"Snapshot {snapshot[:12]}"), *named]


def question_sheet(question: Question, day: date, snapshot: str) -> Sheet:
    """The question as a sheet, with the whole hash of the figures and the day as a day."""
    rows: list[tuple[Cell, ...]] = [
        (label, text) for label, text in question.pairs if label not in {"As of", "Figures"}
    ]
    rows += [("As of", day), ("Snapshot", snapshot)]
    if question.link:
        rows.append(("Link", question.link))
    return Sheet("Question", ("What", "As asked"), tuple(rows))


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "Yes"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
