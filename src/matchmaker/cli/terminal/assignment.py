"""Many recipients at once, as tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table

from matchmaker.cli.terminal import console
from matchmaker.models.assignment.types import Assignment, Pair, Rather, Unmatched
from matchmaker.models.scoring.phrases import in_100
from matchmaker.models.types import Organisation
from matchmaker.snapshot.registry import format_date

REASONS_SHOWN = 2
RATHER_SHOWN = 5


def show_assignment(answer: Assignment) -> None:
    """A table of pairs, those without one, who would rather have whom, and what to know before use."""
    for one in answer.via:
        console.print(f"{escape(one.name)} ({one.code}) has closed; its successor answers.")
    every = len(answer.pairs) + len(answer.unmatched)
    title = f"{answer.arrangement.capitalize()}: options to consider for {every} trusts at once"
    console.print(f"[bold]{escape(title)}[/]")
    console.print(f"As of {format_date(answer.as_of)}.")
    if answer.pairs:
        console.print(_pairs(answer.pairs))
    for line in answer.summary:
        console.print(f"- {escape(line)}")
    if answer.unmatched:
        console.print(_unmatched(answer.unmatched))
    if answer.rather:
        console.print(_rather(answer.rather))
    console.print("\n[bold]Before you use this[/]")
    for line in answer.notes:
        console.print(f"- {escape(line)}")
    console.print("\n[bold]No figure shows these: ask people, for each pair[/]")
    for question in answer.checklist:
        console.print(f"- {escape(question)}")
    console.print(f"\n[bold]First step[/] {escape(answer.first_step)}")
    made = f"Method evidence {answer.version}, snapshot {answer.snapshot[:12]}."
    console.print(f"\n[dim]{made} {answer.attribution}[/]")


def _pairs(pairs: tuple[Pair, ...]) -> Table:
    table = Table(show_lines=True)
    table.add_column("Recipient", ratio=2)
    table.add_column("Option to consider", ratio=3)
    table.add_column("For (+) and against (-)", ratio=4)
    for pair in pairs:
        reasons = [f"+ {text}" for text in pair.reasons_for[:REASONS_SHOWN]]
        reasons += [f"- {text}" for text in pair.reasons_against[:REASONS_SHOWN]]
        table.add_row(
            _named(pair.recipient), f"{_named(pair.partner)}\n{_figures(pair)}", escape("\n".join(reasons))
        )
    return table


def _figures(pair: Pair) -> str:
    told = [f"fit {pair.fit:.2f}", f"place {pair.place} of its own shortlist"]
    if pair.distance_km is not None:
        told.append(f"{pair.distance_km:.0f} km")
    if pair.made_in is not None:
        told.append(f"made in {in_100(pair.made_in)} of 100 draws")
    return f"[dim]{', '.join(told)}[/]"


def _unmatched(unmatched: tuple[Unmatched, ...]) -> Table:
    table = Table(title="\nNo option at once with the others", title_justify="left", title_style="bold")
    table.add_column("Recipient")
    table.add_column("Why")
    for one in unmatched:
        table.add_row(_named(one.recipient), escape(one.sentence))
    return table


def _rather(rather: tuple[Rather, ...]) -> Table:
    more = (
        f" (the {RATHER_SHOWN} that would cost least, of {len(rather)})" if len(rather) > RATHER_SHOWN else ""
    )
    title = f"\nWould rather have each other{more}"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("Pair", ratio=3)
    table.add_column("What it would undo", ratio=3)
    table.add_column("Costs\nthe total", justify="right")
    for pair in rather[:RATHER_SHOWN]:
        table.add_row(
            f"{_named(pair.recipient)} and {_named(pair.partner)}, fit {pair.fit:.2f}",
            "\n".join(_undone(pair)),
            f"{pair.lost:.3f}",
        )
    return table


def _undone(pair: Rather) -> Iterator[str]:
    if pair.instead is not None:
        yield f"{pair.recipient.code} has {_named(pair.instead)}, fit {pair.instead_fit:.2f}."
    if pair.displaced is not None:
        yield f"{pair.partner.code} has {_named(pair.displaced)}, fit {pair.displaced_fit:.2f}."


def _named(trust: Organisation) -> str:
    return escape(f"{trust.name} ({trust.code})")
