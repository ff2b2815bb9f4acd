"""Sums over what may be missing: a sum of which a part is not known is not known."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def total(parts: Iterable[str | pl.Expr]) -> pl.Expr:
    """The sum of columns, row by row; null where any of them is null.

    What is suppressed or missing is no nought. Where a publisher leaves a cell blank for none, the reader
    fills it before, and says so.
    """
    return pl.sum_horizontal(list(parts), ignore_nulls=False)


def total_of_rows(column: str) -> pl.Expr:
    """The sum of a column over the rows of a group; null where any of them is null."""
    return pl.when(pl.col(column).is_not_null().all()).then(pl.col(column).sum())
