"""Pairings from a user's file: every problem is reported, and what is usable is used.

The file has the columns of the snapshot's table of pairings. To be replayed a pairing needs who was helped,
who helped, in which way and from when; all else may be missing, and what is then assumed is reported.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from matchmaker.dates import format_date
from matchmaker.errors import BadFile, Issue
from matchmaker.sector import Sector
from matchmaker.sources.fact_table import CONFIDENCE, PRECISIONS
from matchmaker.sources.pairings import COLUMNS, SCOPES, STATUSES, check_pairings

NEEDED = ("recipient", "partner", "kind", "start")
"""Without these a pairing can't be replayed."""
WORDS = {
    "scope": SCOPES,
    "status": STATUSES,
    "start_precision": PRECISIONS,
    "confidence": CONFIDENCE,
    "code_confidence": CONFIDENCE,
}
"""Columns that decide whether and how a pairing is replayed, and the words they may hold."""
ASSUMED = {
    "scope": "whole",
    "status": "completed",
    "start_precision": "day",
    "confidence": "medium",
    "code_confidence": "medium",
}
"""What an empty cell is taken as, so that a pairing whose file says less is still scored."""
STRICT = ("scope", "status")
"""A word here that is not known may mean that the pairing does not count, so it is not guessed."""
DATES = (
    ("%d/%m/%Y", "day"),
    ("%d-%b-%Y", "day"),
    ("%d %B %Y", "day"),
    ("%Y-%m-%d %H:%M:%S", "day"),
    ("%Y-%m-%dT%H:%M:%S", "day"),
    ("%Y-%m", "month"),
    ("%B %Y", "month"),
    ("%Y", "year"),
)
"""How spreadsheets and people write dates here, and how precise each is; the day stands before the month."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of the file, and what was done about it.

    Attributes:
        row: of the file, where 1 is the heading; None for the whole column.
        found: what stands there; None is nothing.
        left_out: whether the row is not used because of it.
    """

    row: int | None
    column: str
    found: str | None
    expected: str
    done: str
    left_out: bool

    def __str__(self) -> str:
        where = f"column {self.column}" if self.row is None else f"row {self.row}, {self.column}"
        found = "nothing stands there" if self.found is None else f"found {self.found!r}"
        return f"{where}: {found}; expected {self.expected}. {self.done}"


@dataclass(frozen=True)
class UserPairings:
    """The usable pairings of a file, in the form of the snapshot's table, and what was wrong.

    Attributes:
        rows: how many the file holds, blank ones aside.
    """

    table: pl.DataFrame
    problems: tuple[Problem, ...]
    rows: int

    @property
    def left_out(self) -> dict[int, str]:
        """Row of the file -> the first reason why it is not used."""
        out: dict[int, str] = {}
        for one in self.problems:
            if one.left_out and one.row is not None:
                out.setdefault(one.row, str(one))
        return out


def headings(sector: Sector) -> dict[str, str]:
    """Column -> heading in a user's file, where it is another."""
    code = sector.words.code_column
    return {
        "recipient": f"recipient_{code}",
        "partner": f"partner_{code}",
        "start": "start_date",
        "end": "end_date",
    }


def read_pairings(path: Path, known: frozenset[str], sector: Sector) -> UserPairings:
    """Read pairings that may be incomplete.

    Args:
        path: a CSV file with at least the columns of `NEEDED` under their `headings`.
        known: codes of the organisations that the snapshot holds.
        sector: whose kinds of pairing these are.

    Raises:
        BadFile: the file can't be read as a table with these columns.
    """
    if not path.is_file():
        raise BadFile([Issue(path.name, "a CSV file at this path")], "Check the path.")
    heading = headings(sector)
    needed = ", ".join(heading.get(name, name) for name in NEEDED)
    try:
        table = check_pairings(
            path,
            heading,
            kinds=sector.pairing_kinds,
            code_pattern=sector.words.code_pattern,
            required=NEEDED,
        )
    except BadFile as error:
        step = f"Save the table as CSV, with commas and the headings {needed}."
        raise BadFile(error.faults, step) from error
    blank = pl.all_horizontal(pl.col(name).is_null() for name in COLUMNS)
    dates = _other_dates(table.issues.found, heading["start"])
    frame = _dated(_sound(table.frame.filter(~blank), sector), dates)
    rows = set(frame["row"])
    named = {heading: name for name, heading in table.headings.items()}
    unusable = {name: _unusable(frame, name) for name in (*NEEDED, *STRICT)}
    absent = {
        name for name in COLUMNS if name not in NEEDED and table.frame[name].null_count() == len(table.frame)
    }
    problems: dict[tuple[int | None, str, str], Problem] = {}
    for fault in table.issues.found:
        name = named[fault.column or ""]
        if fault.row not in rows or (name == "start_precision" and fault.row in dates):
            continue
        row = None if name in absent else fault.row
        out = row is not None and row in unusable.get(name, set())
        found = fault.value or None
        done = (
            f"Read as {format_date(*dates[fault.row])}." if name == "start" and fault.row in dates else None
        )
        problems[row, name, "" if row is None else fault.expected] = Problem(
            row, fault.column or name, found, fault.expected, done or _done(name, found, out, sector), out
        )
    for problem in _unknown_codes(frame, known, table.headings):
        problems[problem.row, problem.column, problem.expected] = problem
    ordered = sorted(problems.values(), key=lambda one: (one.row or 0, one.column, one.expected))
    lost = {one.row for one in ordered if one.left_out}
    usable = frame.filter(~pl.col("row").is_in(sorted(filter(None, lost))))
    return UserPairings(_filled(usable), tuple(ordered), frame.height)


