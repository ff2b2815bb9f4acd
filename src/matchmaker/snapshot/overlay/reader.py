"""Reads a user's table, from a file or a frame, as rows of text; parses numbers and days."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sources.files import WORKBOOKS, cells
from matchmaker.sources.periods import MONTHS
from matchmaker.sources.tabular import MISSING

if TYPE_CHECKING:
    import pandas as pd

START_HERE = "'matchmaker template' writes a file to start from."
WIDE_CHARACTERS = (b"\xff\xfe", b"\xfe\xff")
"""How a file begins that Excel saved as 'Unicode text', which no CSV reader expects."""
ERROR = "#ERROR!"
FRAME = "a data frame"
"""The name of a table that is no file."""

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?(e[+-]?\d+)?|[+-]?\.\d+(e[+-]?\d+)?")
_DAYS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?"),
    re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<month>[a-z]+)\.?,?[ -](?P<year>\d{4})"),
    re.compile(r"(?P<month>[a-z]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})"),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A table as text.

    Attributes:
        name: of the file, for issues and provenance.
        heading_row: its number.
        headings: as in the table.
        rows: number of the row and its cells, as many as headings; blank rows are left out.
    """

    name: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(data: str | Path | pl.DataFrame | pd.DataFrame) -> Cells:
    """A CSV file, an Excel workbook (its first sheet), a polars or a pandas frame, as text.

    Rows are numbered as in a spreadsheet; in a frame, 1 is the first row below the headings.

    Raises:
        BadFile: the file does not exist, does not open, or holds no heading.
    """
    if not isinstance(data, str | Path):
        frame = data if isinstance(data, pl.DataFrame) else _with_index(data)
        columns = [[_text(cell) for cell in _column(frame, name)] for name in frame.columns]
        headings = tuple(str(name).strip() for name in frame.columns)
        return Cells(FRAME, 0, headings, tuple(_filled(zip(*columns, strict=True), 1)))
    path = Path(data)
    _check_file(path)
    raw = [[(cell or "").strip() for cell in row] for row in cells(path).iter_rows()]
    for row, column in _errors(path):
        raw[row][column] = ERROR
    at = next((at for at, row in enumerate(raw) if any(row) and not is_remark(row[0])), None)
    if at is None:
        raise BadFile([Issue(path.name, "a row of headings; the file is empty")], START_HERE)
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if mark in raw[at][0]:
            issue = Issue(path.name, "commas between the columns", word, row=at + 1)
            raise BadFile([issue], "Save the sheet as 'CSV UTF-8 (comma delimited)'.")
    return Cells(path.name, at + 1, tuple(raw[at]), tuple(_filled(raw[at + 1 :], at + 2)))


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise BadFile([Issue(path.name, f"a file; there is none at {path}")], START_HERE)
    with path.open("rb") as file:
        if file.read(2) in WIDE_CHARACTERS:
            issue = Issue(path.name, "a CSV file in UTF-8; this one is 'Unicode text' (UTF-16)")
            raise BadFile([issue], "Save the sheet as 'CSV UTF-8 (comma delimited)'.")


def _errors(path: Path) -> list[tuple[int, int]]:
    """Positions at which a workbook shows an error such as #REF!, which would be read as an empty cell."""
    if path.suffix.casefold() not in WORKBOOKS:
        return []
    import fastexcel

    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string", skip_rows=0)
    _, found = sheet.to_arrow_with_errors()
    return [error.position for error in found.errors] if found else []


def _filled(rows: Iterable[Sequence[str]], first: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(rows, first):
        if any(row):
            yield number, tuple(row)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Codes may be the index of a pandas frame; an index without a name is only a count."""
    return frame if frame.index.names == [None] else frame.reset_index()


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


def is_remark(cell: str) -> bool:
    """Whether a row that begins so is a remark; `#REF!` and other errors are not."""
    return cell == "#" or cell.startswith("# ")


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or holds a mark that publishers use for no value."""
    return cell.casefold() in MISSING


def is_formula(cell: str) -> bool:
    """Whether a cell is a formula, which no program but a spreadsheet can read."""
    return cell[:1] in {"=", "@"} or (cell[:1] in {"+", "-"} and cell[1:2].isalpha())


def number(cell: str, unit: str) -> float:
    """The number in a cell; 74% is 0.74 where the unit is a share.

    Raises:
        ValueError: says what was expected.
    """
    tidy = re.sub(r"[£$€\s]", "", cell).casefold()
    if is_formula(cell):
        raise ValueError("a number, not a formula; copy the column and paste its values")
    if cell.startswith("#"):
        raise ValueError("a number, not an error of the spreadsheet")
    if tidy.endswith("%") and unit != "share":
        raise ValueError(f"a number of {unit}, not a percentage")
    if not _NUMBER.fullmatch(tidy.removesuffix("%")):
        raise ValueError(f"a number of {unit}, such as 1234.5")
    value = float(tidy.removesuffix("%").replace(",", ""))
    if not math.isfinite(value):
        raise ValueError("a smaller number")
    return value / 100 if tidy.endswith("%") else value


def day(cell: str) -> date:
    """The day in a cell: 2026-03-31, 31/03/2026 (day first) or 31 March 2026.

    Raises:
        ValueError: says what was expected.
    """
    for form in _DAYS:
        if found := form.fullmatch(cell.casefold()):
            month = found["month"]
            try:
                of_year = int(month) if month.isdigit() else MONTHS[month]
                return date(int(found["year"]), of_year, int(found["day"]))
            except (KeyError, ValueError):
                break
    raise ValueError("a day, YYYY-MM-DD or DD/MM/YYYY")
