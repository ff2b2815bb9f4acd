"""A&E within four hours, 2016 to 2019 and 2021 to 2026: copies of the monthly counts by others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.ae_performance import PAGE, within_four_hours
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_quarter, share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

REPEATED = (date(2025, 2, 1), date(2025, 3, 1))
"""Months in which the 2021-2025 copy repeats, trust by trust, the figures of the year before."""


def read_2016_2019(path: Path) -> pl.DataFrame:
    """One row per month, organisation and kind of department; `period` counts days since 1970."""
    return within_four_hours(counts_2016_2019(path))


def counts_2016_2019(path: Path) -> pl.DataFrame:
    """Those who came and those who waited longer, by trust, month and kind of department."""
    raw = tabular.r_frame(path, ("org_code", "period", "attendances", "breaches"))
    frame = raw.select(code="org_code", month="period", attended="attendances", over="breaches")
    return frame.filter(pl.col("code").str.contains(TRUST_CODE))


def read_2021_2025(path: Path) -> pl.DataFrame:
    """One row per month and organisation; waits are blank for the trusts of the clinical review."""
    columns = ("nhs_trust22_code", "date", "total_attendances", "attendances_over_4hours")
    frame = tabular.r_frame(path, columns).select(
        code="nhs_trust22_code",
        month=("1 " + pl.col("date")).str.to_date("%d %B %Y"),
        attended="total_attendances",
        over="attendances_over_4hours",
    )
    usable = pl.col("code").str.contains(TRUST_CODE) & ~pl.col("month").is_in(REPEATED)
    return within_four_hours(frame.filter(usable))


def read_2026(path: Path) -> pl.DataFrame:
    """Means of three months in a compiled profile of March 2026: two quarters."""
    parts = ("type_1", "type_2", "other_department")
    frames = []
    for ending, period in (
        ("3m_avg", financial_quarter(2025, 4)),
        ("prior_3m_avg", financial_quarter(2025, 3)),
    ):
        attended = [
            f"ae_a&e_attendances_{kind}_{ending}"
            for kind in (
                "type_1",
                "type_2",
                "other_a&e_department",
                *(f"booked_appointments_{p}" for p in parts),
            )
        ]
        over = [
            f"ae_attendances_over_4hrs_{kind}_{ending}"
            for kind in (*parts, *(f"booked_appointments_{p}" for p in parts))
        ]
        frame = trust_table(
            path, (text("code", "org_code"), *(number(name, name) for name in (*attended, *over)))
        )
        frame = frame.with_columns(attended=pl.sum_horizontal(attended), over=pl.sum_horizontal(over))
        frame = frame.with_columns(ae_within_4_hours=1 - share("over", "attended"))
        frames.append(tabular.long(frame, ("ae_within_4_hours",), period))
    return pl.concat(frames)


PUBLICATIONS = (
    Publication(
        id="ae_performance_2016_2019",
        publisher="NHS England",
        title="A&E attendances and emergency admissions, April 2016 to March 2019",
        page=PAGE,
        files=("nhsrdatasets/ae_attendances.rda",),
        lag_days=20,
        read=read_2016_2019,
        standing=Standing.EXTRACTED,
        compiled_by="NHS-R Community (NHSRdatasets)",
    ),
    Publication(
        id="ae_performance_2021_2025",
        publisher="NHS England",
        title="A&E attendances and emergency admissions, April 2021 to July 2025",
        page=PAGE,
        files=("healthyr/england_trust_accidents_emergency.rda",),
        lag_days=20,
        read=read_2021_2025,
        standing=Standing.EXTRACTED,
        compiled_by="Humaniverse (healthyr)",
    ),
    Publication(
        id="ae_performance_2026",
        publisher="NHS England",
        title="A&E attendances and emergency admissions, October 2025 to March 2026",
        page=PAGE,
        files=("trustpulse-2026/trust_profiles.csv",),
        lag_days=20,
        read=read_2026,
        standing=Standing.COMPILED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
