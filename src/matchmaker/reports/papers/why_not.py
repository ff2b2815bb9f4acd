"""Why one candidate stands where it does, on paper."""

from __future__ import annotations

from matchmaker.models.types import WhyNot
from matchmaker.reports.papers.document import Paper, Question, Sheet
from matchmaker.reports.papers.listing import list_paper
from matchmaker.reports.papers.question import figures_used, question_sheet

COLUMNS = ("label", "weight", "contribution", "sentence", "first", "first_contribution")
"""Of the table; the CSV file has all."""


def why_not_paper(answer: WhyNot) -> Paper:
    """The answer to "why not this one?", ready for each writer."""
    recipient, candidate = answer.recipient, answer.candidate
    if answer.excluded is not None:
        stands = f"Excluded. {' '.join(answer.excluded.reasons)}"
        place = f"Let in alone, it would stand in place {answer.unrestricted_rank}."
    else:
        stands, place = f"It stands in place {answer.rank}.", f"Its score is {answer.fit:.2f}."
    changes = [f"To reach the first place: {one.sentence}" for one in answer.to_first]
    changes += [f"To be among the first {answer.limit}: {one.sentence}" for one in answer.to_list]
    listed = list_paper(
        f"why-not-{recipient.code}-{candidate.code}",
        f"{candidate.name} ({candidate.code}) for {recipient.name} ({recipient.code}): {answer.arrangement}",
        answer.as_of,
        [{name: row[name] for name in COLUMNS} for row in answer.to_rows()],
        (stands, place, *changes, *answer.notes, f"Method {answer.method} {answer.version}."),
    )
    who = (
        ("For", f"{recipient.name} ({recipient.code})"),
        ("Candidate", f"{candidate.name} ({candidate.code})"),
        ("Form of partnership", answer.arrangement),
        *figures_used(answer.as_of, answer.snapshot, answer.version, answer.method),
    )

    def sheets() -> tuple[Sheet, ...]:
        return (*listed.sheets(), question_sheet(Question(who), answer.as_of, answer.snapshot))

    return Paper(listed.name, listed.title, listed.day, listed.report, sheets, answer, answer.to_rows)
