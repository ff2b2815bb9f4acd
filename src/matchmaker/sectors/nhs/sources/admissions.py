"""Hospital Admitted Patient Care Activity (HES): admissions to each provider in a financial year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_records
from matchmaker.sources import json_records, tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.sums import total_of_rows
from matchmaker.sources.tabular import number, text

PUBLISHER = "NHS Digital"
PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/"
    "hospital-admitted-patient-care-activity"
)
AGES = ("0-14", "15-29", "30-44", "45-59", "60-74", "75-89", "90+")
COLUMNS = (
    text("year", "YEAR"),
    text("code", "ORG_CODE"),
    number("episodes", "TOTAL_EPISODES"),
    number("admissions", "ADMISSIONS"),
    *(number(band, band) for band in AGES),
)
PARTS = r"^(.{3})(-X|0X|TC|T1)$"
"""A trust with treatment centres is published in parts: the trust without them (-X, in some years
0X) and each centre (TC, T1). The parts add up to what the next year gives for the whole trust."""
SHARES = {
    "episodes_age_0_14_share": ("0-14",),
    "episodes_age_75_over_share": ("75-89", "90+"),
}
PUBLISHED = {
    2012: date(2013, 11, 30),
    2013: date(2015, 3, 26),
    2014: date(2015, 11, 25),
    2015: date(2016, 11, 30),
    2016: date(2017, 10, 31),
    2017: date(2018, 9, 30),
    2018: date(2019, 9, 19),
}
"""When the tables by provider of the year that begins then came out. The last day of the month where only
the month is certain; the tables of 2013/14 followed two months after the headline figures."""
AGES_KNOWN = (0.97, 1.001)
"""Shares are given only where the age bands hold nearly all episodes: small counts are suppressed."""


def read_lse(path: Path) -> pl.DataFrame:
    """2012 to 2018; the age bands count episodes in every year, so the shares are of episodes."""
    frame = tabular.table(path, COLUMNS, key="code", keep=None)
    frame = frame.with_columns(code=pl.col("code").str.to_uppercase().str.replace(PARTS, "${1}"))
    frame = frame.filter(pl.col("code").str.contains(TRUST_CODE))
    numbers = ("episodes", "admissions", *AGES)
    whole = frame.group_by("year", "code", maintain_order=True).agg(
        pl.col("row").first(), *map(total_of_rows, numbers)
    )
    banded = pl.sum_horizontal(AGES)
    known = (banded / pl.col("episodes")).is_between(*AGES_KNOWN)
    whole = whole.with_columns(
        pl.when(known).then(pl.sum_horizontal(bands) / banded).alias(measure)
        for measure, bands in SHARES.items()
    )
    years = whole["year"].unique().sort()
    faults = IssueList()
    for year in years:
        if not (year.isdecimal() and int(year) in PUBLISHED):
            faults.add(Issue(path.name, f"a year from {min(PUBLISHED)} to {max(PUBLISHED)}", year))
    faults.raise_if_any()
    return pl.concat(
        tabular.long(
            whole.filter(year=year).with_columns(known_from=pl.lit(PUBLISHED[int(year)])),
            ("admissions", *SHARES),
            financial_year(int(year)),
        )
        for year in years
    )


def read_2024(path: Path) -> pl.DataFrame:
    """2024/25; codes that end in -X are trusts without their treatment centres."""
    found = json_records.content(path, {"period": "2024-25"})
    frame = trust_records(
        path,
        found["providers"],
        {
            "admissions": "activity/finished_admission_episodes",
            "emergency_admissions": "activity/emergency_admissions",
            "mean_length_of_stay": "duration/mean_length_of_stay_days",
            "mean_age_admitted": "mean_age",
        },
        strip="-X",
    )
    issues = IssueList()
    for code in frame.filter(pl.col("code").is_duplicated())["code"].unique().sort():
        issues.add(Issue(path.name, "one row for each trust", code, column="code"))
    issues.raise_if_any()
    return tabular.long(
        frame, [name for name in frame.columns if name not in ("row", "code")], financial_year(2024)
    )


PUBLICATIONS = (
    Publication(
        id="hes_admissions_history",
        publisher=PUBLISHER,
        title="Hospital Admitted Patient Care Activity, provider level, 2012/13 to 2018/19",
        page=PAGE,
        files=("lse-hospital-management/inpatient_data.csv",),
        lag_days=365,  # every row has its day, see PUBLISHED
        read=read_lse,
        standing=Standing.COMPILED,
        compiled_by="miqdadasaria/hospital_management (London School of Economics)",
    ),
    Publication(
        id="hes_admissions_2024_25",
        publisher="NHS England",
        title="Hospital Admitted Patient Care Activity, 2024-25",
        page=PAGE + "/2024-25",
        files=("activity-2024-25/hes-apc-2024-25.json",),
        lag_days=240,
        read=read_2024,
        standing=Standing.EXTRACTED,
        compiled_by="pelld/population-health-system-explorer",
    ),
)
