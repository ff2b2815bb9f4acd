"""Names of the health systems (integrated care boards) by code, with those that merged in April 2026.

The ODS list of trusts gives each trust's system as a code only, and the current roster names systems
as they were before the mergers: Imperial stands there under North West London, which is no more.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sectors.nhs.sources.provider_accounts import entries
from matchmaker.sources.publication import Publication, Standing

KNOWN = date(2026, 4, 1)
"""The first day of the merged boards."""
BOARD = re.compile(r"^NHS (.+) INTEGRATED CARE BOARD$")
SMALL = {"And", "Of", "On", "The"}


def read(path: Path) -> pl.DataFrame:
    """Two rows for each trust: the code and the name of its system."""
    rows, issues = [], IssueList()
    for code, entry in entries(path).items():
        found = BOARD.match(str(entry.get("icb_name")))
        if found is None or not entry.get("icb_code"):
            expected = "the code and name of an integrated care board"
            issues.add(Issue(path.name, expected, str(entry.get("icb_name")), column=f"{code}/icb_name"))
            continue
        rows.append((code, "system_code", str(entry["icb_code"])))
        rows.append((code, "system_official_name", _tidy(found[1])))
    issues.raise_if_any()
    frame = pl.DataFrame(rows, schema=["code", "attribute", "value"], orient="row")
    return frame.filter(pl.col("code").str.contains(TRUST_CODE)).with_columns(known_from=pl.lit(KNOWN))


def _tidy(name: str) -> str:
    words = [word.capitalize() for word in re.split(r"([ -])", name)]
    return "".join(word.lower() if word in SMALL and at else word for at, word in enumerate(words))


PUBLICATIONS = (
    Publication(
        id="system_names",
        publisher="NHS England, Organisation Data Service",
        title="Trusts and their integrated care boards, 2026",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("budget-galaxy-tac/nhs_icb_trust_mapping.json",),
        lag_days=0,
        read=read,
        standing=Standing.COMPILED,
        table="attributes",
        compiled_by="Budget Galaxy",
    ),
)
