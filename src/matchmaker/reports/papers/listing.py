"""A plain list on paper: one table, and what it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matchmaker.dates import format_date
from matchmaker.reports.papers.document import Caveat, Cell, Document, Paper, Sheet, Table


def list_paper(
    name: str,
    title: str,
    day: date,
    rows: Sequence[Mapping[str, Any]],
    notes: Sequence[str] = (),
) -> Paper:
    """A list, ready for each writer.

    Args:
        name: of a file, without its ending.
        title: of the document.
        day: of the figures behind it.
        rows: all with the same columns.
        notes: what to know before using it.
    """
    columns = tuple(rows[0]) if rows else ()
    headings = tuple(_heading(column) for column in columns)
    numeric = frozenset(
        at
        for at, column in enumerate(columns)
        if all(isinstance(row[column], int | float | None) for row in rows)
    )

    def report() -> Document:
        cells = tuple(tuple(_text(row[column]) for column in columns) for row in rows)
        warned = (Caveat(tuple(notes)),) if notes else ()
        subtitle = f"As of {format_date(day)}."
        return Document(
            title=title,
            subtitle=subtitle,
            blocks=(*warned, Table(f"{len(rows)} in all", headings, cells, numeric)),
            footer=f"{title}. {subtitle}",
            day=day,
        )

    def sheets() -> tuple[Sheet, ...]:
        cells = tuple(tuple(_cell(row[column]) for column in columns) for row in rows)
        told: list[tuple[Cell, ...]] = [(title,), (f"As of {format_date(day)}",), *((one,) for one in notes)]
        return Sheet("List", headings, cells), Sheet("About", ("What it is",), tuple(told))

    return Paper(name, title, day, report, sheets, rows, lambda: rows)


def _heading(column: str) -> str:
    words = column.replace("_", " ")
    return words[:1].upper() + words[1:]


def _cell(value: Any) -> Cell:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
