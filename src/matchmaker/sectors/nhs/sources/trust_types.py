"""What kind of trust each one is, in the words of those who class them.

Rows: `ods`, `attribute`, `value` (as published), `known_from`, and where it stands in the file.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.estates_backlog import PAGE as ERIC_PAGE
from matchmaker.sectors.nhs.sources.estates_backlog import PUBLISHER as ERIC_PUBLISHER
from matchmaker.sectors.nhs.sources.estates_backlog import start_year
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sectors.nhs.sources.provider_accounts import entries
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

NOT_TRUSTS = ("Clinical Commissioning Group",)


def attributes(frame: pl.DataFrame, known_from: date, *, sheet: str | None = None) -> pl.DataFrame:
    """The columns beside `ods` and `row` to rows, one for each trust and attribute."""
    long = frame.unpivot(index=["code", "row"], variable_name="attribute", value_name="value")
    return (
        long.filter(pl.col("value").str.len_chars() > 0)
        .unique(["code", "attribute", "value"], keep="first", maintain_order=True)
        .with_columns(known_from=pl.lit(known_from), sheet=pl.lit(sheet, pl.String))
    )


def read_eric(path: Path, *, code: str, heading: str, sheet: str | None, lag_days: int) -> pl.DataFrame:
    """An estates return: one row per trust, or per site of a trust."""
    frame = trust_table(path, (text("code", code), text("trust_type_eric", heading)), sheet=sheet)
    known_from = financial_year(start_year(path))[1] + timedelta(days=lag_days)
    return attributes(frame, known_from, sheet=sheet)


def read_eric_recent(path: Path) -> pl.DataFrame:
    """The types of the latest estates return as a map by code; its year is not stated."""
    issues = IssueList()
    rows = []
    for at, (code, entry) in enumerate(entries(path).items(), start=1):
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or not kind:
            issues.add(Issue(path.name, "a type", repr(kind), row=at, column="type"))
        rows.append({"code": code.strip().upper(), "row": at, "trust_type_eric": kind})
    issues.raise_if_any()
    # Either the return of 2023/24 or that of 2024/25: known when the later one was.
    frame = pl.DataFrame(rows, schema_overrides={"row": pl.UInt32})
    return attributes(frame.filter(pl.col("code").str.contains(TRUST_CODE)), date(2025, 12, 31))


def read_cqc(path: Path) -> pl.DataFrame:
    """The regulator's primary inspection category, January 2022; five trusts have none."""
    raw = tabular.r_frame(path, ("trust_code", "primary_category"))
    frame = raw.select(code="trust_code", trust_type_cqc="primary_category").with_row_index("row", offset=1)
    return attributes(frame.filter(pl.col("code").str.contains(TRUST_CODE)), date(2022, 1, 31))


def read_lse(path: Path) -> pl.DataFrame:
    """The lists of the workforce statistics, with a mark for specialist trusts."""
    columns = (
        text("code", "ORG_CODE"),
        text("trust_type_lse", "ORG_TYPE"),
        text("specialist", "SPECIALIST"),
    )
    # No code of a commissioner looks like a trust's in this list, but its type makes sure.
    frame = trust_table(path, columns).filter(~pl.col("trust_type_lse").is_in(NOT_TRUSTS))
    frame = frame.with_columns(pl.col("specialist").str.to_lowercase())
    return attributes(frame, date(2019, 3, 31))


def read_oversight(path: Path) -> pl.DataFrame:
    """The groups in which the oversight framework of 2025/26 compares trusts."""
    columns = (text("code", "org_code"), text("trust_type_oversight", "Trust_subtype"))
    return attributes(trust_table(path, columns), date(2026, 3, 31))


_eric = partial(Publication, publisher=ERIC_PUBLISHER, page=ERIC_PAGE, table="attributes")

PUBLICATIONS = (
    _eric(
        id="trust_types_eric_2013",
        title="Estates Returns Information Collection, 2013/14 to 2016/17: type of organisation",
        files=("eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_*.xls",),
        lag_days=214,
        read=partial(
            read_eric,
            code="Organisation Code",
            heading="Organisation Type",
            sheet="Trust Data",
            lag_days=214,
        ),
    ),
    _eric(
        id="trust_types_eric_2019",
        title="Estates Returns Information Collection, 2019/20: type of trust",
        files=("eric-2019-20/ERIC_*_SiteData.csv",),
        lag_days=306,
        read=partial(read_eric, code="Trust Code", heading="Trust Type", sheet=None, lag_days=306),
        standing=Standing.EXTRACTED,
        compiled_by="B. S. Cooper (nosocomial_COVID_England)",
    ),
    _eric(
        id="trust_types_eric_recent",
        title="Estates Returns Information Collection, latest: type of trust",
        files=("eric-types-sites-2026/trusts.json",),
        lag_days=275,
        read=read_eric_recent,
        standing=Standing.COMPILED,
        compiled_by="B. J. Boyle (strategy-reconfiguration)",
    ),
    Publication(
        id="trust_types_cqc",
        publisher="Care Quality Commission",
        title="Care directory with ratings, January 2022: primary inspection category",
        page="https://www.cqc.org.uk/about-us/transparency/using-cqc-data",
        files=("trust-types-cqc-2022/open_trust_types.RDS",),
        lag_days=31,
        read=read_cqc,
        standing=Standing.EXTRACTED,
        table="attributes",
        compiled_by="British Red Cross (resilience-index)",
    ),
    Publication(
        id="trust_types_lse",
        publisher="NHS Digital",
        title="NHS Workforce Statistics, lists of organisations, 2018: type and specialist trusts",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics",
        files=("lse-hospital-management/nhs_provider.csv",),
        lag_days=91,
        read=read_lse,
        standing=Standing.COMPILED,
        table="attributes",
        compiled_by="London School of Economics (Asaria, McGuire, Street)",
    ),
    Publication(
        id="trust_types_oversight",
        publisher="NHS England",
        title="NHS Oversight Framework 2025/26: groups of trusts",
        page="https://www.england.nhs.uk/nhs-oversight-framework/",
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=90,
        read=read_oversight,
        standing=Standing.COMPILED,
        table="attributes",
        compiled_by="TrustPulse",
    ),
)
