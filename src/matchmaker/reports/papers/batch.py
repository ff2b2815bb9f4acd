"""The first options of many recipients on paper, a line for each."""

from __future__ import annotations

from matchmaker.models.batch import Batch
from matchmaker.reports.papers.document import Paper
from matchmaker.reports.papers.listing import list_paper
from matchmaker.sector import Sector

LEFT_OUT = ("arrangement", "as_of", "snapshot", "method", "version")
"""Columns of the CSV file that are the same in every row."""


def batch_paper(answer: Batch, sector: Sector) -> Paper:
    """Lists of many recipients, ready for each writer; printed, each option is one cell."""
    title = f"{answer.arrangement.capitalize()}: options to consider, one by one"
    made = f"Method {answer.method} {answer.version}, snapshot {answer.snapshot}. {answer.attribution}"
    notes = (*answer.changes, *answer.notes, made)
    name = f"batch-{answer.arrangement}-{answer.as_of.isoformat()}"
    whole = [{key: row[key] for key in row if key not in LEFT_OUT} for row in answer.to_rows()]
    short = [
        {
            sector.words.organisation: f"{line.recipient.name} ({line.recipient.code})",
            **{
                f"option {at + 1}": (
                    f"{one.organisation.name} ({one.organisation.code}), score {one.fit:.2f}"
                    if (one := dict(enumerate(line.options)).get(at))
                    else ""
                )
                for at in range(answer.top)
            },
            "note": line.note,
        }
        for line in answer.lines
    ]
    printed = list_paper(name, title, answer.as_of, short, notes)
    table = list_paper(name, title, answer.as_of, whole, notes)
    return Paper(name, title, answer.as_of, printed.report, table.sheets, answer, answer.to_rows)
