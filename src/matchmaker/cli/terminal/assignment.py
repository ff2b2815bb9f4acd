"""Options for many recipients at once, as tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table

from matchmaker.cli.terminal.console import console, print_successions
from matchmaker.cli.terminal.tables import capitalized
from matchmaker.dates import format_date
from matchmaker.models.assignment.types import Assignment, BlockingPair, Pair, Unmatched
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.models.types import Organisation
from matchmaker.sector import Sector

REASONS_SHOWN = 2
BLOCKING_PAIRS_SHOWN = 5


def show_assignment(answer: Assignment, sector: Sector) -> None:
    """The pairs, recipients without one, blocking pairs, and what to know before using them."""
    print_successions(answer.via)
    n_recipients = len(answer.pairs) + len(answer.unmatched)
    title = (
        f"an option to consider for 1 {sector.words.organisation}"
        if n_recipients == 1
        else f"options to consider for {n_recipients} {sector.words.organisations} at once"
    )
    console.print(f"[bold]{escape(f'{capitalized(answer.arrangement)}: {title}')}[/]")
    console.print(f"As of {format_date(answer.as_of)}.")
    if answer.pairs:
        console.print(_pairs(answer.pairs))
    for line in answer.summary:
        console.print(f"- {escape(line)}")
    if answer.unmatched:
        console.print(_unmatched(answer.unmatched))
    if answer.blocking_pairs:
        console.print(_blocking_pairs(answer.blocking_pairs))
    console.print("\n[bold]Before you use this[/]")
    for line in answer.notes:
        console.print(f"- {escape(line)}")
    if answer.checklist:
        console.print("\n[bold]No figure shows these: ask people, for each pair[/]")
    for question in answer.checklist:
        console.print(f"- {escape(question)}")
    if answer.first_step:
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
        reasons += [f"? {text}" for text in pair.unchecked_reasons]
        partner = f"{_named(pair.partner)}\n{_figures(pair)}"
        table.add_row(_named(pair.recipient), partner, escape("\n".join(reasons)))
    return table


def _figures(pair: Pair) -> str:
    figures = [f"fit {pair.fit:.2f}", f"place {pair.rank} of its own shortlist"]
    if pair.distance_km is not None:
        figures.append(f"{pair.distance_km:.0f} km")
    if pair.selection_frequency is not None:
        figures.append(f"made in {percent_1_99(pair.selection_frequency)} of 100 draws")
    return f"[dim]{', '.join(figures)}[/]"


def _unmatched(unmatched: tuple[Unmatched, ...]) -> Table:
    table = Table(title="\nNo option at once with the others", title_justify="left", title_style="bold")
    table.add_column("Recipient")
    table.add_column("Why")
    for one in unmatched:
        table.add_row(_named(one.recipient), escape(one.sentence))
    return table


def _blocking_pairs(pairs: tuple[BlockingPair, ...]) -> Table:
    shown = pairs[:BLOCKING_PAIRS_SHOWN]
    more = f" (the {len(shown)} that would cost least, of {len(pairs)})" if len(pairs) > len(shown) else ""
    title = f"\nWould rather have each other{more}"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("Pair", ratio=3)
    table.add_column("What it would undo", ratio=3)
    table.add_column("Costs\nthe total", justify="right")
    for pair in shown:
        names = f"{_named(pair.recipient)} and {_named(pair.partner)}, fit {pair.fit:.2f}"
        table.add_row(names, "\n".join(_undone(pair)), f"{pair.total_loss:.3f}")
    return table


def _undone(pair: BlockingPair) -> Iterator[str]:
    if pair.current_partner is not None:
        yield f"{pair.recipient.code} has {_named(pair.current_partner)}, fit {pair.current_fit:.2f}."
    if pair.displaced is not None:
        yield f"{pair.partner.code} has {_named(pair.displaced)}, fit {pair.displaced_fit:.2f}."


def _named(organisation: Organisation) -> str:
    return escape(f"{organisation.name} ({organisation.code})")
