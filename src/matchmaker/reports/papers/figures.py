"""Figures of organisations as papers show them, one by one, with period, age and source."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.dates import format_period
from matchmaker.features.formatting import format_age
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.features.types import FeatureValue, Profile
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.reports.papers.document import Cell, Sheet
from matchmaker.snapshot import Snapshot

FIGURE_COLUMNS = (
    *("Code", "Organisation", "Figure", "Dimension", "Value", "Unit", "As read", "State", "Standing"),
    *("Period from", "Period to", "Months old", "Published", "Publisher", "Title", "Address", "Carried by"),
    "Merger",
)


def period(cell: FeatureValue) -> str:
    """The period of a figure."""
    if cell.period_end is None:
        return ""
    return format_period(cell.period_start or cell.period_end, cell.period_end)


def age(cell: FeatureValue) -> str:
    """How old a figure is, and whether that is too old."""
    if cell.period_end is None:
        return ""
    old = format_age(cell.months_old)
    return f"{old}, too old to use" if cell.state == STALE else old


def figure_text(cell: FeatureValue) -> str:
    """A figure; what is unknown says so."""
    if cell.state not in (KNOWN, STALE):
        return "not known" if cell.state == UNKNOWN else "does not apply"
    return cell.text


def place_text(cell: FeatureValue) -> str:
    """How many of its type a figure is stronger than, or higher than where no end is good."""
    if cell.standing is not None:
        return f"stronger than {percent_1_99(cell.standing)} in 100"
    return "–" if cell.percentile is None else f"higher than {percent_1_99(cell.percentile)} in 100"


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
