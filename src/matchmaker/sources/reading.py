"""Reads tables out of official files: headings are found, not counted, and all faults are told."""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl

from matchmaker.errors import BadFile, Fault, Faults

MISSING = frozenset({"", "-", "*", ".", "..", ":", "n/a", "na", "nan", "null", "none", "[c]", "[x]", "z"})
"""Marks that publishers use for a suppressed, absent or not applicable value."""

TRUST_CODE = r"^(R[A-Z0-9]{2}|T[A-Z0-9]{2}|G6V2S|K0N6A)$"
"""ODS codes of NHS trusts and care trusts, with the two long codes issued since 2024."""


@dataclass(frozen=True, slots=True)
class Column:
    """One wanted column.

    Attributes:
        name: its name in the frame that comes back.
        heading: its heading in the file; case, spacing and stray symbols do not matter.
            A heading that ends in `…` matches any heading that begins so.
        kind: how the cells are read.
        occurrence: which one is meant where a heading stands more than once, from 1.
        required: a missing column is a fault when True, a column of nulls when False.
        factor: multiplies numbers into the unit of the measure.
    """

    name: str
    heading: str
    kind: Literal["text", "number"] = "number"
    occurrence: int = 1
    required: bool = True
    factor: float = 1.0


def text(name: str, heading: str, **more: Any) -> Column:
    """A column of words."""
    return Column(name, heading, "text", **more)


def number(name: str, heading: str, **more: Any) -> Column:
    """A column of numbers."""
    return Column(name, heading, "number", **more)


def plain(heading: str | None) -> str:
    """A heading without case, spacing and symbols, for comparing."""
    return re.sub(r"[^a-z0-9%&+<>/]+", " ", (heading or "").casefold()).strip()


def cells(path: Path, sheet: str | None = None) -> pl.DataFrame:
    """Every cell of one sheet (or of a CSV file, also zipped or gzipped) as text, no heading.

    Raises:
        BadFile: the file is missing, damaged, not what its name says, or has no such sheet.
    """
    try:
        if path.suffix.casefold() in {".xlsx", ".xls", ".xlsm", ".ods"}:
            return _sheet(path, sheet)
        return _delimited(_decoded(path))
    except BadFile:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error


def _sheet(path: Path, sheet: str | None) -> pl.DataFrame:
    import fastexcel

    if path.read_bytes()[:512].lstrip()[:1] == b"<":
        expected = "an Excel workbook, not a web page or XML saved under its name"
        raise BadFile([Fault(path.name, expected)], "Download the workbook again.")
    # The reader warns of every number format it does not know; the values are read all the same.
    logging.getLogger("calamine").setLevel(logging.ERROR)
    book = fastexcel.read_excel(path)
    names = {plain(name): name for name in book.sheet_names}
    wanted = book.sheet_names[0] if sheet is None else names.get(plain(sheet))
    if wanted is None:
        fault = Fault(path.name, f"a sheet named {sheet!r}; the sheets are {book.sheet_names}")
        raise BadFile([fault], "Check that this is the right edition of the file.")
    return book.load_sheet(wanted, header_row=None, dtypes="string", skip_rows=0).to_polars()


