"""Early-warning signs on paper: who shows how many, and what each sign says."""

from __future__ import annotations

from matchmaker.dates import format_date
from matchmaker.models.early_warning.types import EarlyWarningReport
from matchmaker.reports.papers.document import (
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
from matchmaker.reports.papers.question import figures_used, question_sheet
from matchmaker.sector import Sector


def signs_paper(
    answer: EarlyWarningReport, sector: Sector, org_type: str | None = None, link: str = ""
) -> Paper:
    """The signs of organisations, ready for each writer.

    Args:
        answer: the signs.
        sector: for words.
        org_type: that was asked for; None is all.
        link: address of the same answer, where a service gave it.
    """
    day = answer.as_of
    title = f"Early signs: {sector.type_plural(org_type)}"
    question = Question(
        (("Asked for", sector.type_plural(org_type)), *figures_used(day, answer.snapshot)), link
    )

    def report() -> Document:
        showing = [one for one in answer.organisations if any(sign.shown for sign in one.signs)]
        rows = tuple(
            (
                f"{one.organisation.name} ({one.organisation.code})",
                "too few known" if one.n_shown is None else str(one.n_shown),
                "; ".join(sign.label for sign in one.signs if sign.shown),
                str(sum(sign.shown is None for sign in one.signs)),
            )
            for one in showing
        )
        others = [one for one in answer.organisations if one not in showing]
        none = [f"{one.organisation.name} ({one.organisation.code})" for one in others if one.n_shown == 0]
        few = [f"{one.organisation.name} ({one.organisation.code})" for one in others if one.n_shown is None]
        rest = [f"No sign is shown by {len(none)}: {'; '.join(none)}."] if none else []
        rest += [f"Too few signs are known of {len(few)}: {'; '.join(few)}."] if few else []
        head = (sector.words.organisation.capitalize(), "Signs", "Which", "Not known")
        return Document(
            title=title,
            subtitle=f"As of {format_date(day)}, from figures published by then.",
            blocks=(
                Caveat((answer.warning, *answer.notes)),
                Table("The most signs first", head, rows, frozenset({1, 3}), (2.5, 0.8, 5, 0.8)),
                *(Paragraph(text, quiet=True) for text in rest),
                Heading("The question"),
                question,
            ),
            footer=f"As of {format_date(day)}. Snapshot {answer.snapshot[:12]}. {answer.attribution}",
            day=day,
        )

    def sheets() -> tuple[Sheet, ...]:
        counted: list[tuple[Cell, ...]] = [
            (
                *(one.organisation.code, one.organisation.name, one.organisation.type, one.n_shown),
                sum(sign.shown is not None for sign in one.signs),
                tuple(sign.label for sign in one.signs if sign.shown),
            )
            for one in answer.organisations
        ]
        each: list[tuple[Cell, ...]] = [
            (one.organisation.code, sign.label, sign.shown, sign.feature)
            for one in answer.organisations
            for sign in one.signs
        ]
        warned: list[tuple[Cell, ...]] = [(text,) for text in (answer.warning, *answer.notes)]
        return (
            Sheet("Organisations", ("Code", "Name", "Type", "Signs", "Signs known", "Which"), tuple(counted)),
            Sheet("Signs", ("Code", "Sign", "Shown", "Figure"), tuple(each)),
            Sheet("Read first", ("What to know before using it",), tuple(warned)),
            question_sheet(question, day, answer.snapshot),
        )

    return Paper(f"signs-{day.isoformat()}", title, day, report, sheets, answer, answer.to_rows)
