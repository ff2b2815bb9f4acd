"""The unified monthly file: the last month of each quarter, for what is counted on its last day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.tabular import Column, text

FILE = "nhs-analytics-unified/unified_monthly_data_enhanced.csv"
COMPILED_BY = "markknapp83-del/NHS-Analytics-Final"


def quarter_ends(path: Path, columns: Sequence[Column]) -> pl.DataFrame:
    """The wanted columns of March, June, September and December, one row per trust and month."""
    frame = trust_table(path, (text("code", "trust_code"), text("month", "period"), *columns), repeats=True)
    day = frame["month"].str.to_date("%Y-%m-%d", strict=False)
    issues = IssueList()
    for row, cell in frame.filter(day.is_null()).select("row", "month").iter_rows():
        issues.add(Issue(path.name, "a day as yyyy-mm-dd", cell, None, row, "period"))
    issues.raise_if_any()
    frame = frame.with_columns(period_start=day, period_end=day.dt.month_end()).drop("month")
    frame = frame.filter(pl.col("period_end").dt.month() % 3 == 0)
    # One trust stands twice from April 2025, with the same figures; with others it would be an issue.
    return frame.unique(pl.all().exclude("row"), keep="first", maintain_order=True)
