"""Spells of trusts in special measures (2013 on) and the Recovery Support Programme (2021 on)."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.corrections import correct
from matchmaker.sectors.nhs.sources.nhs_codes import RATINGS, TRUST_CODE
from matchmaker.sources.fact_table import CONFIDENCE, FactTable
from matchmaker.sources.publication import Publication, Standing

COLUMNS = (
    *("spell_id", "code", "regime", "entry", "entry_precision", "exit", "exit_precision", "exit_known"),
    *("entry_reason", "rating_at_entry", "rating_at_exit"),
    *("confidence", "code_confidence", "source", "source2", "notes"),
)
RENAMED = {
    "code": "ods_code",
    "entry": "entry_date",
    "exit": "exit_date",
    "rating_at_entry": "cqc_overall_at_entry",
    "rating_at_exit": "cqc_overall_at_exit",
}
# Stands where a rating belongs; the trust's notes say the same, and it is no rating.
DISSOLVED = "dissolved by acquisition"


def read(path: Path) -> pl.DataFrame:
    """One row per spell; `exit_known` is false where the end was not read, or has not come.

    `entry` is empty for a spell that a source saw running without saying when it began. `seen` is the
    last day on which a source shows a spell running whose end was not read.
    """
    table = FactTable(path, {name: RENAMED.get(name, name) for name in COLUMNS})
    table = correct(table, "spell_id", "interventions")
    table.filled("spell_id", "source")
    table.unique("spell_id")
    table.codes("code", pattern=TRUST_CODE)
    table.words("regime", ("quality", "finance", "both", "RSP"))
    table.words("confidence", CONFIDENCE)
    table.words("code_confidence", CONFIDENCE)
    table.words("rating_at_entry", RATINGS, empty=True)
    table.words("rating_at_exit", (*RATINGS, DISSOLVED), empty=True)
    table.words("exit_known", ("yes", "no"))
    table.dates("entry", "entry_precision")
    table.dates("exit", "exit_precision")
    table.ordered("entry", "exit")
    unlike = (pl.col("exit_known") == "yes") != pl.col("exit").is_not_null()
    table.refuse("exit_known", unlike.fill_null(False), "yes where there is an exit, else no")
    return table.result(*COLUMNS).with_columns(
        seen=pl.col("spell_id").replace_strict(_seen(), default=None, return_dtype=pl.Date),
        exit_known=pl.col("exit_known") == "yes",
        rating_at_exit=pl.when(pl.col("rating_at_exit") != DISSOLVED).then(pl.col("rating_at_exit")),
    )


def _seen() -> dict[str, date]:
    content = (files("matchmaker.sectors.nhs") / "curated" / "spells_seen.toml").read_text("utf-8")
    return tomllib.loads(content)


PUBLICATIONS = (
    Publication(
        id="special_measures",
        required=True,
        publisher="matchmaker compilation of public sources",
        title="Special measures and Recovery Support Programme: spells by trust, 2013 to 2025",
        page="",  # no one page: each row names its own
        files=("pairings/special_measures.csv",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table="interventions",
        licence="facts, each row names its source",
    ),
)
