"""NHS Talking Therapies: recovery and waits of those who finished a course, by year and by quarter.

Some trusts stand under the codes of their services (RV383 is of RV3), some under their own: all rows of a
trust are added up, and shares worked out from the counts, which are rounded to five. A count that is
suppressed makes the trust's unknown. Recovery is a share of those who were ill enough at the start ("at
caseness").
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import tabular
from matchmaker.sources.periods import share
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

SITE = r"^([RT][A-Z0-9]{2})[A-Z0-9]{2}$"
MERGED = {"RRP": "G6V2S", "TAF": "G6V2S"}
MERGED_ON = date(2024, 11, 1)
"""From then on, services that kept the codes of these trusts are those of their successor."""
FEWEST = 50
"""Of fewer finished courses, no share is given."""
ANNUAL = {
    "finished_course_treatment": "finished",
    "at_caseness": "ill",
    "recovery": "recovered",
    "reliable_recovery": "reliably",
}
MONTHLY = {
    "M076": "finished",
    "M179": "not ill",
    "M191": "recovered",
    "M193": "reliably",
    "M052": "in 6 weeks",
}
"""Counts of the monthly file that are used; M052 was renamed, but kept its number."""
QUARTERS = 8
"""So many of the latest quarters are read."""


def read_years(path: Path) -> pl.DataFrame:
    """Financial years from 2017/18."""
    columns = (
        text("start", "start_date"),
        text("end", "end_date"),
        text("code", "org_code"),
        text("what", "measure_name"),
        text("statistic", "measure_statistic"),
        text("value", "value"),
    )
    rows = tabular.table(path, columns, keep=f"{TRUST_CODE}|{SITE}").filter(
        pl.col("statistic") == "count", pl.col("what").is_in([*ANNUAL])
    )
    dated = rows.with_columns(
        pl.col("what").replace(ANNUAL),
        pl.col("value").cast(pl.Float64, strict=False),
        period_start=pl.col("start").str.to_date("%Y-%m-%d"),
        period_end=pl.col("end").str.to_date("%Y-%m-%d"),
    )
    sums = _by_trust(dated)
    measures = (
        "talking_therapies_courses",
        "talking_therapies_recovery",
        "talking_therapies_reliable_recovery",
    )
    return tabular.long(_measures(sums), measures)


def read_quarters(path: Path) -> pl.DataFrame:
    """The latest whole quarters of the monthly file."""
    names = ("start_date", "end_date", "group_type", "org_code2", "measure_id", "measure_statistic", "value")
    try:
        raw = pl.read_parquet(path, columns=list(names))
    except (OSError, pl.exceptions.PolarsError) as error:
        issue = Issue(path.name, f"a Parquet file with {', '.join(names)} ({str(error)[:120]})")
        raise BadFile([issue], "Download it again or leave it out.") from error
    months = raw.filter(
        pl.col("group_type") == "Provider",
        pl.col("measure_statistic") == "count",
        pl.col("measure_id").is_in([*MONTHLY]),
        pl.col("org_code2").str.contains(f"{TRUST_CODE}|{SITE}"),
    ).select(
        "value",
        code="org_code2",
        what=pl.col("measure_id").replace(MONTHLY),
        month="start_date",
        period_start=pl.col("start_date").dt.truncate("1q"),
        period_end=pl.col("start_date").dt.truncate("1q").dt.offset_by("3mo").dt.offset_by("-1d"),
    )
    whole = months.filter(pl.col("month").n_unique().over("period_end") == 3)
    latest = whole["period_end"].unique().sort()[-QUARTERS:]
    # A count that a service lacks in a month is suppressed, save where it has none at all in that month.
    key = ["code", "month", "period_start", "period_end"]
    wide = whole.filter(pl.col("period_end").is_in(latest.implode())).pivot(
        "what", index=key, values="value", aggregate_function="first"
    )
    long = wide.unpivot([*MONTHLY.values()], index=key, variable_name="what", value_name="value")
    sums = _by_trust(long).with_columns(ill=pl.col("finished") - pl.col("not ill"))
    measures = (
        "talking_therapies_recovery",
        "talking_therapies_reliable_recovery",
        "talking_therapies_within_6_weeks",
    )
    return tabular.long(_measures(sums), measures)


def _by_trust(rows: pl.DataFrame) -> pl.DataFrame:
    """Counts in columns, one row for each trust and period; those with an unknown part are unknown."""
    own = pl.coalesce(pl.col("code").str.extract(SITE), "code")
    later = pl.when(pl.col("period_end") >= MERGED_ON).then(own.replace(MERGED)).otherwise(own)
    key = ["code", "period_start", "period_end"]
    sums = (
        rows.with_columns(code=later)
        .group_by(*key, "what")
        .agg(pl.when(pl.col("value").is_not_null().all()).then(pl.col("value").sum()))
    )
    return sums.sort(*key, "what").pivot("what", index=key, values="value")


def _measures(sums: pl.DataFrame) -> pl.DataFrame:
    enough = sums.filter(pl.col("finished") >= FEWEST)
    waits = {"talking_therapies_within_6_weeks": share("in 6 weeks", "finished")}
    return enough.with_columns(
        talking_therapies_courses="finished",
        talking_therapies_recovery=share("recovered", "ill"),
        talking_therapies_reliable_recovery=share("reliably", "ill"),
        **waits if "in 6 weeks" in sums.columns else {},
    )


_publication = partial(
    Publication,
    publisher="NHS England",
    page="https://digital.nhs.uk/data-and-information/data-tools-and-services/data-services/mental-health-data-hub/dashboards/nhs-talking-therapies",
    standing=Standing.EXTRACTED,
    compiled_by="Bennett Institute (nhstt)",
)
PUBLICATIONS = (
    _publication(
        id="talking_therapies_years",
        title="NHS Talking Therapies, annual reports 2017/18 to 2024/25",
        files=("talking-therapies/nhstt_annual_provider_total.csv",),
        lag_days=305,  # in January of recent years
        read=read_years,
    ),
    _publication(
        id="talking_therapies_quarters",
        title="NHS Talking Therapies, monthly statistics, to March 2026",
        files=("talking-therapies/activity_performance_monthly.parquet",),
        lag_days=60,
        read=read_quarters,
    ),
)
