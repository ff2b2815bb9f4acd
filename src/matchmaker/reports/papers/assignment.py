"""Many recipients at once on paper: pairs, who has none and why, and who fits better elsewhere."""

from __future__ import annotations

from matchmaker.dates import format_date
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.fact_rows import fact_rows
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Organisation
from matchmaker.reports.papers.document import (
    Block,
    Bullets,
    Caveat,
    Cell,
    Document,
    Figure,
    Heading,
    Paper,
    Paragraph,
    Question,
    Sheet,
    Table,
)
from matchmaker.reports.papers.facts import facts_of, kilometres
from matchmaker.reports.papers.picture import map_caption, pairs_picture
from matchmaker.reports.papers.question import asked, figures_used, question_sheet


def assignment_paper(
    answer: Assignment,
    query: ShortlistQuery,
    arrangement: Arrangement,
    changes: tuple[str, ...],
    profiles: Profiles,
    link: str = "",
) -> Paper:
    """An assignment, ready for each writer.

    Args:
        answer: the assignment.
        query: how pairs are scored.
        arrangement: with the weights and rules of the query.
        changes: what the query changes in the published one, in sentences.
        profiles: of the day, that it was made from.
        link: address of the same answer, where a service gave it.
    """
    day, sector = answer.as_of, profiles.sector
    n_all = len(answer.pairs) + len(answer.unmatched)
    whom = [*(one.recipient for one in answer.pairs), *(one.recipient for one in answer.unmatched)]
    title = f"{arrangement.label}: one option for each of {n_all} {sector.words.organisations}"
    if n_all == 1:
        title = f"{arrangement.label}: one option for {_named(whom[0])}"
    pairs = asked(query, changes, arrangement.label, sector)
    pairs.append(("Recipients for each partner", str(answer.capacity)))
    pairs.append(("Least fit", f"{answer.floor:g}"))
    if answer.max_km is not None:
        pairs.append(("Furthest apart", f"{answer.max_km:g} km"))
    question = Question((*pairs, *figures_used(day, answer.snapshot, answer.version)), link)

    def report() -> Document:
        blocks: list[Block] = [Caveat((*answer.summary, *answer.notes))]
        rows = tuple(
            (
                str(number),
                _named(one.recipient),
                _named(one.partner),
                f"{one.fit:.2f}",
                _share(one.selection_frequency),
                kilometres(one.distance_km),
                str(one.rank),
            )
            for number, one in enumerate(answer.pairs, 1)
        )
        head = ("Pair", "Recipient", "Option", "Fit", "Holds in draws", "Distance", "Rank on its own list")
        blocks.append(Table("Pairs", head, rows, frozenset({3, 4, 5, 6}), (0.5, 3, 3, 0.6, 0.9, 0.9, 0.9)))
        if answer.unmatched:
            left = tuple((_named(one.recipient), one.sentence) for one in answer.unmatched)
            blocks.append(Table("Without an option, and why", ("Recipient", "Why"), left, widths=(2, 4)))
        if answer.pairs:
            blocks += [_map(), _facts(), Heading("Reasons for and against")]
        for number, one in enumerate(answer.pairs, 1):
            blocks.append(Heading(f"{number}. {one.recipient.name} and {one.partner.name}", 3))
            lists = (
                ("For", one.reasons_for),
                ("Against", one.reasons_against),
                ("Could not be checked", one.unchecked_reasons),
                ("Not known", one.unknowns),
            )
            blocks += [Bullets(tuple(texts), label) for label, texts in lists if texts]
        blocks += [Heading("Before anyone decides"), Bullets(answer.checklist), Paragraph(answer.first_step)]
        blocks += [Heading("The question"), question]
        return Document(
            title=title,
            subtitle=f"As of {format_date(day)}. Options to consider, not a decision.",
            blocks=tuple(blocks),
            footer=f"{arrangement.label}, as of {format_date(day)}. Snapshot {answer.snapshot[:12]}. "
            f"{answer.attribution}",
            day=day,
        )

    def _map() -> Figure:
        pairs = [(one.recipient.code, one.partner.code) for one in answer.pairs]
        return Figure(
            pairs_picture(profiles, pairs),
            f"Map of {len(pairs)} pairs; the table above names them.",
            f"A line joins each recipient (diamond) to its option (numbered). {map_caption(sector)}",
            13.0,
        )

    def _facts() -> Table:
        codes = [code for one in answer.pairs for code in (one.recipient.code, one.partner.code)]
        rows = fact_rows(profiles, None, codes)
        named = [
            (f"{at // 2 + 1}. " * (at % 2 == 0) + _named(row.organisation), row.facts)
            for at, row in enumerate(rows)
        ]
        caption = "Facts on record: each recipient, then its option"
        return facts_of(caption, named, sector, range(0, len(named), 2))

    def sheets() -> tuple[Sheet, ...]:
        paired: list[tuple[Cell, ...]] = [
            (
                *_code_and_name(one.recipient),
                *_code_and_name(one.partner),
                *(one.fit, one.coverage, one.selection_frequency, one.distance_km, one.rank, one.regret),
                *_code_and_name(one.first_choice),
                tuple(_named(helper) for helper in one.helped_by),
            )
            for one in answer.pairs
        ]
        sides: list[tuple[Cell, ...]] = [
            (one.recipient.code, one.partner.code, side, text)
            for one in answer.pairs
            for side, texts in (
                ("For", one.reasons_for),
                ("Against", one.reasons_against),
                ("Not known", one.unknowns),
                ("Not checked", one.unchecked_reasons),
            )
            for text in texts
        ]
        unmatched: list[tuple[Cell, ...]] = [
            (*_code_and_name(one.recipient), one.sentence, one.eligible, *_code_and_name(one.first_choice))
            for one in answer.unmatched
        ]
        better: list[tuple[Cell, ...]] = [
            (*_code_and_name(one.recipient), *_code_and_name(one.partner), one.fit, one.total_loss)
            for one in answer.blocking_pairs
        ]
        head = ("Recipient code", "Recipient", "Option code", "Option")
        more = ("Fit", "Share known", "Holds in draws", "Distance (km)", "Its rank alone", "Fit given up")
        first = ("First option code", "First option")
        formats = {"Fit": "short", "Share known": "percent", "Holds in draws": "percent"}
        formats |= {"Distance (km)": "km", "Fit given up": "short", "Costs in total": "short"}
        return (
            Sheet("Pairs", (*head, *more, *first, "Helped by now"), tuple(paired), formats),
            Sheet("Reasons", ("Recipient", "Option", "Side", "Reason"), tuple(sides)),
            Sheet("Without an option", (*head[:2], "Why", "Eligible", *first), tuple(unmatched)),
            Sheet("Would fit better", (*head, "Fit", "Costs in total"), tuple(better), formats),
            question_sheet(question, day, answer.snapshot),
        )

    name = f"{answer.arrangement}-assignment-{day.isoformat()}"
    return Paper(name, title, day, report, sheets, answer, answer.to_rows)


def _named(one: Organisation) -> str:
    return f"{one.name} ({one.code})"


def _code_and_name(one: Organisation | None) -> tuple[str | None, str | None]:
    return (None, None) if one is None else (one.code, one.name)


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{100 * value:.0f} in 100"
