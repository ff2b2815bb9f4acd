"""The current roster of trusts: type, system name, other names, group boards, recent mergers."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

ROSTER_DAY = date(2026, 8, 22)
ATTRIBUTES = {
    "type": "trust_type_roster",
    "name": "display_name",
    "region": "region_name",
    "system": "system_name",
    "alt_names": "other_names",
}
COLUMNS = (
    text("code", "ods_code"),
    text("name", "name"),
    text("type", "type"),
    text("region", "region"),
    text("system", "ics"),
    text("alt_names", "alt_names"),
)


def read_organisations(path: Path) -> pl.DataFrame:
    """Care trusts, which the ODS list of trusts leaves out."""
    frame = tabular.table(path, COLUMNS, keep=r"^T[A-Z0-9]{2}$")
    missing = {"region_code": pl.String, "system_code": pl.String, "postcode": pl.String}
    dates = {"opened": pl.Date, "closed": pl.Date}
    return frame.select(
        "code",
        pl.col("name").str.to_uppercase(),
        *(pl.lit(None, kind).alias(name) for name, kind in (missing | dates).items()),
        edition=pl.lit(ROSTER_DAY),
    )


def read_attributes(path: Path) -> pl.DataFrame:
    """What the roster says of each trust, as words."""
    frame = trust_table(path, COLUMNS)
    out = frame.unpivot(list(ATTRIBUTES), index="code", variable_name="attribute", value_name="value")
    return out.filter(pl.col("value") != "").with_columns(
        attribute=pl.col("attribute").replace(ATTRIBUTES), known_from=pl.lit(ROSTER_DAY)
    )


def read_successions(path: Path) -> pl.DataFrame:
    """Mergers that the roster's keeper confirmed against the ODS."""
    try:
        merges = json.loads(path.read_text("utf-8"))["resolved"]["merges"]
        rows = [
            {
                "old": re.match(r"\w+", merge["removed"])[0],  # type: ignore[index]
                "new": re.match(r"\w+", merge["into"])[0],  # type: ignore[index]
                "date": date.fromisoformat(merge["merger_date"]),
            }
            for merge in merges
        ]
    except (ValueError, KeyError, TypeError) as error:
        issue = Issue(path.name, "JSON with resolved.merges[].removed, into, merger_date", str(error))
        raise BadFile([issue], "Check that this is the reconciliation report.") from error
    return pl.DataFrame(rows).with_columns(part=pl.lit(False), basis=pl.lit("ODS, checked August 2026"))


_roster = partial(
    Publication,
    publisher="NHS England, Organisation Data Service",
    page="https://digital.nhs.uk/services/organisation-data-service",
    lag_days=0,
    standing=Standing.COMPILED,
    licence="CC0-1.0",
    compiled_by="Davewest84/nhs-trust-icb-data (checked weekly against the ODS)",
)
_URLS = ("trust-reference-2026/trust_urls.csv",)

PUBLICATIONS = (
    _roster(
        id="trust_roster_care_trusts",
        title="Current roster of trusts: care trusts",
        files=_URLS,
        read=read_organisations,
        table="organisations",
    ),
    _roster(
        id="trust_roster",
        title="Current roster of trusts: type, system, other names",
        files=_URLS,
        read=read_attributes,
        table="attributes",
    ),
    _roster(
        id="trust_roster_mergers",
        required=True,
        title="Mergers of 2024 to 2026",
        files=("trust-reference-2026/ods_reconciliation_report.json",),
        read=read_successions,
        table="successions",
    ),
)
