"""How official files are opened and their cells read: as published (CSV) or compiled (Parquet)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sources.files import note_headings
from matchmaker.sources.tabular import between

STATE_FUNDED = 400_000
"""URNs from this one on are of Wales."""
MIXED_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y%m%d", "%Y-%m-%d %H:%M:%S")
NO_DAY = pl.date(1901, 1, 1)
"""GIAS writes 1 January 1900 where it does not know a day."""


def table(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> pl.DataFrame:
    """The named columns of a file as text, whatever its ending; empty cells are null.

    Args:
        path: CSV as published (UTF-8 or Windows-1252), or Parquet with the same headings.
        columns: that must be there.
        optional: that are null where they are missing.

    Raises:
        BadFile: it can't be read, or a column is missing.
    """
    try:
        raw = pl.read_parquet(path) if path.suffix == ".parquet" else _csv(path)
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise BadFile([Issue(path.name, f"a readable table ({error})"[:200])], "Get it again.") from error
    missing = [name for name in columns if name not in raw.columns]
    if missing:
        raise BadFile([Issue(path.name, f"a column {name}") for name in missing], "Check the file.")
    wanted = [*columns, *(name for name in optional if name in raw.columns)]
    note_headings({name: name for name in wanted})
    absent = [pl.lit(None, pl.String).alias(name) for name in optional if name not in raw.columns]
    text = pl.col(wanted).cast(pl.String).str.strip_chars().replace("", None)
    return raw.select(text).with_columns(absent)


def _csv(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return pl.read_csv(text.encode(), infer_schema_length=0)


def urn(column: str) -> pl.Expr:
    """A URN or UID as text: 100000.0 is 100000; what is no number is null."""
    return pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int64).cast(pl.String)


def number(column: str) -> pl.Expr:
    """A number; null for the words that stand for none (NA, SUPP, NE, LOWCOV)."""
    return pl.col(column).str.replace_all("[,£%]", "").cast(pl.Float64, strict=False)


def percent(column: str) -> pl.Expr:
    """A percentage, with or without its sign, as a share from 0 to 1."""
    return number(column) / 100


def day(column: str) -> pl.Expr:
    """A day in any of the forms of these files; null for none and for 1 January 1900."""
    read = pl.coalesce(pl.col(column).str.to_date(form, strict=False) for form in MIXED_DAYS)
    return pl.when(read > NO_DAY).then(read)


def in_order(path: Path, raw: pl.DataFrame, bounds: Mapping[str, Sequence[str]]) -> None:
    """Refuse scores outside their limits, and wholes outside their parts; see `tabular.between`.

    Args:
        path: the file.
        raw: as `table` gives it.
        bounds: column -> the columns between which it lies; those that are null throughout say nothing.
    """
    for name, others in bounds.items():
        between(path, raw.select(number(one) for one in (name, *others)), name, others)


def is_school(code: pl.Expr) -> pl.Expr:
    """Whether a URN is of England."""
    return code.cast(pl.Int64, strict=False).is_between(100_000, STATE_FUNDED - 1)


def long(frame: pl.DataFrame, measures: Sequence[str]) -> pl.DataFrame:
    """One row per organisation and measure, of a table with `code`, `period_start` and `period_end`.

    Columns that are neither stay beside them, such as `known_from`; rows without a value are left out.
    """
    beside = [name for name in frame.columns if name not in measures]
    return frame.unpivot(list(measures), index=beside, variable_name="measure").drop_nulls(
        ["code", "value", "period_end"]
    )
