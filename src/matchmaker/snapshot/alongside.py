"""Files that one reader puts together, such as the months of a quarter: each column beside the others'.

A share of a quarter moves by a third at most where one of its months is wrong. The months show it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from matchmaker.snapshot.checks import ENOUGH
from matchmaker.snapshot.continuity import SHOWN, Held, held
from matchmaker.snapshot.ingest import ReadFile

FILES = 3
"""Of two files that differ, nobody knows which is wrong."""
MANY = 100
"""A column is judged where it holds so many in one of the files."""
OFF = math.log(2)
"""A column is unlike where its total is twice that of the others, or half of it, and these agree so well."""
SMALL = 10
"""Counts of an organisation up to this one are as good as equal."""
ODD = math.log(5)
"""Its count is odd where it is so many times those in the others, or that fraction of them."""


def unlike(read: Sequence[ReadFile]) -> tuple[list[Held], list[tuple[str, str, str]]]:
    """Columns of one file that are unlike those of the files beside it, and odd counts of organisations.

    Returns:
        What is held until it is confirmed by name; and notes, each with the publication and the file whose
        figures rest on it.
    """
    doubts: dict[str, Held] = {}
    notes = []
    for item in (item for item in read if item.tables):
        counts = _counts(item)
        columns: dict[str, list[str]] = {}
        for file, column, found in _columns(counts):
            columns.setdefault(file, []).append(f"{column}: {found}")
        for file, of_file in columns.items():
            name = f"{item.publication.id}/columns/{file}"
            doubts[name] = held(name, file, "columns like those of the files beside it", _some(of_file))
        if odd := _odd(counts):
            text = f"{item.publication.id} ({item.name}): unlike the files beside it: {_some(odd)}."
            notes.append((item.publication.id, item.name, text))
    return [*doubts.values()], notes


def _some(found: Sequence[str]) -> str:
    more = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more


def _counts(item: ReadFile) -> pl.DataFrame:
    """`key`, `column`, `file` and `value` of organisations and columns that are in `FILES` files or more."""
    parts = [
        numbers.unpivot(index="key", variable_name="column", value_name="value")
        .with_columns(pl.col("value").cast(pl.Float64), file=pl.lit(file))
        .drop_nulls()
        for file, numbers in item.tables
        if len(numbers.columns) > 1 and numbers["key"].is_unique().all()
    ]
    schema = {"key": pl.String, "column": pl.String, "value": pl.Float64, "file": pl.String}
    if not parts:
        return pl.DataFrame(schema=schema)
    every = pl.concat(parts).unique(["key", "column", "file"], maintain_order=True)
    return every.filter(pl.col("file").n_unique().over("key", "column") >= FILES)


def _columns(counts: pl.DataFrame) -> list[tuple[str, str, str]]:
    """File, heading and what was found of columns that are unlike those of the other files."""
    whole = (pl.col("value") == pl.col("value").round()).all()
    totals = counts.group_by("column", "file").agg(
        n=pl.len(),
        total=pl.col("value").sum(),
        whole=whole,
        some=(pl.col("value") != 0).sum(),
    )
    of = pl.len().over("column") - 1
    totals = totals.filter(of + 1 >= FILES).with_columns(
        others=(pl.col("total").sum().over("column") - pl.col("total")) / of,
        whole_others=pl.col("whole").sum().over("column") - pl.col("whole").cast(pl.UInt32) == of,
        some_others=pl.col("some").sum().over("column") - pl.col("some"),
    )
    off = (pl.col("total").clip(1e-9) / pl.col("others").clip(1e-9)).log().abs()
    sizes = totals.with_columns(off=off).filter(
        pl.max_horizontal("total", "others") >= MANY, pl.col("n") >= ENOUGH, pl.col("off") > OFF
    )
    # Where one is off, the mean of the others is off for all; the furthest is the one.
    sizes = sizes.sort("off", descending=True).unique("column", keep="first", maintain_order=True)
    parts = totals.filter(~pl.col("whole"), "whole_others", pl.col("some_others") >= ENOUGH)
    return [
        *(
            (file, column, f"{total:,.6g} in all, and {others:,.6g} in the others")
            for file, column, total, others in sizes.sort("file", "column")
            .select("file", "column", "total", "others")
            .iter_rows()
        ),
        *(
            (file, column, "parts of one, where the others have whole numbers")
            for file, column in parts.sort("file", "column").select("file", "column").iter_rows()
        ),
    ]


def _odd(counts: pl.DataFrame) -> list[str]:
    """Counts of organisations that are far from those in the other files, which agree; the furthest first."""
    own = ["key", "column"]
    at = (pl.col("value").clip(0) + SMALL).log()
    dated = counts.with_columns(at=at).with_columns(
        middle=pl.col("at").median().over(own), others=pl.col("value").median().over(own)
    )
    spread = (pl.col("at") - pl.col("middle")).abs()
    dated = dated.with_columns(off=spread).with_columns(
        second=pl.col("off").sort(descending=True).get(1).over(own)
    )
    found = dated.filter(pl.col("off") > ODD, pl.col("second") < OFF)
    found = found.sort("off", "file", "column", "key", descending=[True, False, False, False])
    return [
        f"{column} of {key}, {value:,.6g} in {file}, about {others:,.6g} in the others"
        for key, column, file, value, others in found.select(*own, "file", "value", "others").iter_rows()
    ]
