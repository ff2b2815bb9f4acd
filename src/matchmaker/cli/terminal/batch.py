"""The first options of many recipients, a line for each, in a terminal."""

from __future__ import annotations

from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import capitalized, print_table
from matchmaker.dates import format_date
from matchmaker.models.batch import Batch, BatchOption
from matchmaker.sector import Sector


def show_batch(answer: Batch, sector: Sector) -> None:
    """A line for each recipient, then what to know before using them."""
    words = sector.words
    count = f"{len(answer.lines)} {words.organisation if len(answer.lines) == 1 else words.organisations}"
    console.print(f"[bold]{capitalized(answer.arrangement)}: options to consider for {count}, one by one[/]")
    console.print(f"As of {format_date(answer.as_of)}.")
    for change in answer.changes:
        console.print(f"Changed: {escape(change)}")
    headings = [capitalized(words.organisation), *(f"Option {at}" for at in range(1, answer.top + 1))]
    rows = []
    for line in answer.lines:
        named = f"{line.recipient.name} ({line.recipient.code})"
        cells = [described(one) for one in line.options] or [line.note]
        rows.append([named, *cells, *[""] * (answer.top - len(cells))])
    print_table(headings, rows)
    for note in answer.notes:
        console.print(f"- {escape(note)}")
    made = f"Method {answer.method} {answer.version}, snapshot {answer.snapshot[:12]}."
    console.print(f"\n[dim]{made} {answer.attribution}[/]")


def described(one: BatchOption) -> str:
    """An option with its score, distance and likely places."""
    parts = [f"score {one.fit:.2f}"]
    if one.distance_km is not None:
        parts.append(f"{one.distance_km:.0f} km")
    if one.rank_low is not None and one.rank_high is not None:
        likely = f"{one.rank_low}" if one.rank_low == one.rank_high else f"{one.rank_low} to {one.rank_high}"
        parts.append(f"likely place {likely}")
    if one.same_group:
        parts.append("already one with it in all but name")
    return f"{one.organisation.name} ({one.organisation.code}): {', '.join(parts)}"
