"""Checks for tables of facts compiled by hand: codes, dates, precisions, known words (by dataframely)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import dataframely as dy
import polars as pl

from matchmaker.errors import IssueList
from matchmaker.sources import tabular
from matchmaker.sources.user_tables.validator import Told, check

CONFIDENCE = ("high", "medium", "low")
PRECISIONS = ("day", "month", "year")


class FactTable:
    """One file of facts, checked and typed column by column; all its issues are reported together."""

    def __init__(
        self, source: Path | pl.DataFrame, headings: dict[str, str], file: str | None = None
    ) -> None:
        """Read a CSV file as text.

        Args:
            source: the file; or what was read of one, as text under these names, with `row`.
            headings: name in the frame -> heading in the file.
            file: its name, where it was read already.
        """
        if isinstance(source, Path):
            columns = [tabular.text(name, heading) for name, heading in headings.items()]
            frame = tabular.table(source, columns, key=columns[0].name, keep=None)
            self.file = source.name
        else:
            frame, self.file = source, file or ""
        self.headings = headings
        self.frame = frame.with_columns(
            pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in headings
        )
        self.issues = IssueList()

    def refuse(self, column: str, bad: pl.Expr, expected: str) -> None:
        """Add an issue for every row where `bad` holds."""
        content: dict[str, Any] = {name: dy.Any() for name in self.frame.columns}
        schema = type("Facts", (dy.Schema,), content | {"sound": dy.rule()(lambda cls: ~bad)})
        told = Told(
            column=lambda row: self.headings[column],
            expected=lambda row: expected,
            value=lambda row: "" if row[column] is None else str(row[column]),
        )
        self.issues.extend(list(check(self.frame, schema, {"sound": told}, self.file, None)))

    def filled(self, *columns: str) -> None:
        """No cell may be empty."""
        for column in columns:
            self.refuse(column, pl.col(column).is_null(), "a value")

    def unique(self, column: str) -> None:
        """No value may be repeated."""
        self.refuse(column, pl.col(column).is_duplicated(), "a value that is not repeated")

    def codes(self, *columns: str, pattern: str) -> None:
        """Every cell is the code of an organisation, in any case; it becomes capitals."""
        for column in columns:
            code = pl.col(column).str.to_uppercase()
            self.refuse(column, ~code.str.contains(pattern).fill_null(False), "the code of an organisation")
            self.frame = self.frame.with_columns(code)

    def words(self, column: str, allowed: Iterable[str], *, empty: bool = False) -> None:
        """Every cell is one of the known words."""
        choice = sorted(allowed)
        known = pl.col(column).is_in(choice).fill_null(empty)
        self.refuse(column, ~known, f"one of {', '.join(choice)}")

    def dates(self, column: str, precision: str | None = None) -> None:
        """Full dates; a month or a year is its first day, with its precision in a column of its own."""
        parsed = pl.col(column).str.to_date("%Y-%m-%d", strict=False)
        self.refuse(column, pl.col(column).is_not_null() & parsed.is_null(), "a date, YYYY-MM-DD")
        self.frame = self.frame.with_columns(parsed.alias(column))
        if precision is None:
            return
        both = pl.col(column).is_null() == pl.col(precision).is_null()
        known = pl.col(precision).is_in(PRECISIONS).fill_null(True)
        self.refuse(precision, ~(known & both), f"one of {', '.join(PRECISIONS)} where there is a date")
        day, month = pl.col(column).dt.day(), pl.col(column).dt.month()
        odd = (pl.col(precision) == "month") & (day != 1)
        odd |= (pl.col(precision) == "year") & ((day != 1) | (month != 1))
        self.refuse(column, odd, "the first day of its month or year, as its precision says")

    def partial_dates(self, column: str, edge: Literal["first", "last"]) -> None:
        """Dates as precise as their source (2024, 2024-03, 2024-03-05) to a day and a precision."""
        raw = pl.col(column)
        known = raw.str.contains(r"^\d{4}(-\d{2}(-\d{2})?)?$")
        length = raw.str.len_chars()
        padded = pl.when(length == 4).then(raw + "-01-01").when(length == 7).then(raw + "-01")
        first = padded.otherwise(raw).str.to_date("%Y-%m-%d", strict=False)
        bad = raw.is_not_null() & ~(known & first.is_not_null())
        self.refuse(column, bad, "YYYY, YYYY-MM or YYYY-MM-DD")
        year_end = first.dt.offset_by("12mo").dt.offset_by("-1d")
        last = pl.when(length == 4).then(year_end).when(length == 7).then(first.dt.month_end())
        word = pl.when(length == 4).then(pl.lit("year")).when(length == 7).then(pl.lit("month"))
        self.frame = self.frame.with_columns(
            (first if edge == "first" else last.otherwise(first)).alias(column),
            pl.when(raw.is_not_null()).then(word.otherwise(pl.lit("day"))).alias(f"{column}_precision"),
        )

    def ordered(self, start: str, end: str) -> None:
        """No end before its start; an end known to the month or year counts as its last day."""
        end_precision = pl.col(f"{end}_precision")
        latest = (
            pl.when(end_precision == "year")
            .then(pl.col(end).dt.offset_by("12mo").dt.offset_by("-1d"))
            .when(end_precision == "month")
            .then(pl.col(end).dt.month_end())
            .otherwise(pl.col(end))
        )
        self.refuse(end, (latest < pl.col(start)).fill_null(False), "a day not before its start")

    def result(self, *columns: str) -> pl.DataFrame:
        """The wanted columns, or every issue at once.

        Raises:
            BadFile: when any check failed.
        """
        self.issues.raise_if_any()
        return self.frame.select(columns)
