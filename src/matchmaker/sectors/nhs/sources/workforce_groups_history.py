"""Doctors, nurses, consultants and managers in earlier years, from NHS Workforce Statistics."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import month
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.sums import total_of_rows
from matchmaker.sources.tabular import number, text

PUBLISHER = "NHS Digital"
PAGE = "https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics"
LSE = "miqdadasaria/hospital_management (London School of Economics)"

GROUP_COLUMNS = (
    text("month", "Month"),
    text("code", "Organisation code"),
    text("group", "Staff group"),
    number("fte", "FTE"),
)
GROUPS = {
    "HCHS doctors": "staff_fte_doctors",
    "Nurses & health visitors": "staff_fte_nurses",
    "Senior managers": "staff_fte_managers",
    "Managers": "staff_fte_managers",
}
GROUP_MONTHS = {"2017-SEP": month(2017, 9), "2018-JUN": month(2018, 6)}


def read_groups(path: Path) -> pl.DataFrame:
    """September 2017 and June 2018, one row per nationality, added up by staff group."""
    frame = trust_table(path, GROUP_COLUMNS, sheet="Data")
    issues = IssueList()
    for label in frame["month"].unique().sort():
        if label not in GROUP_MONTHS:
            issues.add(Issue(path.name, f"one of {sorted(GROUP_MONTHS)}", label, "Data", column="Month"))
    issues.raise_if_any()
    wanted = frame.filter(pl.col("group").is_in(list(GROUPS))).with_columns(
        measure=pl.col("group").replace_strict(GROUPS, return_dtype=pl.String)
    )
    totals = wanted.group_by("month", "code", "measure", maintain_order=True).agg(
        pl.col("row").first(), total_of_rows("fte")
    )
    return pl.concat(
        tabular.long(
            totals.filter(month=label, measure=measure), {"fte": measure}, GROUP_MONTHS[label], sheet="Data"
        )
        for label in GROUP_MONTHS
        for measure in dict.fromkeys(GROUPS.values())
    )


def read_lse(path: Path, *, heading: str, measure: str) -> pl.DataFrame:
    """30 September of each year: the sums equal the national figures of that month."""
    columns = (text("year", "YEAR"), text("code", "ORG_CODE"), number(measure, heading))
    frame = trust_table(path, columns)
    return pl.concat(
        tabular.long(frame.filter(year=year), (measure,), month(int(year), 9))
        for year in frame["year"].unique().sort()
    )


def _lse(name: str, title: str, heading: str, measure: str) -> Publication:
    return Publication(
        id=f"nhs_workforce_{name}",
        publisher=PUBLISHER,
        title=f"NHS Workforce Statistics: {title}, each September",
        page=PAGE,
        files=(f"lse-hospital-management/{name}_simple_def.csv",),
        # Until 2012 the September census came out in the following March.
        lag_days=180,
        read=partial(read_lse, heading=heading, measure=measure),
        standing=Standing.COMPILED,
        compiled_by=LSE,
    )


PUBLICATIONS = (
    Publication(
        id="hchs_staff_groups",
        publisher=PUBLISHER,
        title="HCHS staff by staff group, nationality and organisation, September 2017 and June 2018",
        page=PAGE,
        files=("hchs-workforce/hchs-staff-by-staff-group-nationality-and-organisation-*.xlsx",),
        lag_days=95,
        read=read_groups,
    ),
    _lse("consultants", "consultants", "SIMPLE_CONSULTANTS_FTE", "staff_fte_consultants"),
    _lse("managers", "managers and senior managers", "SIMPLE_MANAGERS_FTE", "staff_fte_managers"),
)
