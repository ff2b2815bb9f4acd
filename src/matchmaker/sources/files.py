"""Opens files of every format, as cells or as R objects; within a build each sheet only once."""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, wraps
from itertools import zip_longest
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import polars as pl

from matchmaker.errors import BadFile, Issue

MAX_OPEN = 12
"""How many sheets, and how many R objects, stay in memory for the next reader within a build."""

WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods")
"""File endings of spreadsheets."""

P = ParamSpec("P")
T = TypeVar("T")

NOT_SIGN = "\u00ac"
"""What some publishers put between fields, where others put a comma."""


def plain(heading: str | None) -> str:
    """A heading without case, spacing and symbols, for comparing."""
    return re.sub(r"[^a-z0-9%&+<>/]+", " ", (heading or "").casefold()).strip()


@dataclass
class Session:
    """What a build keeps while it runs.

    Attributes:
        headings: for each column of the tables read last, the headings that it has in the file.
        said: the months that stand above the tables read last.
        tables: the tables read last, each as the name of its file and its numbers.
        caches: for each function that is decorated with `once`, the same with a cache.
    """

    headings: dict[str, set[str]] = field(default_factory=dict)
    said: set[date] = field(default_factory=set)
    tables: list[tuple[str, pl.DataFrame]] = field(default_factory=list)
    caches: dict[Callable[..., Any], Callable[..., Any]] = field(default_factory=dict)

    def heading(self, column: str) -> str:
        """The heading of a column in the file, or its own name for one that was derived."""
        return " or ".join(sorted(self.headings.get(column, {column})))


_session: ContextVar[Session | None] = ContextVar("session", default=None)


@contextmanager
def open_session() -> Iterator[Session]:
    """While it lasts, the files must not change: what several readers need is opened once."""
    started = Session()
    token = _session.set(started)
    try:
        yield started
    finally:
        _session.reset(token)


def once(function: Callable[P, T]) -> Callable[P, T]:
    """Cache a function within a session; without one, it is called every time."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        session = _session.get()
        if session is None:
            return function(*args, **kwargs)
        if function not in session.caches:
            session.caches[function] = lru_cache(maxsize=MAX_OPEN)(function)
        found: T = session.caches[function](*args, **kwargs)
        return found

    return wrapper


def note_headings(headings: dict[str, str]) -> None:
    """Record in the session, if there is one, which heading each column was read from."""
    session = _session.get()
    if session:
        for column, heading in headings.items():
            session.headings.setdefault(column, set()).add(heading)


def note_said(months: Iterable[date]) -> None:
    """Record in the session, if there is one, the months that the words above a table name."""
    session = _session.get()
    if session:
        session.said.update(months)


def note_table(file: str, numbers: pl.DataFrame) -> None:
    """Record in the session, if there is one, a table: `key` and columns of numbers under their headings."""
    session = _session.get()
    if session:
        session.tables.append((file, numbers))


@once
def cells(path: Path, sheet: str | None = None) -> pl.DataFrame:
    """Every cell of one sheet (or of a CSV file, also zipped or gzipped) as text, no heading.

    Raises:
        BadFile: the file is missing, damaged, not what its name says, or has no such sheet.
    """
    try:
        if path.suffix.casefold() in WORKBOOKS:
            return _sheet(path, sheet)
        return _delimited(_decoded(path))
    except BadFile:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error


@once
def r_data(path: Path) -> Any:
    """The first object of an R data file (`.rda`, `.rds`), a pandas frame mostly.

    Raises:
        BadFile: the file is damaged or no R data.
    """
    import pyreadr

    if not path.is_file():
        raise _unreadable(path, FileNotFoundError("there is no such file"))
    try:
        return next(iter(pyreadr.read_r(str(path)).values()))
    except (pyreadr.LibrdataError, StopIteration):
        return _r_object(path)  # points and other objects that are more than a plain table


def r_frame(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of the data frame in an R data file; what R calls NA is null.

    Raises:
        BadFile: the file is damaged, is no R data frame, or lacks a column.
    """
    raw = r_data(path)
    missing = [name for name in columns if name not in raw]
    if missing:
        raise BadFile([Issue(path.name, f"the columns {missing}")], "Check that this is the right file.")
    # R's factors are words here; which of them it knows is of no interest.
    frame: pl.DataFrame = pl.from_pandas(raw[list(columns)])
    return frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))


