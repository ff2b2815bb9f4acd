"""Diagnostic tests (DM01): who waits, and the share who have waited over six weeks, by test too."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources import zipped_csv
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sectors.nhs.sources.unified_monthly import COMPILED_BY, FILE, quarter_ends
from matchmaker.sources import tabular
from matchmaker.sources.periods import MONTHS, month, share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.sums import total
from matchmaker.sources.tabular import number

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


EXTRACT = {
    "MRI": "mri",
    "CT": "ct",
    "NON_OBSTETRIC_ULTRASOUND": "ultrasound",
    "BARIUM_ENEMA": "barium_enema",
    "DEXA_SCAN": "bone_density",
    "AUDIOLOGY_ASSESSMENTS": "audiology",
    "ECHOCARDIOGRAPHY": "echocardiography",
    "ELECTROPHYSIOLOGY": "electrophysiology",
    "PERIPHERAL_NEUROPHYS": "neurophysiology",
    "SLEEP_STUDIES": "sleep_studies",
    "URODYNAMICS": "urodynamics",
    "COLONOSCOPY": "colonoscopy",
    "FLEXI_SIGMOIDOSCOPY": "sigmoidoscopy",
    "CYSTOSCOPY": "cystoscopy",
    "GASTROSCOPY": "gastroscopy",
}
"""Test in the full extract -> how its measure ends."""
UNDER_6_WEEKS = ("00 < 01 Week", *(f"0{week} < 0{week + 1} Weeks" for week in range(1, 6)))
WEEKS = (
    *UNDER_6_WEEKS,
    *(f"{week:02} < {week + 1:02} Weeks" for week in range(6, 13)),
    "13+ Weeks",
)
FEWEST = 20
"""Of fewer people waiting for a test, no share is given."""


def read_quarter_ends(path: Path) -> pl.DataFrame:
    """All fifteen tests added up, in the last month of each quarter."""
    over = [f"diag_{test}_6week_breaches" for test in TESTS]
    waiting = [f"diag_{test}_total_waiting" for test in TESTS]
    frame = quarter_ends(path, [number(name, name) for name in (*over, *waiting)])
    # A test that a trust does not offer is blank in both; one that is known in part is not known.
    none = {
        test: pl.col(late).is_null() & pl.col(all_).is_null()
        for test, late, all_ in zip(TESTS, over, waiting, strict=True)
    }
    frame = frame.with_columns(
        pl.when(none[test]).then(0).otherwise(name).alias(name)
        for names in (over, waiting)
        for test, name in zip(TESTS, names, strict=True)
    )
    frame = frame.with_columns(over=total(over), waiting=total(waiting))
    return tabular.long(frame.with_columns(share("over", "waiting").alias(MEASURE)), (MEASURE,))


def read_extract(path: Path) -> pl.DataFrame:
    """The official full extract: one month, all tests together (its own total) and each test."""
    headings = {
        "period": "Period",
        "code": "Provider Org Code",
        "commissioner": "Commissioner Org Code",
        "test": "Diagnostic Tests",
        "waiting": "Total WL",
        **{week: week for week in WEEKS},
    }
    frame = zipped_csv.columns(path, headings).filter(pl.col("code").str.contains(TRUST_CODE))
    frame = zipped_csv.counts(path, frame, "waiting", *WEEKS)
    tabular.once_each(path, frame, ("code", "commissioner", "test"))
    tabular.same_sum(path, frame, WEEKS, "waiting")
    _, name, year = tabular.one_value(path, frame, "period", "Period").split("-")
    period = month(int(year), MONTHS[name.casefold()])
    unknown = set(frame["test"]) - {*EXTRACT, "TOTAL"}
    if unknown:
        issue = Issue(path.name, "the known tests", str(sorted(unknown)), column="Diagnostic Tests")
        raise BadFile([issue], "Name the new test first.")
    under = total(UNDER_6_WEEKS)
    tests = (
        frame.with_columns(over=pl.col("waiting") - under)
        .group_by("code", "test", maintain_order=True)
        .agg(pl.col("waiting", "over").sum())
        .filter(pl.col("waiting") > 0)
    )
    whole = tests.filter(test="TOTAL").select(
        "code", pl.col("waiting").alias("diagnostics_waiting_list"), share("over", "waiting").alias(MEASURE)
    )
    parts = [tabular.long(whole, whole.columns[1:], period)]
    for test, measure in EXTRACT.items():
        own = tests.filter(pl.col("waiting") >= FEWEST, test=test)
        named = own.select("code", share("over", "waiting").alias(f"{MEASURE}_{measure}"))
        parts.append(tabular.long(named, named.columns[1:], period))
    return pl.concat(parts)


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
        id="diagnostics_extract",
        title="Monthly diagnostics waiting times and activity (DM01), full extract",
        files=("dm01-2026-03/DM01-*-full-extract*.zip",),
        read=read_extract,
    ),
)
