"""A working shortlist on paper: all forms of partnership in one document and one workbook."""

from __future__ import annotations

from datetime import date

from matchmaker.api.kept.files import to_rows
from matchmaker.api.kept.shortlist import Note
from matchmaker.api.kept.today import KeptToday, OptionToday, Section
from matchmaker.dates import format_date
from matchmaker.features.formatting import join_and
from matchmaker.models.key_facts import KeyFact, fact_definitions
from matchmaker.rendering.environment import capitalise
from matchmaker.reports.papers.document import (
    Block,
    Bullets,
    Caveat,
    Cell,
    Document,
    Heading,
    Paper,
    Paragraph,
    Question,
    Sheet,
    Table,
)
from matchmaker.reports.papers.facts import SHORT_FORMS, fact_text
from matchmaker.sector import Sector


def kept_paper(today: KeptToday, sector: Sector, link: str = "") -> Paper:
    """A working shortlist, ready for each writer.

    Args:
        today: the list beside the figures of today.
        sector: for words.
        link: address of the list, where a service gave it.
    """
    kept = today.kept
    return Paper(
        name=f"working-shortlist-{kept.recipient}-{kept.changed[:10]}",
        title=kept.name,
        day=today.as_of,
        report=lambda: _report(today, sector, link),
        sheets=lambda: _sheets(today, link),
        answer=kept,
        rows=lambda: to_rows(kept),
    )


def rank_text(one: OptionToday) -> str:
    """The rank when it was kept, and now where it is another."""
    then = f"rank {one.option.rank} when kept" if one.option.rank else "left out by rules when kept"
    if one.closed:
        return f"{then}; it is not among those on record now"
    if one.problem:
        return f"{then}; the list can't be made now"
    if not one.moved:
        return then
    return f"{then}, {f'rank {one.rank}' if one.rank else 'left out by rules'} now"


def note_text(note: Note) -> str:
    """A note with its day and writer."""
    by = f", {note.by}" if note.by else ""
    return f"{format_date(date.fromisoformat(note.at[:10]))}{by}: {note.text}"


def counted(today: KeptToday) -> str:
    """How many options are kept and ruled out, in a sentence."""
    kept = today.kept
    n_out = len(kept.options) - len(kept.considered)
    n_kept = len(kept.considered)
    labels = [section.label.lower() for section in today.sections]
    text = f"{n_kept} {'option' if n_kept == 1 else 'options'} under consideration, {n_out} ruled out"
    return f"{text}: {join_and(labels)}." if labels else f"{text}."


def _report(today: KeptToday, sector: Sector, link: str) -> Document:
    kept = today.kept
    words = sector.words
    blocks: list[Block] = [
        Caveat(
            (
                "A working shortlist holds options to consider. It is no decision and no ranking: "
                "each option came from a list of its own, whose rank is told.",
                f"Facts are those on record on {format_date(today.as_of)}.",
            )
        ),
        Paragraph(counted(today)),
    ]
    if kept.notes:
        blocks += [Heading("Notes"), Bullets(tuple(map(note_text, kept.notes)))]
    for section in today.sections:
        blocks.append(Heading(section.label))
        if section.considered:
            blocks += [
                _facts(section, sector, kept.recipient_name, short=True),
                _facts(section, sector, kept.recipient_name, short=False),
            ]
            for one in section.considered:
                lines = [
                    f"{capitalise(rank_text(one))}.",
                    *one.left_out,
                    *map(note_text, one.option.notes),
                ]
                blocks += [
                    Heading(f"{one.option.name} ({one.option.code})", 3),
                    Bullets(tuple(lines)),
                ]
        else:
            blocks.append(Paragraph("No option is under consideration."))
        if section.ruled_out:
            rows = tuple(
                (
                    f"{one.option.name} ({one.option.code})",
                    note_text(one.option.ruled_out) if one.option.ruled_out else "",
                    " ".join(map(note_text, one.option.notes)) or "–",
                )
                for one in section.ruled_out
            )
            head = (capitalise(words.organisation), "Why", "Notes")
            blocks.append(Table("Ruled out", head, rows, widths=(2, 3, 3)))
    pairs = (
        ("For", f"{kept.recipient_name} ({kept.recipient})"),
        ("Begun", format_date(date.fromisoformat(kept.created[:10]))),
        ("Last changed", format_date(date.fromisoformat(kept.changed[:10]))),
        ("Facts as of", format_date(today.as_of)),
        ("Figures", f"Snapshot {today.snapshot[:12]}"),
    )
    blocks += [Heading("How this was made"), Question(pairs, link)]
    return Document(
        title=kept.name,
        subtitle=f"Working shortlist for {kept.recipient_name} ({kept.recipient}). "
        "Options to consider, not a decision.",
        blocks=tuple(blocks),
        footer=f"{kept.name}, {kept.recipient}, last changed "
        f"{format_date(date.fromisoformat(kept.changed[:10]))}. Snapshot {today.snapshot[:12]}.",
        day=today.as_of,
    )


