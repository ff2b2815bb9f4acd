"""NHS Oversight Framework, ambulance trusts: what the press printed of the first league table, and when.

Four of ten trusts. A segment is taken only where a report states it: that a trust stands high in a table does
not prove its segment, because a deficit holds it at 3. The one row of the third quarter is that of the
compilation of all trusts and read there (`oversight_framework`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_quarter
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

KNOWN = date(2025, 9, 9)
COLUMNS = (
    text("code", "trust_code"),
    text("quarter", "quarter"),
    text("published", "published"),
    text("basis", "segment_basis"),
    number("oversight_segment", "segment"),
    number("oversight_rank", "rank_of_10"),
    number("oversight_score", "average_score"),
)


def read(path: Path) -> pl.DataFrame:
    """Segment, rank and average score as far as reports of the day state them."""
    frame = trust_table(path, COLUMNS).filter(
        pl.col("quarter") == "Q1 2025/26", pl.col("published") == KNOWN.isoformat()
    )
    stated = pl.col("basis").str.starts_with("stated")
    known = frame.with_columns(
        oversight_segment=pl.when(stated).then("oversight_segment"), known_from=pl.lit(KNOWN)
    )
    names = [column.name for column in COLUMNS if column.kind == "number"]
    return tabular.long(known, names, financial_quarter(2025, 1))


PUBLICATIONS = (
    Publication(
        id="oversight_framework_press",
        publisher="NHS England, as the press printed it",
        title="NHS Oversight Framework, ambulance trusts in reports of 9 September 2025",
        page="https://www.england.nhs.uk/nhs-oversight-framework/segmentation-and-league-tables/",
        files=("ambulance-nof-press/DERIVED_ambulance_nof_facts.csv",),
        lag_days=71,
        read=read,
        standing=Standing.COMPILED,
        licence="facts, each row names its source",
        compiled_by="matchmaker, from public pages named row by row",
    ),
)
