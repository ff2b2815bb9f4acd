"""Hospitals with beds, trust by trust, from the estates returns (ERIC) of four years.

Only the returns of 2013/14 and 2014/15 say how many beds each site has; those of 2019/20 and 2023/24 say of
what kind it is. A site's postcode is that of its code in the ODS list of September 2018 or in the return of
2019/20, which lie in the folders beside. What a trust reports as an aggregate of small sites has no place.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue, IssueList
from matchmaker.sectors.nhs.sources.estates_backlog import PAGE, PUBLISHER, start_year
from matchmaker.sectors.nhs.sources.estates_sites import INPATIENT_FROM_2015
from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sectors.nhs.sources.site_spread import INPATIENT, site_list
from matchmaker.sources import tabular
from matchmaker.sources.files import once
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text

AGGREGATE = "AGGRE"
"""The code of small sites reported together."""
PUBLISHED = {
    2013: date(2014, 10, 16),
    2014: date(2015, 10, 31),
    2019: date(2021, 1, 31),
    2023: date(2024, 12, 31),
}
"""When the return of the year that begins then came out; the last day of its month where no day is known."""
ADDRESSES_2018 = "ods-sites-2018/etrust_2018-09_trusts_and_sites.csv.gz"
RETURN_2019 = "eric-2019-20/ERIC_201920_SiteData.csv"
REUSED = ("RA299", "RL111")
"""Codes that the list of 2018 gives to another building, 30 km away: a surgery, and a clinic in Wales."""
COLUMNS = ("code", "site", "name", "beds", "postcode", "known_from")


def read_beds(path: Path) -> pl.DataFrame:
    """Sites with beds of 2013/14 or 2014/15, aggregates left out."""
    return beds_by_site(path).filter(pl.col("beds") > 0, pl.col("site") != AGGREGATE).select(COLUMNS)


@once
def beds_by_site(path: Path) -> pl.DataFrame:
    """Every row: `COLUMNS`, with aggregates and sites without beds, and the `type` of trust."""
    columns = (
        text("code", "Organisation Code"),
        text("type", "Organisation Type"),
        text("site", "Site Code"),
        text("name", "Site Name"),
        text("beds", "Available beds (No.)"),
    )
    frame = trust_table(path, columns, sheet="Site Data")
    beds = pl.col("beds").str.replace_all(",", "").replace("Not Applicable", None)
    faults = IssueList()
    for row, cell in (
        frame.filter(beds.is_not_null() & beds.cast(pl.Float64, strict=False).is_null())
        .select("row", "beds")
        .iter_rows()
    ):
        faults.add(Issue(path.name, "a number or Not Applicable", cell, "Site Data", row, "Available beds"))
    faults.raise_if_any()
    known = frame.with_columns(beds=beds.cast(pl.Float64).fill_null(0))
    addresses = site_postcodes(path.parents[1])
    return known.join(addresses, on="site", how="left", maintain_order="left").with_columns(
        known_from=pl.lit(PUBLISHED[start_year(path)])
    )


def read_2019(path: Path) -> pl.DataFrame:
    """Hospitals with beds in 2019/20."""
    columns = (
        text("code", "Trust Code"),
        text("site", "Site Code"),
        text("name", "Site Name"),
        text("kind", "Site Type"),
        text("postcode", "Post Code"),
    )
    frame = trust_table(path, columns).with_columns(pl.col("kind").str.replace(r"^\d\. ", ""))
    wards = frame.filter(pl.col("kind").is_in(INPATIENT_FROM_2015))
    return wards.select(
        "code",
        "site",
        "name",
        beds=pl.lit(None, pl.Float64),
        postcode="postcode",
        known_from=pl.lit(PUBLISHED[start_year(path)]),
    )


def read_2023(path: Path) -> pl.DataFrame:
    """Hospitals with beds of acute trusts in 2023/24; their points are read by `trust_coordinates`."""
    return (
        site_list(path)
        .filter(pl.col("kind").is_in(INPATIENT))
        .select(
            "code",
            "site",
            "name",
            beds=pl.lit(None, pl.Float64),
            postcode=pl.lit(None, pl.String),
            known_from=pl.lit(PUBLISHED[2023]),
        )
    )


@once
def site_postcodes(raw: Path) -> pl.DataFrame:
    """The postcode of each `site`, as far as the two lists are there."""
    parts = [pl.DataFrame(schema={"site": pl.String, "postcode": pl.String})]
    if (raw / ADDRESSES_2018).is_file():
        cells = tabular.cells(raw / ADDRESSES_2018)
        parts.append(cells.select(site=cells.columns[0], postcode=cells.columns[9]))
    if (raw / RETURN_2019).is_file():
        parts.append(read_2019(raw / RETURN_2019).select("site", "postcode"))
    every = pl.concat(parts).filter(pl.col("postcode") != "", ~pl.col("site").is_in([AGGREGATE, *REUSED]))
    return every.unique("site", keep="first", maintain_order=True)


PUBLICATIONS = (
    Publication(
        id="hospital_sites_2013",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: sites and their beds, 2013/14 and 2014/15",
        page=PAGE,
        files=(
            "eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_2013-14_*.xls",
            "eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_2014-15_*.xls",
        ),
        lag_days=0,
        read=read_beds,
        table="sites",
    ),
    Publication(
        id="hospital_sites_2019",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: hospitals with beds, 2019/20",
        page=PAGE,
        files=(RETURN_2019,),
        lag_days=0,
        read=read_2019,
        table="sites",
        standing=Standing.EXTRACTED,
        compiled_by="B. S. Cooper (nosocomial_COVID_England)",
    ),
    Publication(
        id="hospital_sites_2023",
        publisher="NHS England",
        title="Estates Returns Information Collection: hospitals of acute trusts with beds, 2023/24",
        page=PAGE,
        files=("eric-types-sites-2026/sites.json",),
        lag_days=0,
        read=read_2023,
        table="sites",
        standing=Standing.COMPILED,
        compiled_by="bevanjboyle-lang/strategy-reconfiguration",
    ),
)
