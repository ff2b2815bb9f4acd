"""Answers as tables: the same columns in Python, and as CSV at every door (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from matchmaker.extras import named_if_missing

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Row = Mapping[str, Any]
"""Column -> value: a number, a text, a date, several texts, or None for unknown."""
SEPARATOR = " | "
"""Between several texts in one cell."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula."""
MAX_HTML_ROWS = 20
"""Maximum number of rows that a notebook shows."""


class Tabular:
    """An answer that is also a table."""

    __slots__ = ()

    def to_rows(self) -> list[Row]:
        """One flat mapping per row, all with the same columns."""
        raise NotImplementedError

    def to_polars(self) -> pl.DataFrame:
        """`to_rows` as a polars frame; several texts of one cell are a list."""
        import polars as pl

        rows = [
            {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
            for row in self.to_rows()
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    @named_if_missing()
    def to_pandas(self) -> pd.DataFrame:
        """`to_rows` as a pandas frame; several texts of one cell are joined."""
        import pandas as pd

        return pd.DataFrame([{name: _flat(value) for name, value in row.items()} for row in self.to_rows()])

    def _repr_html_(self) -> str:
        """As notebooks show it: its one-line `repr`, and the first rows."""
        rows = self.to_rows()
        head = "".join(f"<th>{escape(name)}</th>" for name in (rows[0] if rows else ()))
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row.values()) + "</tr>"
            for row in rows[:MAX_HTML_ROWS]
        )
        return (
            f"<p>{escape(repr(self))}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def to_csv(rows: Iterable[Row], columns: Sequence[str] = ()) -> Iterator[str]:
    """A heading, then each row, as lines of CSV; no text starts a formula in a spreadsheet.

    Args:
        rows: all with the same columns.
        columns: those wanted, in order; by default as the first row has them.
    """
    if columns:
        yield _line(columns)
    for row in rows:
        if not columns:
            columns = list(row)
            yield _line(columns)
        yield _line([_cell(row[name]) for name in columns])


def _cell(value: Any) -> Any:
    value = _flat(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _flat(value: Any) -> Any:
    return SEPARATOR.join(map(str, value)) if isinstance(value, list | tuple) else value


def _shown(value: Any) -> str:
    value = _flat(value)
    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
