"""Decisions as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.markup import escape
from rich.table import Table

from matchmaker.api.audit_log.entry import Entry
from matchmaker.cli.terminal import console
from matchmaker.snapshot.registry import format_date


def show_decisions(entries: Sequence[Entry], total: int) -> None:
    """The latest entries, the last at the end."""
    table = Table("Number", "Recorded (UTC)", "Who", "For", "Chosen", "Why")
    for one in entries:
        at = datetime.fromisoformat(one.at)
        chosen = f"{one.chosen_name} ({one.chosen})" if one.chosen else "none"
        shown = "" if one.choice != "other" else ", not among those shown"
        cells = (f"{one.recipient_name} ({one.recipient}), {one.arrangement}", f"{chosen}{shown}", one.reason)
        table.add_row(
            str(one.number), f"{format_date(at.date())} {at:%H:%M}", escape(one.who), *map(escape, cells)
        )
    console.print(table)
    console.print(f"{len(entries)} of {total} decisions")
