"""Monthly counts to financial quarters, so that one odd month does not stand for a trust."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def quarterly(frame: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    """Sums of whole quarters; a quarter that lacks a month is left out.

    Args:
        frame: `ods`, `month` (its first day) and the counts; several rows of one month are added up.
        counts: columns to add up; a row with an unknown count makes its month unknown.
    """
    known = pl.all_horizontal(pl.col(name).is_not_null() & pl.col(name).is_not_nan() for name in counts)
    months = frame.group_by("code", "month", maintain_order=True).agg(
        pl.col(*counts).sum(), known.all().alias("known")
    )
    quarters = (
        months.filter("known")
        .with_columns(period_start=pl.col("month").dt.truncate("1q"))
        .group_by("code", "period_start", maintain_order=True)
        .agg(pl.col(*counts).sum(), pl.len().alias("months"))
    )
    end = pl.col("period_start").dt.offset_by("3mo").dt.offset_by("-1d")
    return quarters.filter(pl.col("months") == 3).with_columns(period_end=end).drop("months")


def share(part: str, whole: str) -> pl.Expr:
    """The part over the whole; unknown where the whole is nothing."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))
