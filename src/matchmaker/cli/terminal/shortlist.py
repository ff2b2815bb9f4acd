"""A shortlist as tables in a terminal."""

from __future__ import annotations

import math

from rich.markup import escape
from rich.table import Table

from matchmaker.cli.terminal.console import console, print_successions
from matchmaker.cli.terminal.tables import capitalized
from matchmaker.dates import format_date
from matchmaker.models.key_facts import KeyFact
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.models.types import Option, Shortlist
from matchmaker.sector import Sector

REASONS_SHOWN = 3
LEAST, SHARE = 4, 5 / 11
"""The least width of the two wide columns, and the share of the first of them."""
TOLD_ELSEWHERE = ("distance", "lists", "unchecked")
"""Facts that have a line of their own, or stand among what is unknown."""


def show_shortlist(answer: Shortlist, sector: Sector, by_focus: bool, with_excluded: bool) -> None:
    """A table of options, then what a reader must know before using it.

    Args:
        answer: options for a recipient.
        sector: whose words are used.
        by_focus: whether a criterion asks for strength in the focus areas.
        with_excluded: whether the excluded are listed too.
    """
    words = sector.words
    print_successions(answer.via)
    recipient = escape(f"{answer.recipient.name} ({answer.recipient.code})")
    console.print(f"[bold]{capitalized(answer.arrangement)}: options to consider for {recipient}[/]")
    n_candidates = answer.eligible + len(answer.excluded)
    console.print(
        f"As of {format_date(answer.as_of)}. "
        f"{answer.eligible} of {n_candidates} {words.organisations} are eligible."
    )
    if by_focus and answer.focus and answer.options:
        console.print(f"Strength is looked for in: {'; '.join(answer.focus)}.")
    for change in answer.changes:
        console.print(f"Changed: {escape(change)}")
    if answer.recipient_facts:
        console.print(f"Facts on record of {recipient}:")
    for line in _facts(answer.recipient_facts):
        console.print(f"[dim]{escape(line)}[/]")
    if answer.options:
        ranks = max(len(str(option.rank)) for option in answer.options)
        # Widths that are said need not be measured cell by cell; around each cell are a line and two spaces.
        room = max(2 * LEAST, console.width - ranks - 10)
        left = max(LEAST, math.ceil((room + 4) * SHARE) - 2)
        table = Table(show_lines=True, expand=True)
        table.add_column("", justify="right", width=ranks)
        table.add_column(capitalized(words.organisation), width=left)
        table.add_column("For (+), against (-), unknown (?)", width=room - left)
        for option in answer.options:
            table.add_row(str(option.rank), _option(option, sector), _reasons(option, room - left))
        console.print(table)
    agreements = (agreement.sentence for agreement in answer.agreements)
    for note in (*([answer.ties] if answer.ties else []), *answer.notes, *agreements):
        console.print(f"- {escape(note)}")
    if with_excluded:
        _show_excluded(answer, sector)
    if answer.checklist:
        console.print("\n[bold]No figure shows these: ask people[/]")
    for question in answer.checklist:
        console.print(f"- {escape(question)}")
    if answer.first_step:
        console.print(f"\n[bold]First step[/] {escape(answer.first_step)}")
    if answer.interval_basis:
        console.print(f"[dim]{escape(answer.interval_basis)}[/]")
    made = f"Method {answer.method} {answer.version}, snapshot {answer.snapshot[:12]}."
    console.print(f"\n[dim]{made} {answer.attribution}[/]")


def _option(option: Option, sector: Sector) -> str:
    where = [option.organisation.region or f"{sector.words.region} unknown"]
    if option.distance_km is not None:
        nearest = option.nearest_sites_km
        beside = "" if nearest is None else f" (nearest {sector.words.sites} {nearest:.0f} km)"
        where.append(f"{option.distance_km:.0f} km{beside}")
    if option.size_ratio is not None:
        where.append(f"{option.size_ratio:.1f} times the size")
    known = "" if option.coverage > 0.995 else f", {100 * option.coverage:.0f}% known"
    lines = [", ".join(where), f"score {option.fit:.2f}{known}"]
    if option.uncertainty is not None:
        low, high = option.uncertainty.rank_low, option.uncertainty.rank_high
        place = f"place {low}" if low == high else f"place {low} to {high}"
        lines.append(f"likely {place} (first 5: {percent_1_99(option.uncertainty.top_5)} in 100)")
    if option.n_lists:
        lines.append(f"among the first 5 on {option.on_lists} of {option.n_lists} lists")
    if option.ranks_by_method:
        lines.append("by " + ", ".join(f"{name} {rank}" for name, rank in option.ranks_by_method.items()))
    if option.benchmark_peer:
        lines.append(f"peer by {sector.display.benchmark_label}")
    if option.same_group:
        lines.append(f"already one with it in all but name: {option.same_group}")
    lines += [f"despite {rule}" for rule in option.violated_rules]
    lines += _facts(option.facts)
    name = f"{option.organisation.name} ({option.organisation.code})"
    return "\n".join([escape(name), *(f"[dim]{escape(line)}[/]" for line in lines)])


def _facts(facts: tuple[KeyFact, ...]) -> list[str]:
    """A line for each fact, without those that other lines of an option tell."""
    return [
        f"{fact.label}: {fact.text}{f' ({fact.period})' if fact.period else ''}"
        for fact in facts
        if fact.text and fact.key not in TOLD_ELSEWHERE
    ]


def _reasons(option: Option, width: int) -> Table:
    lines = [("+", text) for text in option.reasons_for[:REASONS_SHOWN]]
    lines += [("-", text) for text in option.reasons_against[:REASONS_SHOWN]]
    if not option.reasons_against and option.nothing_against:
        lines.append(("-", option.nothing_against))
    lines += [("?", text) for text in option.unknowns]
    lines += [("?", text) for text in option.unchecked_reasons]
    grid = Table.grid(padding=(0, 1))  # so that what a mark says stays clear of the mark
    grid.add_column(width=1)
    grid.add_column(width=max(1, width - 2))
    for mark, text in lines:
        grid.add_row(mark, escape(text))
    return grid


def _show_excluded(answer: Shortlist, sector: Sector) -> None:
    effects = Table("Rule", "Excludes", "Alone", title="What each rule excludes", title_justify="left")
    for effect in answer.rule_effects:
        if effect.excluded:
            effects.add_row(effect.rule, str(effect.excluded), str(effect.alone))
    console.print(effects)
    heading = capitalized(sector.words.organisation)
    table = Table(heading, "Why", title="Excluded, of the same type", title_justify="left")
    for excluded in answer.excluded:
        one = excluded.organisation
        if one.type == answer.recipient.type:
            table.add_row(escape(f"{one.name} ({one.code})"), escape(" ".join(excluded.reasons)))
    console.print(table)
