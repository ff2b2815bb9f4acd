"""Organisations side by side, as a table in a terminal."""

from __future__ import annotations

from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import plain_table
from matchmaker.dates import format_date
from matchmaker.features.comparison import Comparison
from matchmaker.features.profile import FeatureValue
from matchmaker.features.profiles import NOT_APPLICABLE, STALE
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.sector import Sector


def show_comparison(found: Comparison, sector: Sector) -> None:
    """Features side by side, those where the organisations differ most first."""
    for at, profile in enumerate(found.profiles):
        role = sector.type_label(profile.type) + ("" if at else ", the one asked about")
        console.print(f"[bold]{profile.code}[/] {escape(profile.name)} ({role})")
    first = found.profiles[0]
    console.print(
        f"As of {format_date(first.as_of)}. Where they differ most comes first. In brackets: how many in 100 "
        f"{sector.words.organisations} of the same type have less. The gap is between the highest and the "
        "lowest of these.\n"
    )
    codes = [profile.code for profile in found.profiles]
    table = plain_table("Feature", *codes, "Gap", right=range(1, len(codes) + 2), wide=range(len(codes) + 1))
    for row in found.rows:
        table.add_row(row.label, *map(_cell, row.cells), "" if row.gap is None else str(round(100 * row.gap)))
    console.print(table)
    console.print(f"\n[dim]Snapshot {first.snapshot[:12]}.[/]")


def _cell(cell: FeatureValue) -> str:
    if cell.state == NOT_APPLICABLE:
        return "does not apply"
    if cell.state == STALE:
        return f"{cell.text} (too old)"
    return cell.text if cell.percentile is None else f"{cell.text} ({percent_1_99(cell.percentile)})"
