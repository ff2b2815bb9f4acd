"""Referral to treatment: those waiting by specialty, March of each year, 2019 to 2024."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sectors.nhs.sources.service_mix import NAMED, OTHERS, SHARES, TOTAL, service_mix
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing

COLUMNS = ["date", "trust_code", "treatment_function_code", "incomplete_pathways"]


def read(path: Path) -> pl.DataFrame:
    """The list of those waiting and the mix of specialties in the last month of financial years."""
    raw = tabular.r_frame(path, COLUMNS)
    return tabular.long(service_mix(_marches(raw)), ("rtt_waiting_list", *SHARES))


def _marches(raw: pl.DataFrame) -> pl.DataFrame:
    frame = raw.select(
        period_start=pl.col("date").str.to_date("%Y-%m-%d"),
        code=pl.col("trust_code"),
        specialty=pl.col("treatment_function_code"),
        waiting=pl.col("incomplete_pathways").cast(pl.Int64),
    )
    unknown = set(frame["specialty"]) - {TOTAL, *NAMED, *OTHERS}
    if unknown:
        issue = Issue("incomplete pathways", "the known specialties", str(sorted(unknown)))
        raise BadFile([issue], "Sort the new specialty into its group first.")
    return frame.filter(
        pl.col("period_start").dt.month() == 3,
        pl.col("code").str.contains(TRUST_CODE),
        pl.col("specialty") != TOTAL,
        pl.col("waiting").is_not_null(),
    ).with_columns(period_end=pl.col("period_start").dt.month_end())


PUBLICATIONS = (
    Publication(
        id="rtt_waiting_lists",
        publisher="NHS England",
        title="Consultant-led Referral to Treatment waiting times, incomplete pathways by specialty",
        page="https://www.england.nhs.uk/statistics/statistical-work-areas/rtt-waiting-times/",
        files=("real-centre-elective/rtt_data.rds",),
        lag_days=45,
        read=read,
        standing=Standing.COMPILED,
        compiled_by="Health Foundation REAL Centre analyst (elective_constraints)",
    ),
)
