"""ODS: the list of NHS trusts with regions, systems, postcodes, open and close dates."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

WELSH = ("RQF", "RT4", "RYT")
"""Welsh NHS trusts that stand in the list of England's trusts."""

HISTORIC = (
    text("code", "organisation_code"),
    text("name", "name"),
    text("region_code", "national_grouping"),
    text("locality_code", "high_level_health_geography"),
    text("postcode", "postcode"),
    text("opened", "open_date"),
    text("closed", "close_date"),
)
PATTERNS = {
    # Every row of the list is a trust, whatever the form of its code.
    "code": (r"^[A-Z0-9]{3,5}$", "the code of an organisation"),
    "region_code": (r"^[YW]\d\d$", "a region's code, such as Y56"),
    "locality_code": (r"^(Q[A-Z0-9]{2}|[A-Z]\d[A-Z]\d[A-Z])$", "a system's code, such as QKK or Z9B2Z"),
    "postcode": (r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$", "a postcode"),
}
"""What a field of the layout without headings must look like, so that no other can be taken for it."""

PLACES = {
    "code": 0,
    "name": 1,
    "region_code": 2,
    "locality_code": 3,
    "postcode": 9,
    "opened": 10,
    "closed": 11,
}
"""Places of the fields in the ODS layout of 27 columns, which has no heading row."""


def edition(path: Path) -> date:
    """The day up to which an edition is known to hold, from the year (and month) in its name."""
    found = re.findall(r"(20\d\d)(-(\d\d))?", path.stem)
    if not found:
        expected = "the year and month of the edition in the name of the file, such as etr_2026-08.csv"
        issue = Issue(path.name, expected, path.name, column="name of the file")
        raise BadFile([issue], "The official name does not say them: rename the file.")
    year, _, month = found[-1]
    return date(int(year), int(month or 12), 1)


def read_historic(path: Path) -> pl.DataFrame:
    """An edition to which a heading row was added."""
    return _tidy(path, trust_table(path, HISTORIC))


def read(path: Path) -> pl.DataFrame:
    """An edition in the original ODS layout."""
    return _read(path, pl.lit(True))


def _read(path: Path, wanted: pl.Expr) -> pl.DataFrame:
    raw = tabular.cells(path)
    if raw.width < 12:
        issue = Issue(path.name, "the ODS layout of 27 columns without a heading", f"{raw.width} columns")
        raise BadFile([issue], "Check that this is the file etr.csv.")
    frame = raw.select(pl.col(raw.columns[at]).str.strip_chars().alias(name) for name, at in PLACES.items())
    frame = frame.with_row_index("row", offset=1).filter(
        pl.col("code").is_not_null() & (pl.col("code") != "") & wanted
    )
    if frame.is_empty():
        raise BadFile([Issue(path.name, "codes of NHS trusts in the first column")], "Download it again.")
    return _tidy(path, frame)


def read_with_sites(path: Path) -> pl.DataFrame:
    """The trusts of an edition in which their sites stand as well, by codes of five characters."""
    return _read(path, pl.col("code").str.len_chars() == 3)


def _tidy(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    said = {name: pl.col(name).is_not_null() & (pl.col(name) != "") for name in frame.columns}
    days = ("opened", "closed")
    parsed = frame.with_columns(
        pl.when(said[name]).then(pl.col(name)).str.to_date("%Y%m%d", strict=False).alias(name)
        for name in days
    )
    odd = {name: (said[name] & parsed[name].is_null(), "a date as YYYYMMDD") for name in days}
    odd |= {
        name: (said[name] & ~pl.col(name).str.contains(pattern), expected)
        for name, (pattern, expected) in PATTERNS.items()
    }
    issues = [
        Issue(path.name, expected, value, row=row, column=name)
        for name, (bad, expected) in odd.items()
        for row, value in frame.filter(bad).select("row", name).iter_rows()
    ]
    if issues:
        raise BadFile(issues, "Mend the cells or download the edition again.")
    known = parsed.filter(~pl.col("code").is_in(WELSH))
    return known.select("row", *PLACES, edition=pl.lit(edition(path), pl.Date))


PUBLICATIONS = (
    Publication(
        id="ods_trusts",
        publisher="NHS England, Organisation Data Service",
        title="NHS trusts (etr)",
        page="https://digital.nhs.uk/services/organisation-data-service/data-search-and-export/csv-downloads/other-nhs-organisations",
        files=("ods-etr/etr_*.csv",),
        lag_days=0,
        read=read,
        table="organisations",
    ),
    Publication(
        id="ods_trusts_and_sites",
        publisher="NHS England, Organisation Data Service",
        title="NHS trusts and their sites (etrust), September 2018",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("ods-sites-2018/etrust_*.csv.gz",),
        lag_days=0,
        read=read_with_sites,
        table="organisations",
        standing=Standing.EXTRACTED,
        compiled_by="TechForUK/my_eu",
    ),
    Publication(
        id="ods_trusts_historic",
        publisher="NHS England, Organisation Data Service",
        title="NHS trusts (etr), editions of 2016 and 2021",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("thf-trust-reference/etr_*.csv",),
        lag_days=0,
        read=read_historic,
        table="organisations",
        compiled_by="Health Foundation (heading row added)",
    ),
)
