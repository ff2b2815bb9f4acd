"""NHS Oversight Framework, 2025/26: the financial plan, and the year so far against it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.acute_accounts_2425 import coded
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PROFILES = (
    text("code", "org_code"),
    # Both stand in percent of turnover; negative is a deficit, or worse than plan.
    number("planned_surplus_share", "planned_surplus_deficit_pct", factor=0.01),
    number("finance_variance_share", "variance_to_financial_plan_pct", factor=0.01),
)
ACUTE = (number("planned_surplus_share", "finance_planned_sd", factor=0.01),)

TO_DECEMBER = (date(2025, 4, 1), date(2025, 12, 31))
KNOWN = date(2026, 3, 31)
"""The figures are those of the edition for the third quarter, published in March 2026."""


def read_profiles(path: Path) -> pl.DataFrame:
    """Plan and variance of every trust that the compilation covers."""
    frame = trust_table(path, PROFILES).with_columns(known_from=pl.lit(KNOWN))
    plan = tabular.long(frame, ["planned_surplus_share"], financial_year(2025))
    return pl.concat([plan, tabular.long(frame, ["finance_variance_share"], TO_DECEMBER)])


def read_acute(path: Path) -> pl.DataFrame:
    """The plan of acute trusts: the same metric, with five trusts that the profiles lack."""
    frame = coded(path, ACUTE).with_columns(known_from=pl.lit(KNOWN))
    return tabular.long(frame, ["planned_surplus_share"], financial_year(2025))


PUBLICATIONS = tuple(
    Publication(
        id=name,
        publisher="NHS England",
        title=title,
        page="https://www.england.nhs.uk/nhs-oversight-framework/",
        files=(pattern,),
        lag_days=90,
        read=read,
        standing=Standing.COMPILED,
        compiled_by=compiler,
    )
    for name, title, pattern, read, compiler in (
        (
            "oversight_finance",
            "NHS Oversight Framework 2025/26: financial plan (OF0079) and variance to it (OF0081)",
            "trustpulse-2026/trust_profiles.csv",
            read_profiles,
            "TrustPulse",
        ),
        (
            "oversight_finance_acute",
            "NHS Oversight Framework 2025/26: financial plan of acute trusts (OF0079)",
            "intuita-tracker/feature_table.csv",
            read_acute,
            "Intuita healthcare tracker",
        ),
    )
)
