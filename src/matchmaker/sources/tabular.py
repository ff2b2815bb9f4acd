"""Reads tables out of official files: headings are found by their words, and all issues are reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sources.files import cells as cells
from matchmaker.sources.files import note_headings
from matchmaker.sources.files import parquet as parquet
from matchmaker.sources.files import plain as plain
from matchmaker.sources.files import r_data as r_data
from matchmaker.sources.files import r_frame as r_frame
from matchmaker.sources.marks import MISSING, with_missing_as_null


@dataclass(frozen=True, slots=True)
class Column:
    """One wanted column.

    Attributes:
        name: its name in the frame that comes back.
        heading: its heading in the file; case, spacing and stray symbols do not matter.
            A heading that ends in `…` matches any heading that begins so.
        kind: how the cells are read.
        under: the group heading in the row above, where a heading occurs under several.
        occurrence: which one is meant where a heading occurs more than once, from 1.
        required: a missing column is an issue when True, a column of nulls when False.
        factor: multiplies numbers into the unit of the measure.
    """

    name: str
    heading: str
    kind: Literal["text", "number"] = "number"
    under: str | None = None
    occurrence: int = 1
    required: bool = True
    factor: float = 1.0


def text(name: str, heading: str, **more: Any) -> Column:
    """A column of words."""
    return Column(name, heading, "text", **more)


def number(name: str, heading: str, **more: Any) -> Column:
    """A column of numbers."""
    return Column(name, heading, "number", **more)


def table(
    path: Path,
    columns: Sequence[Column],
    *,
    sheet: str | None = None,
    key: str = "code",
    keep: str | None,
) -> pl.DataFrame:
    """One table of an official file.

    The heading row is the first that holds every required heading, so notes above it and columns
    in another order do no harm.

    Args:
        path: the file.
        columns: the wanted ones.
        sheet: of a workbook; by default the first.
        key: the column that says whom a row is about.
        keep: regular expression; rows whose key, trimmed and in capitals, does not match it (totals, blank
            rows, others, footnotes) are left out. None keeps every row.

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
        issue = Issue(path.name, f"rows under the headings of row {at + 1}", sheet=sheet)
        raise BadFile([issue], "The file may be cut short: download it again.")
    issues = IssueList()
    frame = frame.with_columns(
        _numbers(path.name, sheet, frame, c, issues) for c in columns if c.kind == "number"
    )
    issues.raise_if_any()
    return frame


def _heading(
    path: Path, sheet: str | None, raw: pl.DataFrame, columns: Sequence[Column]
) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    required = {c.name for c in columns if c.required}
    above: tuple[str | None, ...] = ()
    for at, row in enumerate(raw.head(60).iter_rows()):
        places = _places(row, above, columns)
        if required <= places.keys():
            note_headings({name: " ".join((row[place] or "").split()) for name, place in places.items()})
            return at, places
        if len(places) > len(best[1]):
            best = (at, places)
        above = row
    missing = [
        f"{c.heading} under {c.under}" if c.under else c.heading
        for c in columns
        if c.required and c.name not in best[1]
    ]
    issue = Issue(path.name, f"a row with the headings {missing}", sheet=sheet)
    raise BadFile([issue], "Check that this is the right file, sheet and edition.")


def _places(
    row: tuple[str | None, ...], above: tuple[str | None, ...], columns: Sequence[Column]
) -> dict[str, int]:
    """Positions of the wanted headings in a row, below the group headings of the row above."""
    standing: dict[str, list[int]] = {}
    for place, cell in enumerate(row):
        if heading := plain(cell):
            standing.setdefault(heading, []).append(place)
    groups: list[str] = []
    for cell in above:  # a group heading stands over all columns up to the next
        groups.append(plain(cell) or (groups[-1] if groups else ""))
    places = {}
    for column in columns:
        wanted = plain(column.heading)
        if column.heading.endswith("…"):
            hits = sorted(p for heading, at in standing.items() if heading.startswith(wanted) for p in at)
        else:
            hits = standing.get(wanted, [])
        if column.under is not None:
            hits = [place for place in hits if groups and groups[place] == plain(column.under)]
        if len(hits) >= column.occurrence:
            places[column.name] = hits[column.occurrence - 1]
    return places


def _numbers(
    file: str, sheet: str | None, frame: pl.DataFrame, column: Column, issues: IssueList
) -> pl.Series:
    known = frame.select(with_missing_as_null(pl.col(column.name))).to_series()
    tidy = known.str.replace_all(r"[,£\s]", "").str.strip_suffix("%")
    tidy = tidy.set(tidy.is_in(sorted(MISSING)), None)  # such as "£ -"
    value = tidy.cast(pl.Float64, strict=False)
    odd = frame.filter(tidy.is_not_null() & value.is_null()).select("row", column.name)
    for row, cell in odd.iter_rows():
        issues.add(Issue(file, "a number", cell, sheet, row, column.heading))
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
        frame: `code` (or `name` where the file has no codes), optionally `row`, `known_from`, and
            `period_start` with `period_end` where `period` is not given.
        measures: column -> measure, or the columns that already carry the measure's name.
        period: first and last day, the same for every row.
    """
    names = dict(measures) if isinstance(measures, Mapping) else {name: name for name in measures}
    if period is not None:
        frame = frame.with_columns(period_start=pl.lit(period[0]), period_end=pl.lit(period[1]))
    keep = ("code", "name", "period_start", "period_end", "known_from", "row")
    index = [name for name in keep if name in frame.columns]
    out = frame.unpivot(list(names), index=index, variable_name="column", value_name="value")
    return out.with_columns(
        measure=pl.col("column").replace_strict(names, return_dtype=pl.String),
        value=pl.col("value").cast(pl.Float64),
        sheet=pl.lit(sheet, pl.String),
    ).filter(pl.col("value").is_not_null() & pl.col("value").is_finite())
