"""Several organisations side by side on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matchmaker.dates import format_date
from matchmaker.features.comparison import ComparedFeature, Comparison
from matchmaker.features.formatting import join_and
from matchmaker.models.types import WhyNot
from matchmaker.reports.papers.document import (
    Block,
    Cell,
    Document,
    Heading,
    Paper,
    Paragraph,
    Question,
    Sheet,
    Table,
)
from matchmaker.reports.papers.figures import figure_sheet, figure_text
from matchmaker.reports.papers.question import Pairs, figures_used, question_sheet
from matchmaker.snapshot import Snapshot

N_FIRST = 12
"""Figures that differ most, in the first table."""


def comparison_paper(
    comparison: Comparison,
    snapshot: Snapshot,
    answers: Sequence[WhyNot] = (),
    asked: Pairs | None = None,
    link: str = "",
) -> Paper:
    """Organisations side by side, ready for each writer.

    Args:
        comparison: the first of them is the one that the others are held against.
        snapshot: that it was made from.
        answers: how each of the others ranks for the first, where that was asked.
        asked: how they were ranked, as pairs of a label and a text.
        link: address of the same answer, where a service gave it.
    """
    sector, profiles = snapshot.sector, comparison.profiles
    first = profiles[0]
    day, codes = first.as_of, [profile.code for profile in profiles]
    title = f"Side by side: {join_and([f'{one.name} ({one.code})' for one in profiles])}"
    who = ("Organisations", "; ".join(f"{one.name} ({one.code})" for one in profiles))
    question = Question((who, *(asked or ()), *figures_used(day, snapshot.hash)), link)
    differ = [row for row in comparison.rows if row.gap is not None][:N_FIRST]

    def report() -> Document:
        blocks: list[Block] = []
        if answers:
            blocks.append(_ranks(answers))
        blocks.append(_table(f"Where they differ most: the first {len(differ)}", differ, codes))
        blocks.append(Heading("All figures"))
        for name in dict.fromkeys(row.dimension for row in comparison.rows):
            rows = [row for row in comparison.rows if row.dimension == name]
            blocks.append(_table(sector.dimensions[name].label, rows, codes))
        blocks += [Heading("The question"), question]
        return _document(blocks)

    def briefing() -> Document:
        blocks: list[Block] = [_ranks(answers)] if answers else []
        blocks.append(_table(f"Where they differ most: the first {len(differ)}", differ, codes))
        blocks += [Heading("The question"), question]
        return _document(blocks, one_page=True)

    def _document(blocks: list[Block], *, one_page: bool = False) -> Document:
        places = "Numbers in 100 say how many of its type an organisation exceeds."
        return Document(
            title=title,
            subtitle=f"As of {format_date(day)}: from figures that were published by then.",
            blocks=(Paragraph(places, quiet=True), *blocks),
            footer=f"{', '.join(codes)}, as of {format_date(day)}. Snapshot {snapshot.hash[:12]}. "
            f"{snapshot.manifest['attribution']}",
            day=day,
            one_page=one_page,
        )

    def rows() -> list[Mapping[str, Any]]:
        return [row for profile in profiles for row in profile.rows()]

    def sheets() -> tuple[Sheet, ...]:
        wide: list[tuple[Cell, ...]] = [
            (
                *(sector.dimensions[row.dimension].label, row.label, row.cells[0].unit, row.gap),
                *(cell.value for cell in row.cells),
                *(cell.percentile for cell in row.cells),
                *(cell.period_end for cell in row.cells),
            )
            for row in comparison.rows
        ]
        columns = ("Dimension", "Figure", "Unit", "Gap of places", *codes)
        columns += tuple(f"{code}: exceeds of its type" for code in codes)
        columns += tuple(f"{code}: period to" for code in codes)
        formats = {"Gap of places": "percent"} | {f"{code}: exceeds of its type": "percent" for code in codes}
        return (
            Sheet("Side by side", columns, tuple(wide), formats),
            *([_rank_sheet(answers)] if answers else []),
            figure_sheet(profiles, snapshot),
            question_sheet(question, day, snapshot.hash),
        )

    name = f"side-by-side-{'-'.join(codes)}-{day.isoformat()}"
    return Paper(name, title, day, report, sheets, comparison, rows, briefing)


def _table(caption: str, rows: Sequence[ComparedFeature], codes: Sequence[str]) -> Table:
    texts = tuple((row.label, *(figure_text(cell) for cell in row.cells)) for row in rows)
    return Table(caption, ("Figure", *codes), texts, widths=(2.0, *(1.5,) * len(codes)))


def _ranks(answers: Sequence[WhyNot]) -> Table:
    rows = tuple(
        (
            f"{one.candidate.name} ({one.candidate.code})",
            f"Rank {one.rank}" if one.rank else f"Left out; its rank would be {one.unrestricted_rank}",
            f"{one.fit:.2f}",
            " ".join(one.excluded.reasons) if one.excluded else "–",
        )
        for one in answers
    )
    head = ("Option", "Rank", "Score", "Why left out")
    return Table(f"For {answers[0].recipient.name}", head, rows, frozenset({2}), (3, 2, 1, 4))


def _rank_sheet(answers: Sequence[WhyNot]) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (one.candidate.code, one.candidate.name, one.rank, row.label, row.weight, row.value, row.contribution)
        for one in answers
        for row in one.rows
    ]
    columns = ("Code", "Name", "Rank", "Criterion", "Weight", "Value", "Adds")
    return Sheet("How ranks add up", columns, tuple(rows), {"Weight": "percent", "Value": "short"})
