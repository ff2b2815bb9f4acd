"""Changes rows of a made-up workbook and lets its line of totals follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from openpyxl.worksheet.worksheet import Worksheet


@contextmanager
def totals_follow(sheet: Worksheet, line: int) -> Iterator[None]:
    """What is changed under the line of totals is changed in the line as well."""
    before = _sums(sheet, line)
    yield
    after = _sums(sheet, line)
    for column, was in before.items():
        cell = sheet.cell(line, column)
        if isinstance(cell.value, int | float) and abs(cell.value - was) < 1:  # else they are no sums
            cell.value += after[column] - was


def _sums(sheet: Worksheet, line: int) -> dict[int, float]:
    found = dict.fromkeys(range(1, sheet.max_column + 1), 0.0)
    for row in sheet.iter_rows(line + 1):
        for at, cell in enumerate(row, 1):
            if isinstance(cell.value, int | float):
                found[at] += cell.value
    return found
