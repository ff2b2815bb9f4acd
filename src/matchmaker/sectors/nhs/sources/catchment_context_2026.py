"""Deprivation of the people an acute trust serves, by the catchments of April 2026 and the Indices of 2025.

The carrier gives one figure for each of 133 trusts, to one decimal: the mean score of the Indices of
Deprivation 2025 over the catchment of 2024 (OHID, edition of April 2026). It correlates at 0.97 with the
figure of 2020 that `catchment_context` works out from neighbourhoods, and at 0.97 with that of the
districts. The day in April is not stated, so the figures count from its last one. Rurality and ages are not
given.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import calendar_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

PERIOD = calendar_year(2024)
PUBLISHED = date(2026, 4, 30)


def read(path: Path) -> pl.DataFrame:
    """One row for each acute trust."""
    columns = (text("code", "org_code"), number("deprivation_score", "imd_score"))
    frame = trust_table(path, columns).with_columns(known_from=pl.lit(PUBLISHED))
    return tabular.long(frame, ("deprivation_score",), PERIOD)


PUBLICATIONS = (
    Publication(
        id="catchment_context_2026",
        publisher="Office for Health Improvement and Disparities; MHCLG",
        title="NHS Acute (Hospital) Trust Catchment Populations, April 2026, with the Indices of "
        "Deprivation 2025",
        page="https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025",
        files=("winter-pressure-intelligence-2026/dim_trust_catchment.csv",),
        lag_days=485,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="sharia143/nhs-winter-pressure-intelligence",
    ),
)
