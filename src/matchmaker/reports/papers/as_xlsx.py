"""A workbook (.xlsx) with typed cells: numbers, days and texts, and never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from matchmaker.errors import MissingExtra
from matchmaker.reports.papers.document import Cell, Sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NUMBER_FORMATS = {"percent": "0%", "whole": "#,##0", "short": "0.00", "km": "0", "day": "d mmm yyyy"}
MAX_WIDTH, MIN_WIDTH = 60, 9
"""Of a column, in characters."""
MAX_NAMED = 3
"""A name among so many first columns stays in sight beside the others."""
MAX_ACROSS = 18
"""Columns that can be read on one page across."""
MAX_TEXT = 32_767
"""Characters that Excel takes in one cell."""


def xlsx(sheets: Sequence[Sheet], title: str, day: date) -> bytes:
    """A workbook; the same sheets give the same bytes.

    Args:
        sheets: in their order.
        title: a property of the file.
        day: of the answer.

    Raises:
        MissingExtra: XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        step = "Take the table as CSV, or install matchmaker with its extra 'papers'."
        raise MissingExtra("Workbooks can't be made here.", step) from error
    out = io.BytesIO()
    own = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, {**own, "in_memory": True})
    # Without a fixed day the bytes would depend on the clock.
    book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day)})
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D8DDE0", "bottom": 1}
    )
    styles = {
        name: book.add_format({"num_format": number, "valign": "top"})
        for name, number in NUMBER_FORMATS.items()
    }
    styles["text"] = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, head, styles)
    book.close()
    return out.getvalue()


def _write(made: Worksheet, sheet: Sheet, head: Format, styles: Mapping[str, Format]) -> None:
    for at, column in enumerate(sheet.columns):
        made.write_string(0, at, column, head)
        shown = [len(line) for row in sheet.rows for line in _shown(row[at])]
        made.set_column(at, at, min(MAX_WIDTH, max(MIN_WIDTH, len(column) * 0.7, *shown, 0) + 2))
    for number, row in enumerate(sheet.rows, start=1):
        for at, value in enumerate(row):
            _cell(made, number, at, value, sheet.formats.get(sheet.columns[at], ""), styles)
    named = sheet.columns.index("Name") + 1 if "Name" in sheet.columns[:MAX_NAMED] else 1
    made.freeze_panes(1, named)
    if sheet.rows:
        made.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    made.set_landscape()
    made.set_paper(9)  # A4
    n_across = -(-len(sheet.columns) // MAX_ACROSS)
    made.fit_to_pages(n_across, 0)
    made.repeat_rows(0)
    if n_across > 1:
        made.repeat_columns(0, named - 1)
    made.set_footer("&L&A&RPage &P of &N")


def _cell(made: Worksheet, row: int, at: int, value: Cell, shown: str, styles: Mapping[str, Format]) -> None:
    if value is None or (isinstance(value, str | tuple) and not value):
        return
    if isinstance(value, bool):
        made.write_string(row, at, "Yes" if value else "No", styles["text"])
    elif isinstance(value, int | float):
        made.write_number(row, at, value, styles.get(shown))
    elif isinstance(value, date):
        made.write_datetime(row, at, datetime(value.year, value.month, value.day), styles["day"])
    else:
        made.write_string(row, at, "\n".join(_lines(value))[:MAX_TEXT], styles["text"])


def _shown(value: Any) -> list[str]:
    """The lines of a cell as wide as they are shown; a number with many digits is shown with fewer."""
    return [f"{value:.6g}"] if isinstance(value, float) else _lines(value)


def _lines(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return [] if value is None else str(value).splitlines()
