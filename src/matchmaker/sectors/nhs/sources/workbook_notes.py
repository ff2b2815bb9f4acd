"""The notes above the tables of NHS England's workbooks: when each came out, and whether it was revised."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from matchmaker.errors import BadFile, Issue
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS

NOTES = 15
"""Rows of notes above the table."""
DAY = re.compile(r"(?:[A-Za-z]+day )?(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]+) (20\d\d)")


def published(path: Path, sheet: str) -> date:
    """The day beside "Revised:" or, where none stands there, beside "Published:".

    Raises:
        BadFile: there is neither.
    """
    days: dict[str, date] = {}
    for cells in tabular.cells(path, sheet).head(NOTES).iter_rows():
        texts = [(text or "").strip() for text in cells]
        for label in ("Published:", "Revised:"):
            found = next(filter(None, map(DAY.fullmatch, texts)), None) if label in texts else None
            if found and found[2].casefold() in MONTHS:
                days[label] = date(int(found[3]), MONTHS[found[2].casefold()], int(found[1]))
    if not days:
        issue = Issue(
            path.name, "the day of publication, such as 21st May 2025", sheet=sheet, column="Published:"
        )
        raise BadFile([issue], "Check that this is the official workbook.")
    return max(days.values())