def parquet(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of a Parquet file.

    Raises:
        BadFile: the file is missing, damaged, no Parquet, or lacks a column.
    """
    try:
        return pl.read_parquet(path, columns=list(columns))
    except pl.exceptions.ColumnNotFoundError as error:
        issue = Issue(path.name, f"the columns {list(columns)}")
        raise BadFile([issue], "Check that this is the right file.") from error
    except Exception as error:
        raise _unreadable(path, error) from error


def _sheet(path: Path, sheet: str | None) -> pl.DataFrame:
    import fastexcel

    if is_page(path.read_bytes()):
        expected = "an Excel workbook, not a web page or XML saved under its name"
        raise BadFile([Issue(path.name, expected)], "Download the workbook again.")
    # The reader warns of every number format it does not know; the values are read all the same.
    logging.getLogger("calamine").setLevel(logging.ERROR)
    book = fastexcel.read_excel(path)
    names = {plain(name): name for name in book.sheet_names}
    wanted = book.sheet_names[0] if sheet is None else names.get(plain(sheet))
    if wanted is None:
        issue = Issue(path.name, f"a sheet named {sheet!r}; the sheets are {book.sheet_names}")
        raise BadFile([issue], "Check that this is the right edition of the file.")
    return book.load_sheet(wanted, header_row=None, dtypes="string", skip_rows=0).to_polars()


def is_page(raw: bytes) -> bool:
    """Whether a file is a web page or XML, whatever its name says."""
    return raw[:512].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _decoded(path: Path) -> str:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (inner,) = [name for name in archive.namelist() if name.casefold().endswith(".csv")]
            raw = archive.read(inner)
    elif path.suffix == ".gz":
        raw = gzip.decompress(path.read_bytes())
    else:
        raw = path.read_bytes()
    if is_page(raw):
        expected = "a CSV file, not a web page saved under its name"
        raise BadFile([Issue(path.name, expected)], "Download the file again.")
    text = decode(raw)
    if text is None:
        raise BadFile([Issue(path.name, "a CSV file, not a binary one")], "Download the file again.")
    return text


def decode(raw: bytes) -> str | None:
    """The text of a file in one of the encodings that spreadsheets save in; None where it is no text.

    Ends of lines are those of Unix.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    elif b"\0" in raw:
        return None
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            # Of the dashes, quotation marks and accents of the two, these are likelier of the old Mac's.
            likely = re.search(rb"[\x83\x86-\x90\x98-\x9f\xd0-\xd5]", raw) is not None
            old_mac = likely and b"\r" in raw and b"\n" not in raw
            text = raw.decode("mac_roman" if old_mac else "cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimited(content: str) -> pl.DataFrame:
    rows: Iterable[list[str]] = csv.reader(io.StringIO(content))
    if NOT_SIGN in content.partition("\n")[0]:
        # Nothing is quoted there: quotation marks belong to the words.
        rows = csv.reader(io.StringIO(content), delimiter=NOT_SIGN, quoting=csv.QUOTE_NONE)
    columns = zip_longest(*rows)
    return pl.DataFrame([pl.Series(f"c{at}", column, pl.String) for at, column in enumerate(columns)])


def _unreadable(path: Path, error: Exception) -> BadFile:
    reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
    return BadFile([Issue(path.name, f"a file that opens ({reason})")], "Download it again or leave it out.")


def _r_object(path: Path) -> Any:
    import rdata

    try:
        with warnings.catch_warnings():
            # R classes without a Python counterpart come as what they hold.
            warnings.simplefilter("ignore", UserWarning)
            content = rdata.read_rds(path) if path.suffix.casefold() == ".rds" else rdata.read_rda(path)
    except Exception as error:
        raise _unreadable(path, error) from error
    return next(iter(content.values())) if isinstance(content, dict) else content
