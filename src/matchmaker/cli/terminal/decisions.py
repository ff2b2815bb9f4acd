"""Decisions as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.markup import escape

from matchmaker.api.audit_log.entry import Entry
from matchmaker.api.plain_text import shown_text
from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import print_table
from matchmaker.dates import format_date


def show_decisions(entries: Sequence[Entry], total: int) -> None:
    """The latest entries, the last at the end."""
    rows = []
    for entry in entries:
        at = datetime.fromisoformat(entry.at)
        chosen = f"{entry.chosen_name} ({entry.chosen})" if entry.chosen else "none"
        if entry.outcome is not None:
            came = entry.outcome
            chosen = f"what came of {came.of}: asked {came.asked}, said yes {came.accepted}, {came.result}"
        shown = "" if entry.outcome is not None or entry.choice != "other" else ", not among those shown"
        recipient = f"{entry.recipient_name} ({entry.recipient}), {entry.arrangement}"
        recorded = f"{format_date(at.date())} {at:%H:%M}"
        cells = (str(entry.number), recorded, entry.who, recipient, f"{chosen}{shown}", entry.reason)
        rows.append([escape(shown_text(cell)) for cell in cells])  # older entries may hold anything
    print_table(("Number", "Recorded (UTC)", "Who", "For", "Chosen", "Why"), rows)
    console.print(f"{len(entries)} of {total} decisions")
