"""An evaluation in a terminal: problems of a user's file of pairings, and the main figures."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.table import Table

from matchmaker.cli.terminal.console import console
from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.published import publish
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.fair_tests import default_against_nearest, reason
from matchmaker.evaluation.report.replays import headline
from matchmaker.evaluation.user_pairings import UserPairings


def show_problems(own: UserPairings) -> None:
    """Every problem of a file, what was done about it, and the gravest first: the rows left out."""
    left = len(own.left_out)
    console.print(f"{own.rows} rows read, {own.rows - left} usable, {left} left out.")
    for sentence in own.told:
        console.print(f"- {sentence}", markup=False)
    for problem in sorted(own.problems, key=lambda one: (not one.left_out, one.row is None)):
        if problem.row is not None:
            console.print(f"- {problem}", markup=False)
    assumed: dict[str, list[str]] = {}
    for problem in own.problems:
        if problem.row is None:
            assumed.setdefault(problem.done, []).append(problem.column)
    for done, columns in assumed.items():
        console.print(f"- Nothing stands in {', '.join(columns)}. {done}", markup=False)


def show_evaluation(one: Evaluation) -> None:
    """The main figures, what was left out and why, and what must be known before they are used."""
    table = Table(
        title="How often was the partner among the first?",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    published = publish(one)
    figures = headline(published)
    for at, heading in enumerate(figures.heading[1:], 1):
        # So wide that no word of a method and no share is broken.
        if at in figures.right:
            table.add_column(heading, justify="right", overflow="fold", min_width=7)
        else:
            table.add_column(heading, overflow="fold", min_width=12)
    for family, rows in groupby(figures.rows, key=lambda row: row[0]):
        table.add_row(f"[bold]{family}[/]")
        for row in rows:
            table.add_row(*row[1:])
        table.add_section()
    console.print(table)
    console.print(
        "95% intervals in brackets, those behind shares of partners exact. A partner that was not eligible "
        "counts as missed, but for the share placed before it."
    )
    if against := default_against_nearest(published):
        console.print(against)
    _show_rules(published)
    left_out = Counter(excluded.why for excluded in one.left_out)
    end = ":" if left_out else "."
    console.print(f"Pairings replayed: {len(one.choices)}; that don't count: {len(one.left_out)}{end}")
    for why, count in left_out.items():
        console.print(f"- {count}: {why}", markup=False)
    for leak in one.leaks:
        console.print(f"[bold]Leak[/] {leak.pairing_id}, {leak.day}: {leak.what}")
    console.print(f"[dim]matchmaker {one.version}, snapshot {one.snapshot[:12]}[/]")


def _show_rules(published: PublishedEvaluation) -> None:
    """The rules that would have kept out a partner that was chosen in fact."""
    found = [row for row in published.rules if row.kept_out]
    if found:
        console.print("Real partners that a rule by itself would keep out:")
    for row in found:
        kind = row.kind.replace("_", " ").capitalize()
        applied = "" if row.applied else "; replays do not apply it"
        text = (
            f"- {kind}, {row.label[:1].lower()}{row.label[1:]}: {row.kept_out} of {row.partners}; "
            f"{row.unchecked} could not be checked{applied}. {reason(row)}"
        )
        console.print(text.rstrip(), markup=False)
