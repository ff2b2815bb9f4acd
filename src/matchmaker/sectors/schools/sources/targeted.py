"""Schools on the list of RISE targeted support, as the department loaded it for funding in 2025."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import day, table, urn
from matchmaker.sources.publication import Publication, Standing

LATEST = date(2025, 9, 25)
"""The day of the last list that was published."""
UNSAID = ("entry_reason", "rating_at_entry", "rating_at_exit", "source2", "notes")


def read(path: Path) -> pl.DataFrame:
    """One spell for each school: from the first list that names it; to the list that no longer does.

    The days are those on which the department's lists were loaded: the listing itself may be weeks older.
    """
    raw = table(path, ("School URN", "first_list", "last_list"))
    seen = day("last_list")
    dropped = seen < LATEST
    return raw.select(
        urn("School URN").alias("code"),
        regime=pl.lit("rise"),
        entry=day("first_list"),
        entry_precision=pl.lit("day"),
        exit=pl.when(dropped).then(pl.lit(LATEST)),
        exit_precision=pl.when(dropped).then(pl.lit("day")),
        exit_known=dropped,
        seen=seen,
        reported=day("first_list"),
        confidence=pl.lit("medium"),
        code_confidence=pl.lit("high"),
        **{name: pl.lit(None, pl.String) for name in UNSAID},
    ).with_columns(spell_id=pl.format("rise-{}", "code"))


PUBLICATIONS = (
    Publication(
        id="dfe_rise_2025",
        required=True,
        publisher="Department for Education",
        title="Schools for RISE targeted intervention, lists of 8 August and 25 September 2025",
        page="https://github.com/DFE-Digital/npq-registration",
        files=("*rise_targeted_schools_2025.*",),
        lag_days=0,
        read=read,
        table="interventions",
        standing=Standing.EXTRACTED,
        compiled_by="DFE-Digital/npq-registration",
    ),
)
