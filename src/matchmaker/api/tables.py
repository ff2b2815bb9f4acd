"""Tables as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula."""


def csv_lines(rows: Iterable[Row], columns: Sequence[str] = ()) -> Iterator[str]:
    """A heading, then each row; lists are joined, and no text starts a formula in a spreadsheet.

    Args:
        rows: with the same names each.
        columns: those names in the order wanted; by default as the first row has them.
    """
    if columns:
        yield _line(columns)
    for row in rows:
        if not columns:
            columns = list(row)
            yield _line(columns)
        yield _line([_cell(row[name]) for name in columns])


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        value = " | ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
