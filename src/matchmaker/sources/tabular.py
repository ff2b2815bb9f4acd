"""Reads tables out of official files: headings are found by their words, and all issues are reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl

from matchmaker.errors import BadFile, Issue, IssueList
from matchmaker.sources import said
from matchmaker.sources.files import cells as cells
from matchmaker.sources.files import note_headings, note_said, note_table
from matchmaker.sources.files import parquet as parquet
from matchmaker.sources.files import plain as plain
from matchmaker.sources.files import r_data as r_data
from matchmaker.sources.files import r_frame as r_frame
from matchmaker.sources.marks import MISSING, with_missing_as_null

FEWEST_ROWS = 20
"""A column without any number is a fault in a table of at least so many rows."""
NEAR_TOTAL = 0.001
"""Sums may differ from the line of totals by this share, for rounding."""
ROUNDED = 0.01
"""Numbers that must lie between others may be so far outside, for rounding."""
REMEDY = "Rows may be missing, or cells changed: download the file again."


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
    adds_up: tuple[str, str] | None = None,
    repeats: bool = False,
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
        adds_up: the words of the line of totals, and the pattern of the keys of those rows, kept or not, that
            add up to it: the sums of their numbers are compared with the line, where it is there.
        repeats: whether a row may stand there twice, word for word.

    Returns:
        The wanted columns under their names, with `row` (1 is the first row of the sheet).

    Raises:
        BadFile: unreadable file, missing headings, repeated rows, sums unlike the line of totals, or cells
            that are not numbers, all together.
    """
    raw = cells(path, sheet)
    at, places = _heading(path, sheet, raw, columns)
    body = raw.slice(at + 1).with_row_index("row", offset=at + 2)
    issues = IssueList()
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
    if not repeats:
        issues.extend(_repeated(path.name, sheet, body.filter(pl.col("row").is_in(frame["row"].implode()))))
    frame = frame.with_columns(
        _numbers(path.name, sheet, frame, c, issues) for c in columns if c.kind == "number"
    )
    issues.extend(_without_a_number(path.name, sheet, frame, columns))
    if adds_up is not None and not issues.found:  # what is wrong in a row says more than its sum
        issues.extend(_unlike_total(path.name, sheet, body, columns, places, key, *adds_up))
    issues.raise_if_any()
    if key in frame.columns:
        numbers = {c.heading: pl.col(c.name) for c in columns if c.kind == "number" and not c.under}
        note_table(path.name, frame.select(pl.col(key).alias("key"), **numbers))
    return frame


def one_value(path: Path, frame: pl.DataFrame, column: str, heading: str | None = None) -> str:
    """The only value of a column, as of the period that a whole file is of.

    Raises:
        BadFile: there are several, or none.
    """
    found = frame[column].unique().sort().to_list()
    if len(found) == 1 and found[0]:
        return str(found[0])
    issue = Issue(path.name, "one and the same in every row", f"{found[:4]}", column=heading or column)
    raise BadFile([issue], "The file may hold two periods: take each from its own file.")


def once_each(path: Path, frame: pl.DataFrame, key: Sequence[str]) -> None:
    """Refuse rows of which the key stands there twice.

    Raises:
        BadFile: with the first of them, and how many there are.
    """
    twice = frame.filter(frame.select(key).is_duplicated())
    if not twice.is_empty():
        shown = " ".join(str(cell) for cell in twice.select(key).row(0))
        issue = Issue(
            path.name, f"one row for each {', '.join(key)}", f"{twice.height} rows, such as {shown}"
        )
        raise BadFile([issue], "Rows were pasted twice: download the file again.")


