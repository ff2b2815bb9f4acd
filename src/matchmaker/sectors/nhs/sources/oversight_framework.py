"""NHS Oversight Framework, quarter 3 of 2025/26: segment, average score and the five domains.

1 is the best segment and 4 the worst of those published; scores run from 1 to 4 likewise.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.acute_accounts_2425 import coded
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_quarter
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import Column, number, text

PAGE = "https://www.england.nhs.uk/nhs-oversight-framework/segmentation-and-league-tables/"
KNOWN = date(2026, 3, 31)
"""The edition for the third quarter was published in March 2026."""

PROFILES = (
    text("code", "org_code"),
    number("oversight_segment", "league_segment"),
    number("oversight_score", "league_avg_score"),
    number("oversight_access", "domain_score_access"),
    number("oversight_effectiveness", "domain_score_effectiveness_experience"),
    number("oversight_finance", "domain_score_finance_productivity"),
    number("oversight_safety", "domain_score_patient_safety"),
    number("oversight_people", "domain_score_people_workforce"),
)
ACUTE = (number("oversight_segment", "segment"),)


def read_profiles(path: Path) -> pl.DataFrame:
    """Segment, score and domains of the trusts that the compilation covers."""
    return _measures(trust_table(path, PROFILES), PROFILES)


def read_acute(path: Path) -> pl.DataFrame:
    """The segment of every acute trust, the five without an emergency department included."""
    return _measures(coded(path, ACUTE), ACUTE)


def _measures(frame: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    names = [column.name for column in columns if column.kind == "number"]
    dated = frame.with_columns(known_from=pl.lit(KNOWN))
    return tabular.long(dated, names, financial_quarter(2025, 3))


PUBLICATIONS = (
    Publication(
        id="oversight_framework",
        publisher="NHS England",
        title="NHS Oversight Framework league tables, quarter 3 of 2025/26",
        page=PAGE,
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=90,
        read=read_profiles,
        standing=Standing.EXTRACTED,
        compiled_by="larsen-analyst/trustpulse",
    ),
    Publication(
        id="oversight_framework_acute",
        publisher="NHS England",
        title="NHS Oversight Framework, segments of acute trusts, quarter 3 of 2025/26",
        page=PAGE,
        files=("intuita-tracker/feature_table.csv",),
        lag_days=90,
        read=read_acute,
        standing=Standing.COMPILED,
        compiled_by="Intuita healthcare tracker",
    ),
)