def _other_dates(faults: Collection[Issue], heading: str) -> dict[int, tuple[date, str]]:
    """Row -> the start and its precision, where it is written in one of the `DATES`."""
    out: dict[int, tuple[date, str]] = {}
    for fault in faults:
        if fault.row is not None and fault.column == heading and fault.value:
            for form, precision in DATES:
                try:
                    out.setdefault(fault.row, (datetime.strptime(fault.value, form).date(), precision))
                except ValueError:
                    continue
    return out


def _dated(frame: pl.DataFrame, dates: dict[int, tuple[date, str]]) -> pl.DataFrame:
    """The frame with these starts; a month or a year is no more precise than it is written."""
    other = pl.DataFrame(
        [(row, *read) for row, read in dates.items()],
        schema={"row": frame.schema["row"], "other": pl.Date, "other_precision": pl.String},
        orient="row",
    )
    coarse = pl.when(pl.col("other_precision") != "day").then("other_precision")
    return frame.join(other, on="row", how="left", maintain_order="left").with_columns(
        start=pl.coalesce("other", "start"),
        start_precision=pl.coalesce(coarse, "start_precision", "other_precision"),
    )


def _sound(frame: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Words and codes that are not known are emptied; `raw_` keeps what stood in the strict columns."""
    allowed = WORDS | {"kind": tuple(sector.pairing_kinds)}
    frame = frame.with_columns(pl.col(name).alias(f"raw_{name}") for name in STRICT).with_columns(
        pl.col(name).str.to_lowercase().str.replace_all("[ -]", "_").replace(_aliases(sector))
        for name in allowed
    )
    pattern = sector.words.code_pattern
    code = {side: pl.col(side).str.contains(pattern).fill_null(False) for side in ("recipient", "partner")}
    checks = code | {name: pl.col(name).is_in(words).fill_null(False) for name, words in allowed.items()}
    return frame.with_columns(pl.when(sound).then(pl.col(name)).alias(name) for name, sound in checks.items())


def _aliases(sector: Sector) -> dict[str, str]:
    """Other words for a scope."""
    one = sector.words.organisation.replace(" ", "_")
    return {f"whole_{one}": "whole", f"part_of_{one}": "part", "service_level": "service"}


def _unusable(frame: pl.DataFrame, name: str) -> set[int]:
    """Rows that can't be used because of a column."""
    bad = pl.col(name).is_null()
    if name in STRICT:
        bad &= pl.col(f"raw_{name}").is_not_null()
    if name == "partner":
        bad |= (pl.col("partner") == pl.col("recipient")).fill_null(False)
    return set(frame.filter(bad)["row"])


def _done(name: str, found: str | None, left_out: bool, sector: Sector) -> str:
    if left_out:
        return "The row is left out."
    if found is not None:
        word = re.sub("[ -]", "_", found.lower())
        word = _aliases(sector).get(word, word)
        if word in (sector.pairing_kinds if name == "kind" else WORDS.get(name, ())):
            return f"Read as {word.replace('_', ' ')}."
    if name == "pairing_id":
        return "The row is called by its number."
    if name == "start":
        return "The first day that it can mean is used."
    if name in ASSUMED and (found is None or name not in STRICT):
        return f"Taken as {ASSUMED[name].replace('_', ' ')}."
    return "The row is used: this is not needed to score it."


def _unknown_codes(frame: pl.DataFrame, known: frozenset[str], headings: dict[str, str]) -> list[Problem]:
    return [
        Problem(row, headings[side], code, "a code that the snapshot holds", "The row is left out.", True)
        for side in ("recipient", "partner")
        for row, code in frame.select("row", side).drop_nulls().iter_rows()
        if code not in known
    ]


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The form of the snapshot's table: an id for every row, and what is assumed in empty cells."""
    named = pl.col("pairing_id").is_not_null() & ~pl.col("pairing_id").is_duplicated()
    return frame.with_columns(
        pl.when(named).then("pairing_id").otherwise(pl.format("row {}", "row")).alias("pairing_id"),
        *(pl.col(name).fill_null(word) for name, word in ASSUMED.items()),
    ).select(COLUMNS)
