"""Why a candidate has its rank, and what would change it, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Column, Table

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import capitalized
from matchmaker.dates import format_date
from matchmaker.models.types import Counterfactual, ExplanationRow, WhyNot


def show_why_not(answer: WhyNot) -> None:
    """The contributions of a candidate next to those of the first, and the smallest changes of rank."""
    candidate = f"{answer.candidate.name} ({answer.candidate.code})"
    recipient = f"{answer.recipient.name} ({answer.recipient.code})"
    console.print(f"[bold]{capitalized(answer.arrangement)}: {escape(f'{candidate} for {recipient}')}[/]")
    console.print(f"As of {format_date(answer.as_of)}.")
    for note in answer.notes:
        console.print(f"- {escape(note)}")
    if answer.excluded is not None:
        console.print(f"Excluded. {escape(' '.join(answer.excluded.reasons))}")
        console.print(f"Let in alone, it would stand in place {answer.unrestricted_rank}.")
    else:
        console.print(f"Its rank is {answer.rank}.")
    table = Table(
        Column("Criterion", ratio=2, overflow="fold"),
        Column(f"{answer.candidate.code} adds", justify="right", min_width=7),
        expand=True,
    )
    first = answer.first if answer.first != answer.candidate else None
    if first is not None:
        console.print(escape(f"In the first place: {first.name} ({first.code})."))
        table.add_column(f"{first.code} adds", justify="right", min_width=7)
    table.add_column(f"What it says of {answer.candidate.code}", ratio=3, overflow="fold")
    for at, row in enumerate(answer.rows):
        of_first = [_contribution(answer.first_rows[at])] if first is not None else []
        table.add_row(row.label, _contribution(row), *of_first, escape(row.sentence))
    console.print(table)
    _show_changes("To reach the first place", answer.to_first)
    _show_changes(f"To be among the first {answer.limit}", answer.to_list)
    if answer.precedents:
        console.print("[bold]Past choices that were most like it[/]")
        for precedent in answer.precedents:
            console.print(f"- {precedent}", markup=False)
    console.print(f"[dim]Method {answer.method} {answer.version}, snapshot {answer.snapshot[:12]}.[/]")


def _contribution(row: ExplanationRow) -> str:
    if row.name in {"start", "total"}:
        return f"{row.contribution:.3f}"
    return "unknown" if row.value is None else f"{row.contribution:+.3f}"


def _show_changes(heading: str, changes: Sequence[Counterfactual]) -> None:
    if changes:
        console.print(f"[bold]{heading}, one of these would do[/]")
        for change in changes:
            console.print(f"- {escape(change.sentence)}")
