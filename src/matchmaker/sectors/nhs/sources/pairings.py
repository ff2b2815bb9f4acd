"""Past pairings of trusts: buddying, acquisitions, mergers, management contracts, shared leadership."""

from __future__ import annotations

import tomllib
from functools import partial
from importlib.resources import files
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.corrections import correct
from matchmaker.sectors.nhs.sources.nhs_codes import RATINGS, TRUST_CODE
from matchmaker.sources.pairings import COLUMNS, check_pairings
from matchmaker.sources.publication import Publication, Standing

KINDS = ("acquisition", "buddying", "management_contract", "merger", "shared_leadership")
SCOPES = {
    "whole_trust": "whole",
    "part_of_trust": "part",
    "service_level": "service",
    "one_leader": "one_leader",
}
"""Words of the file -> words of the table."""
HEADINGS = {
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
    """One row per recipient and partner; an empty `end` means not ended, or not known.

    `leadership` is what both shared from the start, as far as the file says.
    """
    table = check_pairings(
        path,
        HEADINGS,
        kinds=KINDS,
        code_pattern=TRUST_CODE,
        scopes=SCOPES,
        ratings=RATINGS,
        correct=partial(correct, key="pairing_id", name="pairings"),
    )
    shared = pl.col("pairing_id").replace_strict(joint_leadership(), default=None, return_dtype=pl.String)
    return table.result(*COLUMNS).with_columns(pl.col("scope").replace(SCOPES), leadership=shared)


def joint_leadership() -> dict[str, str]:
    """Pairing -> what both shared from the start."""
    content = (files("matchmaker.sectors.nhs") / "curated" / "joint_leadership.toml").read_text("utf-8")
    return tomllib.loads(content)


PUBLICATIONS = (
    Publication(
        id="pairings",
        required=True,
        publisher="matchmaker compilation of public sources",
        title="Past pairings of NHS trusts, 2010 to 2026",
        page="",  # no one page: each row names its own
        files=("pairings/pairings.csv",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table="pairings",
        licence="facts, each row names its source",
    ),
)
