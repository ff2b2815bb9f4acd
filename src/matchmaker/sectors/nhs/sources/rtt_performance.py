"""Referral to treatment: the share of those waiting who have waited 18 weeks or less."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sectors.nhs.sources.service_mix import FEWEST_OF_SERVICE
from matchmaker.sectors.nhs.sources.unified_monthly import COMPILED_BY, FILE, quarter_ends
from matchmaker.sources import tabular
from matchmaker.sources.periods import share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

SPECIALTIES = {
    "general_surgery": "general_surgery",
    "urology": "urology",
    "orthopaedics": "trauma_orthopaedics",
    "ear_nose_throat": "ent",
    "ophthalmology": "ophthalmology",
    "oral_surgery": "oral_surgery",
    "cardiothoracic_surgery": "cardiothoracic_surgery",
    "general_medicine": "general_medicine",
    "gastroenterology": "gastroenterology",
    "cardiology": "cardiology",
    "dermatology": "dermatology",
    "respiratory_medicine": "respiratory_medicine",
    "neurology": "neurology",
    "rheumatology": "rheumatology",
    "elderly_medicine": "geriatric_medicine",
    "gynaecology": "gynecology",
}
"""Service -> its name in the compiled table, without those that the table names wrongly."""
TOTAL = "rtt_within_18_weeks"
PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/rtt-waiting-times/"


def read_marches(path: Path) -> pl.DataFrame:
    """Those waiting on 31 March of 2013 to 2019, and how many of them within 18 weeks."""
    columns = (
        text("code", "ORG_CODE"),
        text("date", "DATE"),
        number("rtt_waiting_list", "N_TOTAL"),
        number("within", "N_18_WEEKS"),
    )
    frame = trust_table(path, columns)
    frame = frame.with_columns(period_end=pl.col("date").str.to_date("%d/%m/%Y", strict=False))
    issues = IssueList()
    for row, cell in frame.filter(pl.col("period_end").is_null()).select("row", "date").iter_rows():
        issues.add(Issue(path.name, "a day as dd/mm/yyyy", cell, None, row, "DATE"))
    issues.raise_if_any()
    # A list of nobody is a return that was not made.
    frame = frame.filter(pl.col("rtt_waiting_list") > 0).with_columns(
        period_start=pl.col("period_end").dt.month_start(),
        rtt_within_18_weeks=share("within", "rtt_waiting_list"),
    )
    return tabular.long(frame, ("rtt_within_18_weeks", "rtt_waiting_list"))


def read_quarter_ends(path: Path) -> pl.DataFrame:
    """The published percentage of all, and shares by specialty; counts are doubled, so none is given."""
    columns = [number(TOTAL, "trust_total_percent_within_18_weeks", factor=0.01)]
    for service, name in SPECIALTIES.items():
        columns += [
            number(service, f"rtt_{name}_percent_within_18_weeks"),
            number(f"{service} waiting", f"rtt_{name}_total_incomplete_pathways", factor=0.5),
        ]
    frame = quarter_ends(path, columns)
    shares = {
        f"{TOTAL}_{service}": pl.when(pl.col(f"{service} waiting") >= FEWEST_OF_SERVICE).then(service)
        for service in SPECIALTIES
    }
    return tabular.long(frame.with_columns(**shares), (TOTAL, *shares))


PUBLICATIONS = (
    Publication(
        id="rtt_performance_2013_2019",
        publisher="NHS England",
        title="Consultant-led Referral to Treatment waiting times, incomplete pathways, March 2013 to 2019",
        page=PAGE,
        files=("lse-hospital-management/RTT.csv",),
        lag_days=45,
        read=read_marches,
        standing=Standing.EXTRACTED,
        compiled_by="Asaria, McGuire and Street (miqdadasaria/hospital_management)",
    ),
    Publication(
        id="rtt_performance_2024_2025",
        publisher="NHS England",
        title="Consultant-led Referral to Treatment waiting times, incomplete pathways, 2024 to 2025",
        page=PAGE,
        files=(FILE,),
        lag_days=45,
        read=read_quarter_ends,
        standing=Standing.COMPILED,
        compiled_by=COMPILED_BY,
    ),
)
