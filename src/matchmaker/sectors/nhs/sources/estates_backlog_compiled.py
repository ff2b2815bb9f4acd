"""Backlog of maintenance from estates returns (ERIC) that others compiled: 2019/20 to 2024/25."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.estates_backlog import MEASURES, PAGE, PUBLISHER, RISKS, summed
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

QUARTERS = (text("code", "trust_code"), text("quarter", "date"), *(number(risk, risk) for risk in RISKS))
PROFILES = (
    text("code", "org_code"),
    number("upkeep", "estates_maintenance_cost_m"),
    number("backlog_maintenance", "estates_backlog_total_m", factor=1e6),
    number("high", "estates_backlog_high_risk_m", factor=1e6),
    number("significant", "estates_backlog_significant_m", factor=1e6),
)


def read_quarters(path: Path) -> pl.DataFrame:
    """A table by quarter in which the one figure of the financial year stands at every quarter."""
    frame = trust_table(path, QUARTERS).drop_nulls(RISKS)
    frame = frame.with_columns(year=pl.col("quarter").str.slice(0, 4).cast(pl.Int32))
    years = frame.group_by("code", "year", maintain_order=True).agg(
        pl.col("row").first(), pl.col(RISKS).first(), many=pl.struct(RISKS).n_unique()
    )
    issues = IssueList()
    for row, code in years.filter(pl.col("many") > 1).select("row", "code").iter_rows():
        issues.add(Issue(path.name, "the same backlog at every quarter of a year", code, row=row))
    issues.raise_if_any()
    start = pl.col("year")
    years = years.with_columns(period_start=pl.date(start, 4, 1), period_end=pl.date(start + 1, 3, 31))
    return tabular.long(summed(years), MEASURES)


def read_profiles(path: Path) -> pl.DataFrame:
    """The return of 2024/25, in millions of pounds."""
    # Two trusts that closed in 2023 (RA4, RVY) stand there with a return of nothing but noughts.
    frame = trust_table(path, PROFILES).filter(pl.col("upkeep") > 0)
    frame = frame.with_columns(backlog_high_risk=pl.col("high") + pl.col("significant"))
    return tabular.long(frame, MEASURES, financial_year(2024))


PUBLICATIONS = (
    Publication(
        id="estates_backlog_quarters",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection, 2019/20, 2021/22 and 2022/23: acute trusts",
        page=PAGE,
        files=("hf-elective-constraints/regression_data.csv",),
        lag_days=306,
        read=read_quarters,
        standing=Standing.COMPILED,
        compiled_by="Health Foundation REAL Centre (elective_constraints)",
    ),
    Publication(
        id="estates_backlog_profiles",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection, 2024/25: backlog maintenance",
        page=PAGE,
        files=("trustpulse-2026/trust_profiles.csv",),
        # Published between October and December of recent years.
        lag_days=275,
        read=read_profiles,
        standing=Standing.COMPILED,
        compiled_by="TrustPulse",
    ),
)
