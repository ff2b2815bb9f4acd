"""Figures of a caller's own, within limits: as rows in a body, or as a CSV file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import Field

from matchmaker.api.dependencies import Word
from matchmaker.api.problems import MOST_FAULTS, FaultDetail, Placed, pointer
from matchmaker.errors import BadFile, Issue
from matchmaker.models.engine import Matchmaker

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 500, 200, 20_000
MOST_CHARACTERS = 500_000
FILE = "own-data.csv"
_REMEDY = "Send fewer organisations or measures at a time."

Cell = Annotated[str, Field(max_length=200)] | Annotated[float, Field(allow_inf_nan=False)] | None
OwnRows = Annotated[
    list[Annotated[dict[Word, Cell], Field(min_length=1, max_length=MOST_COLUMNS)]],
    Field(min_length=1, max_length=MOST_ROWS),
]


def with_rows(engine: Matchmaker, rows: OwnRows) -> Matchmaker:
    """A matchmaker with rows laid over its figures.

    Raises:
        BadFile: with every fault of the rows.
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    _within(len(rows), len(columns))
    cells = {column: [_text(row.get(column)) for row in rows] for column in columns}
    try:
        return engine.with_data(pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String)))
    except BadFile as error:
        raise Placed(error, [_placed(fault) for fault in error.faults[:MOST_FAULTS]], error.status) from error


def with_text(engine: Matchmaker, text: str) -> Matchmaker:
    """A matchmaker with the text of a CSV file laid over its figures.

    Raises:
        BadFile: with every fault of the table.
    """
    lines = text.splitlines()
    _within(len(lines), max((line.count(",") + 1 for line in lines), default=0))
    with tempfile.TemporaryDirectory(prefix="matchmaker-") as folder:
        file = Path(folder) / FILE
        file.write_text(text, "utf-8", "replace", newline="")
        return engine.with_data(file)


def _within(rows: int, columns: int) -> None:
    for found, most, word in ((rows, MOST_ROWS, "rows"), (columns, MOST_COLUMNS, "columns")):
        if found > most:
            raise BadFile([Issue(FILE, f"at most {most} {word}", str(found))], _REMEDY)
    if rows * columns > MOST_CELLS:
        raise BadFile([Issue(FILE, f"at most {MOST_CELLS} cells", str(rows * columns))], _REMEDY)


def _placed(fault: Issue) -> FaultDetail:
    """Where in the body a fault of a row is; the first row below the headings of a frame is 1."""
    row = [] if fault.row is None else [fault.row - 1]
    column = [] if fault.column is None else [fault.column]
    return FaultDetail(part="body", pointer=pointer(["data", *row, *column]), detail=str(fault))


def _text(cell: str | float | None) -> str | None:
    return f"{cell:.17g}" if isinstance(cell, float) else cell
