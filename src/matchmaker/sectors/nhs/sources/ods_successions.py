"""Which organisation followed which: the ODS archive to April 2022, and the project's own record."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.corrections import corrections
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing

SINCE = date(2006, 4, 1)
"""No trust of the lists read here closed earlier."""


def read(path: Path) -> pl.DataFrame:
    """The archive as an R data frame of old code, new code and day."""
    raw = tabular.r_frame(path, ("old_code", "new_code", "date"))
    frame = raw.select(old="old_code", new="new_code", date=pl.col("date").cast(pl.Date))
    trusts = pl.col("old").str.contains(TRUST_CODE) & pl.col("new").str.contains(TRUST_CODE)
    frame = frame.filter(trusts & (pl.col("date") >= SINCE)).with_columns(
        part=pl.col("old").count().over("old", "date") > 1, basis=pl.lit("ODS archive")
    )
    for one in corrections()["successions"]:
        old, new = one["row"].split()
        (cell,) = one["cells"]
        was, is_ = date.fromisoformat(cell["was"]), date.fromisoformat(cell["is"])
        wrong = (pl.col("old") == old) & (pl.col("new") == new) & (pl.col("date") == was)
        frame = frame.with_columns(date=pl.when(wrong).then(pl.lit(is_)).otherwise("date"))
    return frame


def curated() -> pl.DataFrame:
    """The project's own record of successions that no ODS file read here states."""
    content = (files("matchmaker.sectors.nhs") / "curated" / "successions.toml").read_text("utf-8")
    rows = [{"part": False, **row} for row in tomllib.loads(content)["succession"]]
    return pl.DataFrame(rows).select("old", "new", "date", "part", "basis")


PUBLICATIONS = (
    Publication(
        id="ods_successions",
        required=True,
        publisher="NHS England, Organisation Data Service",
        title="Successor organisations (archive to April 2022)",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("geographr/lookup_trust_trust.rda",),
        lag_days=0,
        read=read,
        table="successions",
        standing=Standing.EXTRACTED,
        compiled_by="geographr R package (humaniverse)",
    ),
)
