"""Shortlists, and why a candidate stands where it does, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Column, Table

from matchmaker.cli.terminal import console, show_through
from matchmaker.models.scoring.phrases import in_100
from matchmaker.models.types import Counterfactual, ExplanationRow, Option, Shortlist, WhyNot
from matchmaker.snapshot.registry import format_date

REASONS_SHOWN = 3


def show_shortlist(answer: Shortlist, with_excluded: bool) -> None:
    """A table of options, then what a reader must know before using it."""
    show_through(answer.via)
    asked = f"{answer.recipient.name} ({answer.recipient.code})"
    console.print(f"[bold]{answer.arrangement.capitalize()}: options to consider for {asked}[/]")
    every = answer.eligible + len(answer.excluded)
    console.print(f"As of {format_date(answer.as_of)}. {answer.eligible} of {every} trusts are eligible.")
    if answer.focus and any(row.name == "complementary_strength" for row in _rows(answer)):
        console.print(f"Strength is looked for in: {'; '.join(answer.focus)}.")
    table = Table(show_lines=True, expand=True)
    table.add_column("", justify="right")
    table.add_column("Trust", ratio=5)
    table.add_column("For (+), against (-), unknown (?)", ratio=6)
    for option in answer.options:
        table.add_row(str(option.rank), _trust(option), _reasons(option))
    if answer.options:
        console.print(table)
    if answer.verdict:
        console.print(f"- {answer.verdict}")
    for note in (*answer.notes, *(other.sentence for other in answer.beside)):
        console.print(f"- {note}")
    if with_excluded:
        _show_excluded(answer)
    console.print("\n[bold]No figure shows these: ask people[/]")
    for question in answer.checklist:
        console.print(f"- {question}")
    console.print(f"\n[bold]First step[/] {answer.first_step}")
    made = f"Method {answer.method} {answer.version}, snapshot {answer.snapshot[:12]}."
    console.print(f"\n[dim]{made} {answer.attribution}[/]")


def _rows(answer: Shortlist) -> Sequence[ExplanationRow]:
    return answer.options[0].rows if answer.options else ()


def _trust(option: Option) -> str:
    where = [option.trust.region or "region unknown"]
    if option.distance_km is not None:
        where.append(f"{option.distance_km:.0f} km")
    if option.size_ratio is not None:
        where.append(f"{option.size_ratio:.1f} times the size")
    known = "" if option.coverage > 0.995 else f", {100 * option.coverage:.0f}% known"
    lines = [", ".join(where), f"score {option.fit:.2f}{known}"]
    if option.uncertainty is not None:
        low, high = option.uncertainty.rank_low, option.uncertainty.rank_high
        place = f"place {low}" if low == high else f"place {low} to {high}"
        lines.append(f"likely {place} (first 5: {in_100(option.uncertainty.top_5)} in 100)")
    if option.ranks_by_method:
        lines.append("by " + ", ".join(f"{name} {rank}" for name, rank in option.ranks_by_method.items()))
    if option.benchmark_peer:
        lines.append("official peer")
    lines += [f"despite {rule}" for rule in option.violated_rules]
    return "\n".join([f"{option.trust.name} ({option.trust.code})", *(f"[dim]{line}[/]" for line in lines)])


def _reasons(option: Option) -> Table:
    lines = [("+", text) for text in option.reasons_for[:REASONS_SHOWN]]
    lines += [("-", text) for text in option.reasons_against[:REASONS_SHOWN]]
    lines += [("?", text) for text in option.unknowns]
    grid = Table.grid(padding=(0, 1))  # so that what a mark says stays clear of the mark
    for line in lines:
        grid.add_row(*line)
    return grid


def _show_excluded(answer: Shortlist) -> None:
    removals = Table("Rule", "Excludes", "Alone", title="What each rule excludes", title_justify="left")
    for one in answer.rule_effects:
        if one.excluded:
            removals.add_row(one.rule, str(one.excluded), str(one.alone))
    console.print(removals)
    table = Table("Trust", "Why", title="Excluded, of the same kind", title_justify="left")
    for gone in answer.excluded:
        if gone.trust.type == answer.recipient.type:
            table.add_row(f"{gone.trust.name} ({gone.trust.code})", " ".join(gone.reasons))
    console.print(table)


def show_why_not(answer: WhyNot) -> None:
    """Where a candidate stands, beside the first, and the smallest changes that would move it."""
    candidate = f"{answer.candidate.name} ({answer.candidate.code})"
    recipient = f"{answer.recipient.name} ({answer.recipient.code})"
    console.print(f"[bold]{answer.arrangement.capitalize()}: {candidate} for {recipient}[/]")
    console.print(f"As of {format_date(answer.as_of)}.")
    if answer.excluded is not None:
        console.print(f"Excluded. {' '.join(answer.excluded.reasons)}")
        console.print(f"Without these rules it would stand in place {answer.would_be}.")
    else:
        console.print(f"It stands in place {answer.rank}.")
    table = Table("Criterion", Column(f"{answer.candidate.code} adds", justify="right"), expand=True)
    beside = answer.first if answer.first != answer.candidate else None
    if beside is not None:
        console.print(f"Beside it: {beside.name} ({beside.code}), the first.")
        table.add_column(f"{beside.code} adds", justify="right")
    table.add_column(f"What it says of {answer.candidate.code}", ratio=1)
    for at, row in enumerate(answer.rows):
        first = [_added(answer.first_rows[at])] if beside is not None else []
        table.add_row(row.label, _added(row), *first, row.sentence)
    console.print(table)
    _show_changes("To reach the first place", answer.to_first)
    _show_changes(f"To be among the first {answer.limit}", answer.to_list)
    if answer.precedents:
        console.print("[bold]Past choices that were most like it[/]")
        for precedent in answer.precedents:
            console.print(f"- {precedent}", markup=False)
    console.print(f"[dim]Method {answer.method} {answer.version}, snapshot {answer.snapshot[:12]}.[/]")


def _added(row: ExplanationRow) -> str:
    if row.name in {"start", "total"}:
        return f"{row.contribution:.3f}"
    return "unknown" if row.value is None else f"{row.contribution:+.3f}"


def _show_changes(heading: str, changes: Sequence[Counterfactual]) -> None:
    if changes:
        console.print(f"[bold]{heading}, one of these would do[/]")
        for change in changes:
            console.print(f"- {change.sentence}")
