"""Past pairings of trusts: buddying, acquisitions, mergers, management contracts, shared leadership."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

from matchmaker.sources.fact_table import CONFIDENCE, RATINGS, FactTable
from matchmaker.sources.publication import Publication, Standing

KINDS = ("acquisition", "buddying", "management_contract", "merger", "shared_leadership")
STATUSES = ("abandoned", "completed", "ongoing")
SCOPES = {
    "whole_trust": "whole",
    "part_of_trust": "part",
    "service_level": "service",
    "one_leader": "one_leader",
}
"""Words of the file -> words of the table."""
BASES = ("read", "background", "unverified", "not_applicable")
COLUMNS = (
    *("pairing_id", "recipient", "partner", "kind", "nature", "status", "outcome", "scope"),
    *("start", "start_precision", "end", "end_precision"),
    *("rating_before", "rating_after", "rating_before_basis", "rating_after_basis"),
    *("regime_context", "confidence", "code_confidence", "source", "source2", "notes"),
)
RENAMED = {
    "recipient": "recipient_ods",
    "partner": "partner_ods",
    "start": "start_date",
    "end": "end_date",
    "rating_before": "cqc_before",
    "rating_after": "cqc_after",
    "rating_before_basis": "cqc_before_basis",
    "rating_after_basis": "cqc_after_basis",
}


def read(path: Path) -> pl.DataFrame:
    """One row per recipient and partner; an empty `end` means not ended, or not known."""
    return checked(path).result(*COLUMNS).with_columns(pl.col("scope").replace(SCOPES))


def checked(path: Path, required: Collection[str] | None = None) -> FactTable:
    """The table with all its faults, for those who can use the sound rows.

    Args:
        path: a CSV file.
        required: columns that must be there, by default all.
    """
    table = FactTable(path, {name: RENAMED.get(name, name) for name in COLUMNS}, required)
    table.filled("pairing_id", "start", "source")
    table.unique("pairing_id")
    table.codes("recipient", "partner")
    same = (pl.col("recipient") == pl.col("partner")).fill_null(False)
    table.refuse("partner", same, "another organisation than the recipient")
    table.words("kind", KINDS)
    table.words("nature", ("mandated", "voluntary"))
    table.words("status", STATUSES)
    table.words("scope", SCOPES)
    table.words("confidence", CONFIDENCE)
    table.words("code_confidence", CONFIDENCE)
    for rating in ("rating_before", "rating_after"):
        basis = f"{rating}_basis"
        table.words(rating, RATINGS, empty=True)
        table.words(basis, BASES, empty=True)
        unlike = pl.col(rating).is_null() != pl.col(basis).is_null()
        table.refuse(basis, unlike, f"a basis where there is a {rating}")
    table.dates("start", "start_precision")
    table.dates("end", "end_precision")
    table.ordered("start", "end")
    running = (pl.col("status") == "ongoing") & pl.col("end").is_not_null()
    table.refuse("end", running.fill_null(False), "no end while the pairing is ongoing")
    return table


PUBLICATIONS = (
    Publication(
        id="pairings",
        publisher="matchmaker compilation of public sources",
        title="Past pairings of NHS trusts, 2010 to 2025",
        page="",  # no one page: each row names its own
        files=("pairings/pairings.csv",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table="pairings",
        licence="facts, each row names its source",
    ),
)
