"""Wide or long CSV files in a zip archive, of which only some columns and rows are wanted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sources.files import note_headings


def columns(path: Path, headings: Mapping[str, str], ending: str = ".csv") -> pl.DataFrame:
    """Some columns as text, under their names.

    Args:
        path: the archive.
        headings: name in the frame -> heading in the file.
        ending: how the name of the wanted file within the archive ends.

    Raises:
        BadFile: it is no such archive, or lacks a column.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # Archives made on a Mac hold a shadow of each file.
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
            content = archive.read(next(name for name in names if name.endswith(ending)))
        frame = pl.read_csv(io.BytesIO(content), columns=list(headings.values()), infer_schema=False)
    except (zipfile.BadZipFile, StopIteration, pl.exceptions.PolarsError) as error:
        issue = Issue(path.name, f"a zipped CSV file with its columns ({str(error)[:120]})")
        raise BadFile([issue], "Download it again or leave it out.") from error
    note_headings(dict(headings))
    return frame.select(pl.col(heading).alias(name) for name, heading in headings.items())


def counts(path: Path, frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Columns of whole or rounded numbers; a blank is none known.

    Raises:
        BadFile: a cell is no number.
    """
    numbers = frame.with_columns(pl.col(name).cast(pl.Float64, strict=False) for name in names)
    issues = []
    for name in names:
        odd = numbers[name].is_null() & frame[name].is_not_null() & (frame[name] != "")
        issues += [
            Issue(path.name, "a number", cell, column=name) for cell in frame[name].filter(odd).unique()
        ]
    if issues:
        raise BadFile(issues, "Check that this is the right file.")
    return numbers