def _facts(section: Section, sector: Sector, recipient: str, *, short: bool) -> Table:
    """Facts of the recipient and of what is considered: figures, or what is told in sentences."""
    definitions = fact_definitions(sector)
    keys = [key for key, one in definitions.items() if (one.form in SHORT_FORMS) == short]
    rows = [(f"{recipient} (the recipient)", section.recipient_facts)]
    rows += [(f"{one.option.name} ({one.option.code})", one.facts) for one in section.considered]
    return Table(
        "Facts on record, the recipient first" if short else "Ties, help under way and what was not checked",
        (capitalise(sector.words.organisation), *(definitions[key].label for key in keys)),
        tuple((name, *_texts(facts, keys, short)) for name, facts in rows),
        widths=(1.8, *(1.2,) * len(keys)),
        emphasised=frozenset({0}),
    )


def _texts(facts: tuple[KeyFact, ...], keys: list[str], with_period: bool) -> list[str]:
    by_key = {fact.key: fact for fact in facts}
    return [fact_text(by_key[key], with_period=with_period) if key in by_key else "closed" for key in keys]


def _sheets(today: KeptToday, link: str) -> tuple[Sheet, ...]:
    kept = today.kept
    rows: list[tuple[Cell, ...]] = []
    facts: list[tuple[Cell, ...]] = []
    notes: list[tuple[Cell, ...]] = [("", "", one.at[:10], one.by, one.text) for one in kept.notes]
    for section in today.sections:
        for fact in section.recipient_facts:
            facts.append((section.label, kept.recipient, kept.recipient_name, *_fact_cells(fact)))
        for one in section.options:
            option = one.option
            out = option.ruled_out
            who = (section.label, option.code, option.name)
            state = "Ruled out" if out else "Under consideration"
            ranks = (option.rank, one.rank, option.left_out, one.left_out)
            since = (date.fromisoformat(option.kept_at[:10]), option.kept_by)
            why = (out.text, out.by, date.fromisoformat(out.at[:10])) if out else (None, None, None)
            rows.append((*who, state, *ranks, *since, *why))
            facts += [(*who, *_fact_cells(fact)) for fact in one.facts]
            notes += [(section.label, option.code, note.at[:10], note.by, note.text) for note in option.notes]
    question: list[tuple[Cell, ...]] = [
        ("Name", kept.name),
        ("For", f"{kept.recipient_name} ({kept.recipient})"),
        ("Facts as of", today.as_of),
        ("Snapshot", today.snapshot),
    ]
    for option in kept.options:
        asked = "; ".join(f"{name}: {text}" for name, text in option.query)
        question.append((f"List of {option.name}", asked))
    if link:
        question.append(("Link", link))
    columns = (
        *("Form of partnership", "Code", "Name", "State", "Rank when kept", "Rank now"),
        *("Left out when kept", "Left out now", "Kept on", "Kept by"),
        *("Ruled out because", "Ruled out by", "Ruled out on"),
    )
    return (
        Sheet("Options", columns, tuple(rows)),
        Sheet(
            "Facts",
            ("Form of partnership", "Code", "Name", "Fact", "As read", "Number", "Unit", "Period", "Source"),
            tuple(facts),
        ),
        Sheet("Notes", ("Form of partnership", "Code", "Day", "By", "Note"), tuple(notes)),
        Sheet("Question", ("What", "As asked"), tuple(question)),
    )


def _fact_cells(fact: KeyFact) -> tuple[Cell, ...]:
    return fact.label, fact_text(fact), fact.value, fact.unit, fact.period, fact.publisher or fact.source
