"""What the readers here share: the codes of trusts, tables with a row for each trust, and CQC's ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.sources import json_records, tabular
from matchmaker.sources.tabular import Column

TRUST_CODE = r"^(R[A-Z0-9]{2}|T[A-Z0-9]{2}|G6V2S|K0N6A)$"
"""ODS codes of NHS trusts and care trusts, with the two long codes issued since 2024."""
ANY_CODE = r"^[A-Z0-9]{3,6}$"
"""Codes of all bodies that stand in a national table, which its line of totals adds up."""
RATINGS = ("Inadequate", "Requires improvement", "Good", "Outstanding", "not rated (pre-ratings)")


def trust_table(
    path: Path,
    columns: Sequence[Column],
    *,
    sheet: str | None = None,
    adds_up: tuple[str, str] | None = None,
    repeats: bool = False,
) -> pl.DataFrame:
    """The rows of an official table that have the code of a trust; see `tabular.table`."""
    return tabular.table(path, columns, sheet=sheet, keep=TRUST_CODE, adds_up=adds_up, repeats=repeats)


def trust_records(path: Path, records: Any, fields: Mapping[str, str], strip: str = "") -> pl.DataFrame:
    """The records of a JSON file that have the code of a trust; see `json_records.table`."""
    rows = json_records.table(path, records, fields, strip)
    return rows.filter(pl.col("code").str.contains(TRUST_CODE))
