"""Checks what was read from a user's table against a schema; each rule says what it expected and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from matchmaker.errors import Issue

ROW = "row"
"""The column that holds the number of the row in the file."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a broken rule is told; each function is given the row as a dictionary.

    Attributes:
        column: the heading under which the fault is.
        expected: what should be there.
        value: what is.
        remedy: what to do.
    """

    column: Callable[[Mapping[str, Any]], str | None]
    expected: Callable[[Mapping[str, Any]], str]
    value: Callable[[Mapping[str, Any]], str | None] = lambda row: None
    remedy: Callable[[Mapping[str, Any]], str] = lambda row: ""


def check(
    frame: pl.DataFrame, schema: type[dy.Schema], told: Mapping[str, Told], file: str, sheet: str | None
) -> Iterator[Issue]:
    """An issue for every rule of a schema that a row breaks, in the order of the rows.

    Args:
        frame: in the columns of the schema, with `row`.
        schema: what must hold; what is unknown breaks no rule.
        told: rule -> how it is told. Every rule of the schema is in it.
        file, sheet: for the issues.
    """
    _, failure = schema.filter(frame)
    broken = failure.details()
    rules = [name for name in broken.columns if name not in frame.columns]
    for row in broken.sort(ROW).iter_rows(named=True):
        for rule in rules:
            if row[rule] == "invalid":
                how = told[rule]
                yield Issue(
                    file, how.expected(row), how.value(row), sheet, row[ROW], how.column(row), how.remedy(row)
                )


def types(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    """Column -> type of a schema, for making a frame of it."""
    return {name: column.dtype for name, column in schema.columns().items()}
