"""Diagnostic tests (DM01): the share of those waiting who have waited over six weeks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sectors.nhs.sources.unified_monthly import COMPILED_BY, FILE, quarter_ends
from matchmaker.sources import tabular
from matchmaker.sources.periods import month, share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

MEASURE = "diagnostics_over_6_weeks"
TESTS = (
    "mri",
    "ct",
    "ultrasound",
    "nuclear_medicine",
    "dexa",
    "audiology",
    "echocardiography",
    "electrophysiology",
    "neurophysiology",
    "sleep_studies",
    "urodynamics",
    "colonoscopy",
    "sigmoidoscopy",
    "cystoscopy",
    "gastroscopy",
)


def read_quarter_ends(path: Path) -> pl.DataFrame:
    """All fifteen tests added up, in the last month of each quarter."""
    over = [f"diag_{test}_6week_breaches" for test in TESTS]
    waiting = [f"diag_{test}_total_waiting" for test in TESTS]
    frame = quarter_ends(path, [number(name, name) for name in (*over, *waiting)])
    frame = frame.with_columns(over=pl.sum_horizontal(over), waiting=pl.sum_horizontal(waiting))
    return tabular.long(frame.with_columns(share("over", "waiting").alias(MEASURE)), (MEASURE,))


def read_profiles(path: Path) -> pl.DataFrame:
    """One column of a compiled profile, which names its month."""
    columns = (
        text("code", "org_code"),
        text("month", "data_month"),
        number("over", "diag_waiting_6wk_plus_latest"),
        number("waiting", "diag_total_waiting_latest"),
    )
    frame = trust_table(path, columns)
    year, number_ = (int(part) for part in frame["month"][0].split("-"))
    frame = frame.with_columns(share("over", "waiting").alias(MEASURE))
    return tabular.long(frame, (MEASURE,), month(year, number_))


def read_2022(path: Path) -> pl.DataFrame:
    """A snapshot without a date, from a set whose A&E figures are those of May 2022.

    NHS England publishes A&E of one month on the same day as diagnostics of the month before.
    """
    raw = tabular.r_frame(path, ("Trust Code", "Waiting 6+ weeks", "Waiting List Total"))
    frame = raw.select(code="Trust Code", over="Waiting 6+ weeks", waiting="Waiting List Total")
    frame = frame.filter(pl.col("code").str.contains(TRUST_CODE))
    return tabular.long(
        frame.with_columns(share("over", "waiting").alias(MEASURE)), (MEASURE,), month(2022, 4)
    )


_publication = partial(
    Publication,
    publisher="NHS England",
    page="https://www.england.nhs.uk/statistics/statistical-work-areas/diagnostics-waiting-times-and-activity/",
    lag_days=45,
)

PUBLICATIONS = (
    _publication(
        id="diagnostics_2022",
        title="Monthly diagnostics waiting times and activity (DM01), April 2022",
        files=("healthyr-2022/england_nhs_diagnostic_wait_times.rda",),
        read=read_2022,
        standing=Standing.EXTRACTED,
        compiled_by="Humaniverse (healthyr, copy by TamTobiRalph)",
    ),
    _publication(
        id="diagnostics_2024_2025",
        title="Monthly diagnostics waiting times and activity (DM01), 2024 to 2025",
        files=(FILE,),
        read=read_quarter_ends,
        standing=Standing.COMPILED,
        compiled_by=COMPILED_BY,
    ),
    _publication(
        id="diagnostics_2026",
        title="Monthly diagnostics waiting times and activity (DM01), March 2026",
        files=("trustpulse-2026/trust_profiles.csv",),
        read=read_profiles,
        standing=Standing.COMPILED,
        compiled_by="larsen-analyst/trustpulse",
    ),
)
