"""Tables without content of their own: one with lines, one plain."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from matchmaker.cli.terminal.console import console

MAX_NAME = 40
"""Characters of a name that a table leaves room for in its first column."""
MIN_COLUMN = 12
"""Characters per column below which a table is too narrow to be read."""
NUMBER_WIDTH = 20
"""Maximum width of a column of numbers in a plain table."""


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table with lines; where the terminal is too narrow for one, a paragraph for each row."""
    if console.width < MIN_COLUMN * len(headings):
        for row in rows:
            for heading, cell in zip(headings, row, strict=True):
                if cell:
                    console.print(f"[dim]{escape(heading)}:[/] {escape(cell)}")
            console.print()
        return
    listed = [list(row) for row in rows]
    table = Table()
    for at, heading in enumerate(headings):
        # Commands take what stands in the first column: it is never cut short.
        words = (len(word) for row in listed for word in row[at].split()) if at == 0 else ()
        longest = max(words, default=0)
        table.add_column(heading, overflow="fold", min_width=min(longest, MAX_NAME) or None)
    for row in listed:
        table.add_row(*row)
    console.print(table)


def show_rows(headings: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print some columns of a list.

    Args:
        headings: column -> its heading.
        rows: of which other columns are left out.
    """
    cells = ([_cell(row[column]) for column in headings] for row in rows)
    print_table(list(headings.values()), cells)


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def plain_table(*headings: str, right: Container[int] = (), wide: Container[int] = (0,)) -> Table:
    """A table without lines.

    Args:
        headings: one for each column.
        right: columns of numbers, aligned to the right.
        wide: columns that wrap where the terminal is narrow.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for at, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if at in right else "left",
            no_wrap=at not in wide,
            overflow="fold",
            max_width=NUMBER_WIDTH if at in right else None,
        )
    return table


def capitalized(text: str) -> str:
    """A text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]
