"""Lists of hospitals and other sites, trust by trust: the estates returns (ERIC), NHS Choices and the ODS.

The estates returns are made by the trust that runs a building, NHS Choices and the ODS list every place where
a trust sees patients. `rank` says how well a row shows whose hospital it is: 3 for general and specialist
acute hospitals in the estates returns, 2 for others with beds, 1 for hospitals without beds there, 0 for rows
of NHS Choices, -1 for rows of the ODS. What is reported as an aggregate of small sites has no name.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.estates_backlog import PAGE, PUBLISHER, start_year
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sectors.nhs.sources.ods_trusts import PLACES as ODS_PLACES
from matchmaker.sectors.nhs.sources.site_spread import site_list
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

COLUMNS = {
    "code": pl.String,
    "site": pl.String,
    "name": pl.String,
    "rank": pl.Int64,
    "area": pl.Float64,
    "postcode": pl.String,
    "town": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "opened": pl.Date,
    "closed": pl.Date,
    "start": pl.Date,
    "known_from": pl.Date,
}
"""`area` is in square metres, `start` the first day of the list's period; `code` is the trust's."""
ACUTE = r"^(general acute|specialist hospital \(acute)"
WITH_BEDS = (
    r"^(multi-service|mixed service|specialist|short term|long stay|community|mental|learning"
    r"|other inpatient)"
)
HOSPITAL = r"(?i)\b(hospital|infirmary)\b"
AGGREGATE = "AGGRE"
CHOICES, ODS = 0, -1
PUBLISHED = {
    2013: date(2014, 10, 16),
    2014: date(2015, 10, 31),
    2015: date(2016, 10, 31),
    2016: date(2017, 10, 31),
    2019: date(2021, 1, 31),
    2023: date(2024, 12, 31),
}
"""When the return of the year that begins then came out; the last day of its month where no day is known."""
SEPTEMBER_2018 = date(2018, 9, 1)
TOWN = 7
"""Place of the town in the ODS layout."""


def read_2013(path: Path) -> pl.DataFrame:
    """Sites of 2013/14 to 2016/17."""
    columns = (
        text("code", "Organisation Code"),
        text("site", "Site Code"),
        text("name", "Site Name"),
        text("kind", "Site Type"),
        text("area", "Gross internal…"),
    )
    return _returned(trust_table(path, columns, sheet="Site Data"), start_year(path))


def read_2019(path: Path) -> pl.DataFrame:
    """Sites of 2019/20."""
    columns = (
        text("code", "Trust Code"),
        text("site", "Site Code"),
        text("name", "Site Name"),
        text("kind", "Site Type"),
        text("area", "Gross internal…"),
        text("postcode", "Post Code"),
    )
    return _returned(trust_table(path, columns), start_year(path))


def read_2023(path: Path) -> pl.DataFrame:
    """Sites of acute trusts in 2023/24."""
    return _returned(site_list(path), 2023)


def read_choices(path: Path) -> pl.DataFrame:
    """Hospitals that NHS Choices listed in September 2018."""
    columns = (
        text("code", "ParentODSCode"),
        text("site", "OrganisationCode"),
        text("name", "OrganisationName"),
        text("postcode", "Postcode"),
        text("town", "City"),
        number("latitude", "Latitude"),
        number("longitude", "Longitude"),
    )
    frame = trust_table(path, columns).filter(pl.col("name").str.contains(HOSPITAL))
    return _shaped(frame.with_columns(rank=CHOICES, start=SEPTEMBER_2018, known_from=SEPTEMBER_2018))


def read_ods(path: Path) -> pl.DataFrame:
    """Hospitals in the ODS list of sites, by codes that begin with that of their trust."""
    raw = tabular.cells(path)
    frame = raw.select(
        site=pl.col(raw.columns[ODS_PLACES["code"]]),
        name=pl.col(raw.columns[ODS_PLACES["name"]]),
        postcode=pl.col(raw.columns[ODS_PLACES["postcode"]]),
        town=pl.col(raw.columns[TOWN]),
        opened=pl.col(raw.columns[ODS_PLACES["opened"]]).str.to_date("%Y%m%d", strict=False),
        closed=pl.col(raw.columns[ODS_PLACES["closed"]]).str.to_date("%Y%m%d", strict=False),
    ).filter(pl.col("site").str.len_chars() == 5)
    frame = frame.with_columns(code=pl.col("site").str.head(3))
    frame = frame.filter(pl.col("code").str.contains(TRUST_CODE))
    return _shaped(frame.with_columns(rank=ODS, start=SEPTEMBER_2018, known_from=SEPTEMBER_2018))


def _returned(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    """Rows of an estates return, without aggregates and without sites that are not called hospitals."""
    kind = pl.col("kind").str.to_lowercase().str.replace(r"^\d\. ", "")
    area = pl.col("area") if "area" in frame.columns else pl.lit(None, pl.String)
    rank = pl.when(kind.str.contains(ACUTE)).then(3).when(kind.str.contains(WITH_BEDS)).then(2).otherwise(1)
    frame = frame.with_columns(
        rank=rank.cast(pl.Int64),
        area=area.str.replace_all(",", "").cast(pl.Float64, strict=False),
        start=financial_year(year)[0],
        known_from=PUBLISHED[year],
    )
    named = pl.col("site").ne(AGGREGATE) & ~kind.str.contains("aggregate").fill_null(False)
    return _shaped(frame.filter(named & ((pl.col("rank") > 1) | pl.col("name").str.contains(HOSPITAL))))


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, kind).alias(name) for name, kind in COLUMNS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())


PUBLICATIONS = (
    Publication(
        id="site_names_eric",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: names of sites, 2013/14 to 2016/17",
        page=PAGE,
        files=("eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_*.xls",),
        lag_days=0,
        read=read_2013,
        table="site_lists",
    ),
    Publication(
        id="site_names_eric_2019",
        publisher=PUBLISHER,
        title="Estates Returns Information Collection: names of sites, 2019/20",
        page=PAGE,
        files=("eric-2019-20/ERIC_201920_SiteData.csv",),
        lag_days=0,
        read=read_2019,
        table="site_lists",
        standing=Standing.EXTRACTED,
        compiled_by="B. S. Cooper (nosocomial_COVID_England)",
    ),
    Publication(
        id="site_names_eric_2023",
        publisher="NHS England",
        title="Estates Returns Information Collection: names of sites of acute trusts, 2023/24",
        page=PAGE,
        files=("eric-types-sites-2026/sites.json",),
        lag_days=0,
        read=read_2023,
        table="site_lists",
        standing=Standing.COMPILED,
        compiled_by="bevanjboyle-lang/strategy-reconfiguration",
    ),
    Publication(
        id="site_names_choices",
        publisher="NHS Choices (NHS.UK)",
        title="Names of hospitals, September 2018",
        page="https://www.nhs.uk/about-us/nhs-website-datasets/",
        files=("nhs-choices-hospitals-2018/Hospital.csv",),
        lag_days=0,
        read=read_choices,
        table="site_lists",
    ),
    Publication(
        id="site_names_ods",
        publisher="NHS England, Organisation Data Service",
        title="Trusts and their sites (etrust): names and addresses of sites, September 2018",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("ods-sites-2018/etrust_*.csv.gz",),
        lag_days=0,
        read=read_ods,
        table="site_lists",
        standing=Standing.EXTRACTED,
        compiled_by="TechForUK/my_eu",
    ),
)
