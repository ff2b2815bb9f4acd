"""Tables without content of their own: one with lines, one plain."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from rich.table import Table

from matchmaker.cli.terminal.console import console

NUMBER_WIDTH = 20
"""Maximum width of a column of numbers in a plain table."""


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table with lines."""
    table = Table(*headings)
    for row in rows:
        table.add_row(*row)
    console.print(table)


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
