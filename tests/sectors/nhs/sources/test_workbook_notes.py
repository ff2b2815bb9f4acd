"""When workbooks came out, from the notes above their tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import workbook_notes


def written(path: Path, notes: dict[str, str]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Beds"
    for label, text in notes.items():
        sheet.append([None, label, text])
    for _ in range(5):
        sheet.append(["R1H", 5])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("notes", "day"),
    [
        ({"Published:": "20th February 2025", "Revised:": "21st May 2025"}, date(2025, 5, 21)),
        ({"Published:": "Thursday 12th March 2026", "Revised:": ""}, date(2026, 3, 12)),
        ({"Published:": "3rd of never"}, None),
        ({"Period:": "1st May 2025"}, None),
    ],
)
def test_the_later_of_publication_and_revision(
    tmp_path: Path, notes: dict[str, str], day: date | None
) -> None:
    path = written(tmp_path / "beds.xlsx", notes)
    if day is None:
        with pytest.raises(BadFile, match="the day of publication"):
            workbook_notes.published(path, "Beds")
    else:
        assert workbook_notes.published(path, "Beds") == day
