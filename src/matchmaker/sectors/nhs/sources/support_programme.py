"""Who was in the Recovery Support Programme or the Provider Improvement Programme, 2025/26.

The programmes publish no list. What the official data of the oversight framework say of the first two
quarters is a sighting: the spell was running at the quarter's end, and it is known from the edition that says
so. What stands in the file of spells with an entry or an exit (Blackpool, East Lancashire, Lancashire
Teaching, South East Coast Ambulance, Greater Manchester Mental Health) is not read again.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sectors.nhs.sources.oversight_framework_mental_health import EDITION, PAGE
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

REGIMES = {"Recovery Support Programme": "RSP", "National Provider Improvement Programme": "PIP"}
QUARTERS = {"Q1 2025/26": date(2025, 6, 30), "Q2 2025/26": date(2025, 9, 30)}
IN_SPELLS = ("RXL", "RXR", "RXN", "RYD", "RXV")
"""Trusts whose spell stands in the file of spells."""
COLUMNS = (
    text("code", "trust_code"),
    text("programme", "programme"),
    text("status", "status"),
    text("as_at", "as_at"),
    text("confidence", "confidence"),
    text("source", "source"),
)


def read(path: Path) -> pl.DataFrame:
    """One row per trust and programme: the latest sighting, or an entry of which only the year is known."""
    frame = trust_table(path, COLUMNS).filter(~pl.col("code").is_in(IN_SPELLS))
    issues = IssueList()
    for row, programme in (
        frame.filter(~pl.col("programme").is_in(list(REGIMES))).select("row", "programme").rows()
    ):
        issues.add(Issue(path.name, f"one of {list(REGIMES)}", programme, row=row, column="programme"))
    issues.raise_if_any()
    seen = pl.col("as_at").replace_strict(QUARTERS, default=None, return_dtype=pl.Date)
    entered = pl.col("as_at").str.extract(r"^(\d{4})$").str.to_date("%Y")
    known = frame.with_columns(
        regime=pl.col("programme").replace_strict(REGIMES),
        seen=seen,
        entry=entered,
        entry_precision=pl.when(entered.is_not_null()).then(pl.lit("year")),
        reported=pl.when(seen.is_not_null()).then(pl.lit(EDITION)),
        source=pl.when(pl.col("source").str.starts_with("http")).then("source").otherwise(pl.lit(PAGE)),
    ).filter(pl.col("seen").is_not_null() | pl.col("entry").is_not_null())
    latest = known.sort("code", "seen", maintain_order=True).unique(
        ["code", "regime"], keep="last", maintain_order=True
    )
    return latest.select(
        "code",
        "row",
        "regime",
        "entry",
        "entry_precision",
        "seen",
        "reported",
        "confidence",
        "source",
        spell_id=pl.format("SP-{}-{}", "code", "regime"),
        exit=pl.lit(None, pl.Date),
        exit_precision=pl.lit(None, pl.String),
        exit_known=pl.lit(False),
        code_confidence=pl.lit("high"),
        notes=pl.col("status"),
    )


PUBLICATIONS = (
    Publication(
        id="support_programme",
        required=True,
        publisher="matchmaker compilation of public sources",
        title="Trusts in the Recovery Support and Provider Improvement Programmes, 2025/26",
        page="",  # no one page: each row names its own
        files=("rsp-npip/DERIVED_rsp_npip_facts.csv",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table="interventions",
        licence="facts, each row names its source",
    ),
)
