"""Opens the tables that users bring (a text file, a workbook, a frame) as sheets of text."""

from __future__ import annotations

import csv
import io
import logging
import math
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sources.files import decode, is_page

if TYPE_CHECKING:
    import pandas as pd

FRAME = "a data frame"
"""The name of a table that is no file."""
ERROR = "#ERROR!"
"""What stands for an error such as #REF!, which would be read as an empty cell."""
UNVALUED = "=?"
"""How the text of a formula begins of which the workbook holds no value."""
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
MAX_BYTES = 50_000_000
"""The largest file, and ten times as much unpacked: no table that people fill in comes near it."""
MAX_LINES = 20
"""In one cell; more are a quotation mark that nobody closed."""
SMALLER = "Keep the sheet that is meant, and save it as CSV."
_OLE, _ZIP, _PDF = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF"
_MOJIBAKE = ("\u00e2\u20ac", "\u00c2\u00a3", "\u00c3\u00a9")
"""What becomes of dashes, pound signs and accents that were saved twice over."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text.

    Attributes:
        file: the name of the file, for issues and provenance.
        name: of the sheet; None in a file that holds one only.
        rows: as long as they are in the file.
        delimiter: between the cells of a text file.
        first: the number of the first row; in a frame, where it holds the headings, 0.
    """

    file: str
    name: str | None
    rows: tuple[tuple[str, ...], ...]
    delimiter: str | None = None
    first: int = 1


def open_sheets(data: str | Path | pl.DataFrame | pd.DataFrame) -> tuple[Sheet, ...]:
    """Every sheet of a workbook, or a text file once for each character that may stand between its cells.

    Args:
        data: a path, with `#` and the name of a sheet behind it where one is meant; or a frame. What a file
            is, is seen from its content.

    Raises:
        BadFile: there is no such file or sheet, it is too large, or it is no table.
    """
    if not isinstance(data, str | Path):
        return (_of_frame(data),)
    path, wanted = Path(data), None
    if not path.is_file() and "#" in path.name:
        whole, _, wanted = str(data).rpartition("#")
        path = Path(whole)
    if not path.is_file():
        raise BadFile([Issue(path.name, f"a file; there is none at {path}")], "Check the path.")
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise BadFile([Issue(path.name, f"at most {MAX_BYTES // 1_000_000} MB")], SMALLER)
    if raw[:4] in (_OLE, _ZIP):
        sheets = tuple(_of_workbook(raw, path.name))
        if wanted is None:
            return sheets
        named = [one for one in sheets if (one.name or "").casefold() == wanted.strip().casefold()]
        if not named:
            names = ", ".join(one.name or "" for one in sheets)
            raise BadFile([Issue(path.name, f"one of its sheets: {names}", wanted)], "Name one of them.")
        return tuple(named)
    return tuple(_of_text(raw, path.name))


def _of_frame(data: pl.DataFrame | pd.DataFrame) -> Sheet:
    # Codes may be the index of a pandas frame; an index without a name is only a count.
    if not isinstance(data, pl.DataFrame) and data.index.names != [None]:
        data = data.reset_index()
    columns = [[_text(cell) for cell in _column(data, name)] for name in data.columns]
    headings = tuple(str(name).strip() for name in data.columns)
    return Sheet(FRAME, None, (headings, *zip(*columns, strict=True)), first=0)


def _column(frame: pl.DataFrame | pd.DataFrame, name: Any) -> list[Any]:
    if isinstance(frame, pl.DataFrame):
        return list(frame[name])
    column = frame[name]
    return list(column.astype(object).where(column.notna(), None))


def _text(cell: Any) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return (float.__repr__(cell) if isinstance(cell, float) else str(cell)).strip()


