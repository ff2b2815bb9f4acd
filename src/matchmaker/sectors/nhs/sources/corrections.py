"""Cells of compiled files that are known to be wrong, put right by `curated/corrections.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from matchmaker.sources.fact_table import FactTable


@cache
def corrections() -> dict[str, list[dict[str, Any]]]:
    """Table -> its corrections, each as the file has it."""
    text = (files("matchmaker.sectors.nhs") / "curated" / "corrections.toml").read_text("utf-8")
    return tomllib.loads(text)


def correct(table: FactTable, key: str, name: str) -> FactTable:
    """Put right the cells of a table that still hold what is wrong.

    Args:
        table: just opened, its cells still texts.
        key: the column that identifies a row.
        name: of the table in the file of corrections.
    """
    for correction in corrections().get(name, ()):
        for cell in correction["cells"]:
            column, wrong = pl.col(cell["column"]), pl.lit(cell.get("was"), pl.String)
            is_wrong = (pl.col(key) == correction["row"]) & column.eq_missing(wrong)
            right = pl.when(is_wrong).then(pl.lit(cell["is"])).otherwise(column)
            table.frame = table.frame.with_columns(right.alias(cell["column"]))
    return table
