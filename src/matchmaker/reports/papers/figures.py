"""Figures of organisations as papers show them, one by one, with period, age and source."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.dates import format_date
from matchmaker.features.formatting import format_age
from matchmaker.features.profile import FeatureValue, Profile
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.reports.papers.document import Cell, Sheet
from matchmaker.snapshot import Snapshot

FIGURE_COLUMNS = (
    *("Code", "Organisation", "Figure", "Dimension", "Value", "Unit", "As read", "State", "Standing"),
    *("Period from", "Period to", "Months old", "Published", "Publisher", "Title", "Address", "Carried by"),
    "Merger",
)


def period(cell: FeatureValue) -> str:
    """The period of a figure, and its age."""
    if cell.period_end is None:
        return ""
    start = cell.period_start or cell.period_end
    end = format_date(cell.period_end)
    text = end if start == cell.period_end else f"{format_date(start)} to {end}"
    return f"{text} ({format_age(cell.months_old)} old)"


def figure_text(cell: FeatureValue) -> str:
    """A figure with its period; what is unknown says so, and what is too old to use."""
    if cell.state not in (KNOWN, STALE):
        return "not known" if cell.state == UNKNOWN else "does not apply"
    old = "; too old to use" if cell.state == STALE else ""
    return f"{cell.text} ({period(cell)}{old})"


def figure_sheet(profiles: Iterable[Profile], snapshot: Snapshot, name: str = "Figures") -> Sheet:
    """Every figure of some organisations, with its period, age, source and who carried it."""
    rows: list[tuple[Cell, ...]] = []
    for profile in profiles:
        for cell in profile.in_state(KNOWN, STALE, UNKNOWN):
            source = snapshot.sources.get(cell.source or "", {})
            rows.append(
                (
                    *(profile.code, profile.name, cell.label, cell.dimension, cell.value, cell.unit),
                    *(cell.text, cell.state, cell.standing, cell.period_start, cell.period_end),
                    *(cell.months_old, cell.known_from, cell.publisher),
                    *(_text(source.get("title")), _text(source.get("page")), _text(source.get("carried_by"))),
                    cell.merger,
                )
            )
    return Sheet(name, FIGURE_COLUMNS, tuple(rows), {"Standing": "percent", "Months old": "whole"})


def _text(value: object) -> str | None:
    return None if value is None else str(value)