def _decoded(path: Path) -> str:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (inner,) = [name for name in archive.namelist() if name.casefold().endswith(".csv")]
            raw = archive.read(inner)
    elif path.suffix == ".gz":
        raw = gzip.decompress(path.read_bytes())
    else:
        raw = path.read_bytes()
    if raw.lstrip()[:1] == b"<":
        expected = "a CSV file, not a web page saved under its name"
        raise BadFile([Fault(path.name, expected)], "Download the file again.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimited(content: str) -> pl.DataFrame:
    rows = list(csv.reader(io.StringIO(content)))
    width = max((len(row) for row in rows), default=0)
    columns = [
        pl.Series(f"c{at}", [row[at] if at < len(row) else None for row in rows], pl.String)
        for at in range(width)
    ]
    return pl.DataFrame(columns)


def _unreadable(path: Path, error: Exception) -> BadFile:
    reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
    return BadFile([Fault(path.name, f"a file that opens ({reason})")], "Download it again or leave it out.")


def table(
    path: Path,
    columns: Sequence[Column],
    *,
    sheet: str | None = None,
    key: str = "ods",
    keep: str | None = TRUST_CODE,
) -> pl.DataFrame:
    """One table of an official file.

    The heading row is the first that holds every required heading, so notes above it and columns
    in another order do no harm. Rows whose `key` does not match `keep` (totals, blank rows, other
    providers, footnotes) are left out. Codes are trimmed and put in capitals.

    Returns:
        The wanted columns under their names, with `row` (1 is the first row of the sheet).

    Raises:
        BadFile: unreadable file, missing headings, or cells that are not numbers, all together.
    """
    raw = cells(path, sheet)
    at, places = _heading(path, sheet, raw, columns)
    body = raw.slice(at + 1).with_row_index("row", offset=at + 2)
    frame = body.select(
        "row",
        *(
            (pl.col(raw.columns[places[c.name]]) if c.name in places else pl.lit(None, pl.String))
            .str.strip_chars()
            .alias(c.name)
            for c in columns
        ),
    )
    if keep is not None:
        frame = frame.with_columns(pl.col(key).str.to_uppercase())
        frame = frame.filter(pl.col(key).str.contains(keep).fill_null(False))
    if frame.is_empty():
        fault = Fault(path.name, f"rows under the headings of row {at + 1}", sheet=sheet)
        raise BadFile([fault], "The file may be cut short: download it again.")
    faults = Faults()
    frame = frame.with_columns(
        _numbers(path.name, sheet, frame, c, faults) for c in columns if c.kind == "number"
    )
    faults.raise_if_any()
    return frame


def _heading(
    path: Path, sheet: str | None, raw: pl.DataFrame, columns: Sequence[Column]
) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    required = {c.name for c in columns if c.required}
    for at, row in enumerate(raw.head(60).iter_rows()):
        headings = [plain(cell) for cell in row]
        places: dict[str, int] = {}
        for column in columns:
            wanted = plain(column.heading)
            prefix = column.heading.endswith("…")
            hits = [
                place
                for place, heading in enumerate(headings)
                if heading and (heading.startswith(wanted) if prefix else heading == wanted)
            ]
            if len(hits) >= column.occurrence:
                places[column.name] = hits[column.occurrence - 1]
        if required <= places.keys():
            return at, places
        if len(places) > len(best[1]):
            best = (at, places)
    missing = [c.heading for c in columns if c.required and c.name not in best[1]]
    fault = Fault(path.name, f"a row with the headings {missing}", sheet=sheet)
    raise BadFile([fault], "Check that this is the right file, sheet and edition.")


def _numbers(file: str, sheet: str | None, frame: pl.DataFrame, column: Column, faults: Faults) -> pl.Series:
    raw = frame[column.name]
    tidy = raw.str.replace_all(r"[,£\s]", "").str.strip_suffix("%")
    tidy = tidy.set(tidy.str.to_lowercase().is_in(list(MISSING)), None)
    value = tidy.cast(pl.Float64, strict=False)
    odd = frame.filter(tidy.is_not_null() & value.is_null()).select("row", column.name)
    for row, cell in odd.iter_rows():
        faults.add(Fault(file, "a number", cell, sheet, row, column.heading))
    return (value * column.factor if column.factor != 1.0 else value).alias(column.name)


def long(
    frame: pl.DataFrame,
    measures: Mapping[str, str] | Iterable[str],
    period: tuple[date, date] | None = None,
    *,
    sheet: str | None = None,
) -> pl.DataFrame:
    """Wide columns to measures in long form; unknown values are left out.

    Args:
        frame: `ods` (or `name` where the file has no codes), optionally `row`, `known_from`, and
            `period_start` with `period_end` where `period` is not given.
        measures: column -> measure, or the columns that already carry the measure's name.
        period: first and last day, the same for every row.
    """
    names = dict(measures) if isinstance(measures, Mapping) else {name: name for name in measures}
    if period is not None:
        frame = frame.with_columns(period_start=pl.lit(period[0]), period_end=pl.lit(period[1]))
    keep = ("ods", "name", "period_start", "period_end", "known_from", "row")
    index = [name for name in keep if name in frame.columns]
    out = frame.unpivot(list(names), index=index, variable_name="column", value_name="value")
    return out.with_columns(
        measure=pl.col("column").replace_strict(names, return_dtype=pl.String),
        value=pl.col("value").cast(pl.Float64),
        sheet=pl.lit(sheet, pl.String),
    ).filter(pl.col("value").is_not_null() & pl.col("value").is_finite())


def r_data(path: Path) -> Any:
    """The first object of an R data file (`.rda`, `.rds`), a pandas frame mostly.

    Raises:
        BadFile: the file is damaged or no R data.
    """
    import pyreadr

    try:
        return next(iter(pyreadr.read_r(str(path)).values()))
    except (pyreadr.LibrdataError, StopIteration):
        return _r_object(path)  # points and other objects that are more than a plain table


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


def r_frame(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of the data frame in an R data file; what R calls NA is null.

    Raises:
        BadFile: the file is damaged, is no R data frame, or lacks a column.
    """
    raw = r_data(path)
    missing = [name for name in columns if name not in raw]
    if missing:
        raise BadFile([Fault(path.name, f"the columns {missing}")], "Check that this is the right file.")
    # Columns with an NA come as Python objects with NaN among them, whatever they hold.
    values = {name: raw[name].astype(object).where(raw[name].notna(), None).tolist() for name in columns}
    return pl.DataFrame(values, strict=False)
