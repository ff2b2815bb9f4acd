"""A caller's own figures, within limits: as rows in a body, or as a CSV file."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from weakref import WeakKeyDictionary

import polars as pl
from pydantic import Field

from matchmaker.errors import BadFile, Issue
from matchmaker.features.overlay_template import profile_labels
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import Text
from matchmaker.snapshot.overlay.merge import OwnData, read

MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 500, 500, 20_000
MAX_CHARACTERS = 500_000
FILE = "own-data.csv"
REMEMBERED = 16
"""Tables whose engine a process keeps, for the next question with the same table."""
_REMEDY = "Send fewer organisations or measures at a time."

Cell = Annotated[str, Field(max_length=200)] | Annotated[float, Field(allow_inf_nan=False)] | None
DataRows = Annotated[
    list[Annotated[dict[Text, Cell], Field(min_length=1, max_length=MAX_COLUMNS)]],
    Field(min_length=1, max_length=MAX_ROWS),
]


def with_rows(engine: Matchmaker, rows: DataRows) -> Matchmaker:
    """An engine with rows laid over its figures.

    Raises:
        BadFile: with every fault of the rows; its place is the field `data` of the body.
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    _check_size(len(rows), len(columns))
    cells = {column: [_text(row.get(column)) for row in rows] for column in columns}

    def with_table() -> Matchmaker:
        try:
            return engine.with_data(pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String)))
        except BadFile as error:
            error.loc = ("data",)
            raise

    return _remembered(engine, json.dumps(cells), with_table)


def with_text(engine: Matchmaker, text: str) -> Matchmaker:
    """An engine with the text of a CSV file laid over its figures.

    Raises:
        BadFile: with every fault of the table.
    """

    def with_table() -> Matchmaker:
        with _as_file(text) as file:
            return engine.with_data(file)

    return _remembered(engine, text, with_table)


def read_text(engine: Matchmaker, text: str) -> tuple[OwnData, Matchmaker]:
    """What was understood of the text of a CSV file, and an engine with it laid over its figures.

    Raises:
        BadFile: with every fault of the table.
    """
    with _as_file(text) as file:
        own = read(file, engine.snapshot, profile_labels(engine.sector))
        return own, _remembered(engine, text, lambda: engine.with_data(file))


_engines: WeakKeyDictionary[Matchmaker, OrderedDict[bytes, Matchmaker]] = WeakKeyDictionary()
_lock = threading.Lock()


def _remembered(engine: Matchmaker, table: str, with_table: Callable[[], Matchmaker]) -> Matchmaker:
    """The engine with a table laid over it; made once for tables that are the same to the letter."""
    key = hashlib.sha256(table.encode("utf-8", "surrogatepass")).digest()
    with _lock:
        known = _engines.setdefault(engine, OrderedDict())
        if key in known:
            known.move_to_end(key)
            return known[key]
    made = with_table()
    with _lock:
        known[key] = made
        while len(known) > REMEMBERED:
            known.popitem(last=False)
    return made


@contextmanager
def _as_file(text: str) -> Iterator[Path]:
    """A text as a file that is gone afterwards."""
    lines = text.splitlines()
    _check_size(len(lines), max((line.count(",") + 1 for line in lines), default=0))
    with tempfile.TemporaryDirectory(prefix="matchmaker-") as folder:
        file = Path(folder) / FILE
        file.write_text(text, "utf-8", "replace", newline="")
        yield file


def _check_size(rows: int, columns: int) -> None:
    for found, limit, word in ((rows, MAX_ROWS, "rows"), (columns, MAX_COLUMNS, "columns")):
        if found > limit:
            raise BadFile([Issue(FILE, f"at most {limit} {word}", str(found))], _REMEDY)
    if rows * columns > MAX_CELLS:
        raise BadFile([Issue(FILE, f"at most {MAX_CELLS} cells", str(rows * columns))], _REMEDY)


def _text(cell: str | float | None) -> str | None:
    return f"{cell:.17g}" if isinstance(cell, float) else cell
