"""Estates returns (ERIC): how many sites a trust has, and how much floor.

- `sites`: hospitals, clinics and support buildings together, without those that a trust need not
  report singly (their count is asked for in some years only).
- `sites_inpatient`: hospitals of every kind with beds.
- `sites_general_acute`: general acute hospitals.
- `floor_area`: gross internal floor of all sites, small ones (in a row of their own) included.

The kinds of site were renamed in 2015/16 and mental health sites are counted more finely since, so
`sites_inpatient` compares trusts within a year and not years with each other.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.estates_backlog import PAGE, PUBLISHER, start_year
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import Column, text

TRUSTS, SITES = "Trust Data", "Site Data"
CODE = "Organisation Code"
GENERAL_ACUTE = "General acute hospital"
INPATIENT_UNTIL_2014 = (
    GENERAL_ACUTE,
    "Multi-service hospital",
    "Short term non-acute hospital",
    "Long stay hospital",
    "Specialist hospital",
    "Community hospital",
)
OTHER_UNTIL_2014 = ("Non in-patient facilities", "Non-hospital (patient)", "Support facilities")
INPATIENT_FROM_2015 = (
    GENERAL_ACUTE,
    "Specialist hospital (acute only)",
    "Mixed service hospital",
    "Mental Health (including Specialist services)",
    "Learning Disabilities",
    "Mental Health and Learning Disabilities",
    "Community hospital (with inpatient beds)",
    "Other inpatient",
)
OTHER_FROM_2015 = ("Non inpatient", "Support facilities")
COUNTS = ("sites", "sites_inpatient", "sites_general_acute")


def read_2013(path: Path) -> pl.DataFrame:
    """A workbook of 2013/14 to 2016/17: counts declared by the trust, floor added up over its sites."""
    year = start_year(path)
    inpatient, other = (
        (INPATIENT_UNTIL_2014, OTHER_UNTIL_2014) if year < 2015 else (INPATIENT_FROM_2015, OTHER_FROM_2015)
    )
    kinds = (*inpatient, *other)
    columns = [Column(kind, f"Number of sites - {kind} (No.)", "text") for kind in kinds]
    frame = trust_table(path, (text("code", CODE), *columns), sheet=TRUSTS)
    frame = _numbers(path, TRUSTS, frame, kinds)
    counts = frame.with_columns(
        # Kinds that do not apply (ambulance services have no wards) are none of the trust's sites.
        sites=pl.sum_horizontal(kinds),
        sites_inpatient=pl.when(pl.any_horizontal(pl.col(inpatient).is_not_null())).then(
            pl.sum_horizontal(inpatient)
        ),
        sites_general_acute=pl.col(GENERAL_ACUTE),
    )
    area = trust_table(path, (text("code", CODE), text("area", "Gross internal…")), sheet=SITES)
    return pl.concat(
        [
            tabular.long(counts, COUNTS, financial_year(year), sheet=TRUSTS),
            _floor(_numbers(path, SITES, area, ("area",)), year, SITES),
        ]
    )


def read_2019(path: Path) -> pl.DataFrame:
    """The list of sites for 2019/20; it names hospitals singly and bundles the rest."""
    columns = (text("code", "Trust Code"), text("kind", "Site Type"), text("area", "Gross internal…"))
    frame = _numbers(path, None, trust_table(path, columns), ("area",))
    # A number stands before each kind ("1. General acute hospital"), save for the last two.
    frame = frame.with_columns(kind=pl.col("kind").str.replace(r"^\d\. ", ""))
    known = {*INPATIENT_FROM_2015, "Other Reportable Site", "Ambulance services"}
    issues = IssueList()
    for row, kind in frame.filter(~pl.col("kind").is_in(known)).select("row", "kind").iter_rows():
        issues.add(Issue(path.name, "a kind of site that ERIC names", kind, row=row, column="Site Type"))
    issues.raise_if_any()
    hospitals = frame.filter(pl.col("kind").is_in(INPATIENT_FROM_2015))
    counts = hospitals.group_by("code", maintain_order=True).agg(
        pl.col("row").first(),
        sites_inpatient=pl.len(),
        sites_general_acute=(pl.col("kind") == GENERAL_ACUTE).sum(),
    )
    year = start_year(path)
    counted = tabular.long(counts, COUNTS[1:], financial_year(year))
    return pl.concat([counted, _floor(frame, year, None)])


def read_2024(path: Path) -> pl.DataFrame:
    """The sheet of trusts for 2024/25: counts declared by the trust; empty sites are left out."""
    kinds = (*INPATIENT_FROM_2015, *OTHER_FROM_2015)
    columns = [Column(kind, f"Number of sites - {kind} (No.)", "text") for kind in kinds]
    frame = _numbers(path, None, trust_table(path, (text("code", "Trust Code"), *columns)), kinds)
    counts = frame.with_columns(
        sites=pl.sum_horizontal(kinds),
        sites_inpatient=pl.sum_horizontal(INPATIENT_FROM_2015),
        sites_general_acute=pl.col(GENERAL_ACUTE),
    )
    return tabular.long(counts, COUNTS, financial_year(start_year(path)))


def _floor(sites: pl.DataFrame, year: int, sheet: str | None) -> pl.DataFrame:
    """Floor by trust; none at all (one trust in 2014/15) is an unfilled return, and no row."""
    whole = sites.group_by("code", maintain_order=True).agg(
        pl.col("row").first(), floor_area=pl.col("area").sum()
    )
    found = whole.filter(pl.col("floor_area") > 0)
    return tabular.long(found, ("floor_area",), financial_year(year), sheet=sheet)


def _numbers(path: Path, sheet: str | None, frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Text to numbers, with "Not Applicable" for none."""
    issues = IssueList()
    for column in columns:
        tidy = pl.col(column).str.replace_all(",", "").replace("Not Applicable", None)
        odd = frame.filter(tidy.is_not_null() & tidy.cast(pl.Float64, strict=False).is_null())
        for row, cell in odd.select("row", column).iter_rows():
            issues.add(Issue(path.name, "a number or Not Applicable", cell, sheet, row, column))
        frame = frame.with_columns(tidy.cast(pl.Float64, strict=False))
    if frame.select(pl.col(columns)).null_count().row(0) == (len(frame),) * len(columns):
        issues.add(Issue(path.name, "numbers", None, sheet, column=", ".join(columns)))
    issues.raise_if_any()
    return frame


PUBLICATIONS = (
    Publication(
        id="eric_sites_2013_2016",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: sites and floor area, 2013/14 to 2016/17",
        page=PAGE,
        files=("eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_*.xls",),
        lag_days=214,  # October
        read=read_2013,
    ),
    Publication(
        id="eric_sites_2019",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: sites and floor area, 2019/20",
        page=PAGE,
        files=("eric-2019-20/ERIC_201920_SiteData.csv",),
        lag_days=306,  # late, in January, after the first year of the pandemic
        read=read_2019,
        standing=Standing.EXTRACTED,
        compiled_by="B. S. Cooper (nosocomial_COVID_England)",
    ),
    Publication(
        id="eric_sites_2024",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: sites, 2024/25",
        page=PAGE,
        files=("eric-2024-25/ERIC*Trust data.csv",),
        lag_days=275,  # by the end of the year
        read=read_2024,
    ),
)
