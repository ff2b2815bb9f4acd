"""Points (WGS 84) of headquarters, hospitals and postcodes, with which trusts and their hospitals are placed.

A row has the `code` of a trust where it is the trust's headquarters, that and a `site` where it is one of its
hospitals, and neither where all that is known is the postcode.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.geocoding import POINTS
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sectors.nhs.sources.site_spread import site_list
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

ENGLAND = {"latitude": (49.8, 55.9), "longitude": (-6.5, 1.8)}
"""Degrees between which every point of England lies."""

EDITION_2022 = date(2022, 4, 1)
"""The day for which the points of 2022 hold; they name no postcodes."""

EDITION_2024 = date(2024, 12, 31)
"""The last day on which the addresses of 2024 can have been put down."""


def read_2022(path: Path) -> pl.DataFrame:
    """ODS points of 2022, an R `sf` object whose geometry is longitude, latitude."""
    raw = tabular.r_data(path)
    frame = pl.DataFrame(
        {
            "code": [str(code) for code in raw["nhs_trust22_code"]],
            "latitude": [float(point[1]) for point in raw["geometry"]],
            "longitude": [float(point[0]) for point in raw["geometry"]],
        }
    )
    frame = frame.with_columns(edition=pl.lit(EDITION_2022))
    return _points(path, frame.with_row_index("row", offset=1), "headquarters 2022")


def read_2024(path: Path) -> pl.DataFrame:
    """Addresses of 2024, with the code in brackets after the name and the postcode at the end."""
    columns = (
        text("name", "Name"),
        text("address", "address"),
        number("latitude", "lat"),
        number("longitude", "long"),
    )
    frame = tabular.table(path, columns, key="name", keep=r"\([A-Z0-9]{3,5}\)$")
    frame = frame.with_columns(
        code=pl.col("name").str.extract(r"\(([A-Z0-9]{3,5})\)$"),
        postcode=pl.col("address").str.extract(r"([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\s*$"),
        edition=pl.lit(EDITION_2024),
    )
    return _points(path, frame, "headquarters 2024")


def read_hospitals(path: Path) -> pl.DataFrame:
    """NHS Choices hospitals of 2018: every site's postcode and point, to place dissolved trusts."""
    columns = (
        # The file's sector column says "Independent" of many NHS hospitals: the parent's code decides.
        text("code", "ParentODSCode"),
        text("site", "OrganisationCode"),
        text("postcode", "Postcode"),
        number("latitude", "Latitude"),
        number("longitude", "Longitude"),
    )
    return _points(path, trust_table(path, columns), "hospital site 2018")


def read_sites(path: Path) -> pl.DataFrame:
    """Sites of acute trusts in 2023/24."""
    return _points(path, site_list(path), "hospital site 2023")


def read_postcodes(path: Path) -> pl.DataFrame:
    """Schools of England, for the sake of their postcodes."""
    frame = tabular.parquet(path, ("postcode", "lat", "lon"))
    frame = frame.with_row_index("row", offset=1).rename({"lat": "latitude", "lon": "longitude"})
    # Border schools of Wales are in the register too.
    here = pl.all_horizontal(pl.col(name).is_between(*bounds) for name, bounds in ENGLAND.items())
    return _points(path, frame.filter(here), "school")


def _points(path: Path, frame: pl.DataFrame, basis: str) -> pl.DataFrame:
    missing = [pl.lit(None, kind).alias(name) for name, kind in POINTS.items() if name not in frame.columns]
    frame = frame.with_columns(missing).with_columns(pl.col("postcode").str.replace_all(" ", ""))
    no_trust = ~pl.col("code").str.contains(TRUST_CODE).fill_null(True)
    known = frame.filter(~no_trust).drop_nulls(list(ENGLAND))
    issues = [
        Issue(path.name, f"{least} to {most} degrees, in England", f"{value:g}", row=row, column=name)
        for name, (least, most) in ENGLAND.items()
        for row, value in known.filter(~pl.col(name).is_between(least, most)).select("row", name).iter_rows()
    ]
    if issues:
        raise BadFile(issues, "Check that latitude and longitude stand in their own columns.")
    return known.with_columns(basis=pl.lit(basis)).select(list(POINTS))


_published = partial(Publication, table="coordinates", lag_days=0, standing=Standing.EXTRACTED)

PUBLICATIONS = (
    _published(
        id="coordinates_2022",
        publisher="NHS England, Organisation Data Service",
        title="Points of NHS trusts, 2022",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("geographr/points_nhs_trusts22.rda",),
        read=read_2022,
        compiled_by="geographr R package (humaniverse)",
    ),
    _published(
        id="coordinates_2024",
        publisher="NHS England, Organisation Data Service",
        title="Headquarters of NHS trusts, 2024",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("nhstech-mrc/eric_for_flourish_map.csv",),
        read=read_2024,
        compiled_by="Regulate.Tech",
    ),
    _published(
        id="nhs_choices_hospitals",
        publisher="NHS Choices (NHS.UK)",
        title="Hospitals, September 2018",
        page="https://www.nhs.uk/about-us/nhs-website-datasets/",
        files=("nhs-choices-hospitals-2018/Hospital.csv",),
        read=read_hospitals,
        standing=Standing.OFFICIAL,
    ),
    _published(
        id="hospital_points_2023",
        publisher="NHS England",
        title="Estates Returns Information Collection: sites of acute trusts, 2023/24 (points)",
        page="https://digital.nhs.uk/data-and-information/publications/statistical/"
        "estates-returns-information-collection",
        files=("eric-types-sites-2026/sites.json",),
        read=read_sites,
        standing=Standing.COMPILED,
        compiled_by="bevanjboyle-lang/strategy-reconfiguration",
    ),
    _published(
        id="postcode_points",
        publisher="Department for Education; Ordnance Survey",
        title="Get Information About Schools and OS Code-Point Open: where postcodes are",
        page="https://osdatahub.os.uk/data/downloads/open/CodePointOpen",
        files=("schools/coordinates/school_coordinates.parquet",),
        read=read_postcodes,
        standing=Standing.COMPILED,
        compiled_by="put together from editions of both (see its manifest)",
    ),
)
