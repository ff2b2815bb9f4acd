"""Working shortlists in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.markup import escape

from matchmaker.api.kept.shortlist import KeptOption, KeptShortlist, Note
from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import print_table
from matchmaker.dates import format_date


def show_all(lists: Sequence[KeptShortlist]) -> None:
    """A line for each working shortlist."""
    for kept in lists:
        out = len(kept.options) - len(kept.considered)
        console.print(f"{kept.id}  [bold]{escape(kept.name)}[/bold]", highlight=False)
        about = f"{kept.recipient_name} ({kept.recipient}), {len(kept.considered)} kept, {out} ruled out"
        console.print(escape(f"    {about}, changed {_day(kept.changed)}"), highlight=False)
    if not lists:
        console.print("None is kept.")


def show_kept(kept: KeptShortlist) -> None:
    """One working shortlist, by form of partnership."""
    console.print(f"[bold]{escape(kept.name)}[/bold]", highlight=False)
    identity = f", id {kept.id}" if kept.id else ""
    about = f"For {kept.recipient_name} ({kept.recipient}){identity}, changed {_day(kept.changed)}"
    console.print(escape(about), highlight=False)
    for arrangement in kept.arrangements:
        console.print()
        rows = [
            (
                escape(f"{option.name} ({option.code})"),
                "left out by rules" if option.rank is None else f"{option.rank}",
                _day(option.as_of),
                escape(_state(option)),
                escape("\n".join(map(_note, option.notes))),
            )
            for option in kept.options
            if option.arrangement == arrangement
        ]
        console.print(escape(arrangement.replace("_", " ").capitalize()), highlight=False)
        print_table(("Option", "Rank when kept", "Figures of", "State", "Notes"), rows)
    for note in kept.notes:
        console.print(escape(_note(note)), highlight=False)


def _state(option: KeptOption) -> str:
    if option.ruled_out is None:
        return "to consider"
    return f"ruled out: {option.ruled_out.text}"


def _note(note: Note) -> str:
    return f"{_day(note.at)}{f', {note.by}' if note.by else ''}: {note.text}"


def _day(moment: str) -> str:
    return format_date(date.fromisoformat(moment[:10]))
