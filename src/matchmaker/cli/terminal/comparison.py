"""Organisations side by side, as a table in a terminal."""

from __future__ import annotations

from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import plain_table
from matchmaker.dates import format_date
from matchmaker.features.formatting import format_short
from matchmaker.features.profiles import NOT_APPLICABLE, STALE
from matchmaker.features.types import Comparison, FeatureValue
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.sector import Sector

N_SPREADS = 10
"""Features whose spread is shown."""


def show_comparison(found: Comparison, sector: Sector) -> None:
    """Features side by side, those where the organisations differ most first."""
    for at, profile in enumerate(found.profiles):
        role = sector.type_label(profile.type) + ("" if at else ", the one asked about")
        console.print(f"[bold]{profile.code}[/] {escape(profile.name)} ({role})")
    first = found.profiles[0]
    order = "What has a good end comes first. In each half, those" if found.sets else "Those"
    console.print(
        f"As of {format_date(first.as_of)}. {order} where they differ most come first. In brackets: "
        f"how many in 100 {sector.words.organisations} of the same type have less. The gap is "
        "between the highest and the lowest of these.\n"
    )
    codes = [profile.code for profile in found.profiles]
    table = plain_table("Feature", *codes, "Gap", right=range(1, len(codes) + 2), wide=range(len(codes) + 1))
    for row in found.rows:
        table.add_row(row.label, *map(_cell, row.cells), "" if row.gap is None else str(round(100 * row.gap)))
    console.print(table)
    _show_spreads(found, sector)
    console.print(f"\n[dim]Snapshot {first.snapshot[:12]}.[/]")


def _show_spreads(found: Comparison, sector: Sector) -> None:
    """Where the largest differences stand in each set, weak end to strong end."""
    if not found.sets:
        return
    table = plain_table("Feature", "Set", "Weakest", "Median", "Strongest", right=range(2, 5), wide=range(2))
    for row in [one for one in found.rows if one.gap is not None and one.direction != "none"][:N_SPREADS]:
        for at, spread in enumerate(row.spreads):
            ends = (spread.weakest, spread.median, spread.strongest)
            figures = (format_short(value, row.cells[0].unit, sector, change=row.is_change) for value in ends)
            table.add_row("" if at else row.label, f"{spread.label} ({spread.known})", *figures)
    console.print("\nHow the first of these are spread. In brackets: how many have a figure.\n")
    console.print(table)


def _cell(cell: FeatureValue) -> str:
    if cell.state == NOT_APPLICABLE:
        return "does not apply"
    if cell.state == STALE:
        return f"{cell.text} (too old)"
    return cell.text if cell.percentile is None else f"{cell.text} ({percent_1_99(cell.percentile)})"