def _of_text(raw: bytes, name: str) -> Iterator[Sheet]:
    if is_page(raw):
        expected = "a table, not a web page saved under its name"
        raise BadFile([Issue(name, expected)], "Save the table itself, as CSV or as an Excel workbook.")
    text = None if raw.startswith(_PDF) else decode(raw)
    if text is None:
        expected = "a CSV file or an Excel workbook, not a PDF" if raw.startswith(_PDF) else "a CSV file"
        raise BadFile([Issue(name, expected)], "Save the table as CSV or as an Excel workbook.")
    if any(sign in text for sign in _MOJIBAKE):
        with suppress(UnicodeError):  # else these signs are meant
            text = text.encode("cp1252").decode("utf-8")
    beginning = "\n".join(text.split("\n", 80)[:80])
    for delimiter in DELIMITERS:
        if delimiter == "," or delimiter in beginning:
            yield Sheet(name, None, tuple(_lines(text, delimiter, name)), delimiter)


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[str, ...]]:
    """Rows of cells; a quotation mark that is never closed would swallow the rest of the file."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    row = 0
    try:
        for cells in reader:
            row += 1
            if any(cell.count("\n") > MAX_LINES for cell in cells):
                raise csv.Error("a cell of many lines")
            yield tuple(cell.strip() for cell in cells)
    except csv.Error as error:
        issue = Issue(name, "a quotation mark that is closed in its cell", row=max(row, 1))
        raise BadFile([issue], 'Close it, or write it twice ("") where it belongs to the words.') from error


def _of_workbook(raw: bytes, name: str) -> Iterator[Sheet]:
    """The sheets of a workbook; Excel's own are read with their formulas, older ones without."""
    if raw[:4] == _ZIP:
        _check_size(raw, name)
        try:
            rows_of = _read_excel(raw)
        except Exception:  # an OpenDocument workbook, or one that only the other reader opens
            rows_of = None
        if rows_of is not None:
            yield from (Sheet(name, sheet, rows) for sheet, rows in rows_of.items())
            return
    import fastexcel

    # The reader warns of every number format it does not know; the values are read all the same.
    logging.getLogger("calamine").setLevel(logging.ERROR)
    try:
        book = fastexcel.read_excel(raw)
        loaded = {
            one: book.load_sheet(one, header_row=None, dtypes="string", skip_rows=0)
            for one in book.sheet_names
        }
        read = {one: (sheet.to_polars(), sheet.to_arrow_with_errors()[1]) for one, sheet in loaded.items()}
    except Exception as error:
        locked = " without a password" if raw[:4] == _OLE else ""
        step = "Open it in Excel and save it again as a workbook (.xlsx) or as CSV."
        raise BadFile([Issue(name, f"an Excel workbook that opens{locked}")], step) from error
    for sheet, (frame, errors) in read.items():
        rows = [[(cell or "").strip() for cell in row] for row in frame.iter_rows()]
        for at, column in [one.position for one in errors.errors] if errors else []:
            rows[at][column] = ERROR
        yield Sheet(name, sheet, tuple(map(tuple, rows)))


def _check_size(raw: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        issue = Issue(name, "an Excel workbook that opens; this one is damaged or cut short")
        raise BadFile([issue], "Save or send it again.") from error
    if unpacked > 10 * MAX_BYTES:
        raise BadFile([Issue(name, f"at most {MAX_BYTES // 100_000} MB when unpacked")], SMALLER)


def _read_excel(raw: bytes) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Sheet -> its rows; a formula that was saved without its value is told from an empty cell.

    Programs that write workbooks without working them out leave the values away.
    """
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
        values = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
        out = {}
        for sheet in values.worksheets:
            other = formulas[sheet.title]
            for one in (sheet, other):
                one.reset_dimensions()  # some programs write them wrong
            pairs = zip(sheet.iter_rows(), other.iter_rows(), strict=True)
            out[sheet.title] = tuple(
                tuple(_cell(*both) for both in zip(shown, written, strict=True)) for shown, written in pairs
            )
    return out


def _cell(shown: Any, written: Any) -> str:
    if shown.data_type == "e":
        return ERROR
    if shown.value is None and written.data_type == "f":
        return f"{UNVALUED} {getattr(written.value, 'text', written.value)}"
    return _text(shown.value)