def same_sum(path: Path, frame: pl.DataFrame, parts: Sequence[str], whole: str) -> None:
    """Refuse rows in which the parts, blank for none, do not add up to the whole that is stated.

    Raises:
        BadFile: with the first of them, and how many there are.
    """
    added = pl.sum_horizontal(pl.col(part).fill_null(0) for part in parts)
    off = frame.with_columns(added=added).filter((pl.col("added") - pl.col(whole)).abs() > 0.5)
    if not off.is_empty():
        found = f"{off['added'][0]:g} and {off[whole][0]:g}, in the first of {off.height} rows"
        issue = Issue(path.name, f"parts ({parts[0]} to {parts[-1]}) that add up to {whole}", found)
        raise BadFile([issue], "Cells may be blank or moved: download the file again.")


def between(path: Path, frame: pl.DataFrame, name: str, bounds: Sequence[str]) -> None:
    """Refuse rows in which a number lies outside others: a score its limits, a whole its parts.

    Args:
        path: the file.
        frame: of numbers.
        name: the column that lies between the others, whichever of these is the lower.
        bounds: the others; rows that lack one are passed over, and so is a file that lacks one.

    Raises:
        BadFile: with the first of them, and how many there are.
    """
    if not {name, *bounds} <= {*frame.columns}:
        return
    low, high = (of(*(pl.col(one) for one in bounds)) for of in (pl.min_horizontal, pl.max_horizontal))
    off = frame.drop_nulls([name, *bounds]).filter(~pl.col(name).is_between(low - ROUNDED, high + ROUNDED))
    if not off.is_empty():
        shown = " and ".join(f"{off[one][0]:g}" for one in bounds)
        expected = f"{name} between {' and '.join(bounds)}"
        found = f"{off[name][0]:g} beside {shown}, in the first of {off.height} rows"
        raise BadFile([Issue(path.name, expected, found)], "Columns may be swapped: download the file again.")


def _without_a_number(
    file: str, sheet: str | None, frame: pl.DataFrame, columns: Sequence[Column]
) -> list[Issue]:
    return [
        Issue(file, "a number in some row", sheet=sheet, column=c.heading, remedy="All of it is suppressed.")
        for c in columns
        if c.kind == "number" and c.required and frame.height >= FEWEST_ROWS and frame[c.name].is_null().all()
    ]


def _repeated(file: str, sheet: str | None, body: pl.DataFrame) -> list[Issue]:
    twice = body.filter(~pl.struct(pl.exclude("row")).is_first_distinct())
    return [
        Issue(file, "a row that stands there once", sheet=sheet, row=row, remedy="Rows were pasted twice.")
        for row in twice["row"]
    ]


def _unlike_total(
    file: str,
    sheet: str | None,
    body: pl.DataFrame,
    columns: Sequence[Column],
    places: Mapping[str, int],
    key: str,
    words: str,
    counted: str,
) -> list[Issue]:
    """Columns of which the sum over the counted rows is not that of the line of totals."""
    names = body.columns[1:]
    said = pl.any_horizontal(pl.col(names).str.strip_chars().str.to_uppercase() == words.upper())
    line = body.filter(said.fill_null(False))
    if line.height != 1:
        return []
    keys = pl.col(names[places[key]]).str.strip_chars().str.to_uppercase()
    rows = body.filter(keys.str.contains(counted).fill_null(False), ~said.fill_null(False))
    issues = []
    for column in (c for c in columns if c.kind == "number" and c.name in places):
        name = names[places[column.name]]
        number = with_missing_as_null(pl.col(name)).str.replace_all(",", "").cast(pl.Float64, strict=False)
        total, added = line.select(number).item(), rows.select(number.sum()).item()
        if total is not None and abs(added - total) > max(1.0, NEAR_TOTAL * abs(total)):
            expected = f"figures that add up to the line {words}, {total:,.6g}"
            issues.append(
                Issue(file, expected, f"{added:,.6g}", sheet, line["row"][0], column.heading, REMEDY)
            )
    return issues


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
            notes = (cell for line in raw.head(at).iter_rows() for cell in line if cell)
            note_said(month for note in notes for month in said.months(note))
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
