"""Where trusts have their headquarters (WGS 84): open trusts, and dissolved ones by postcode."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE, trust_table
from matchmaker.sources import tabular
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import number, text

ENGLAND = {"latitude": (49.8, 55.9), "longitude": (-6.5, 1.8)}
"""Degrees between which every point of England lies."""


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
    return _points(path, frame.with_row_index("row", offset=1), "headquarters 2022")


def read_2024(path: Path) -> pl.DataFrame:
    """Addresses of 2024; the code stands in brackets after the name."""
    columns = (text("name", "Name"), number("latitude", "lat"), number("longitude", "long"))
    frame = tabular.table(path, columns, key="name", keep=r"\([A-Z0-9]{3,5}\)$")
    frame = frame.with_columns(code=pl.col("name").str.extract(r"\(([A-Z0-9]{3,5})\)$"))
    return _points(path, frame, "headquarters 2024")


def read_hospitals(path: Path) -> pl.DataFrame:
    """NHS Choices hospitals of 2018: every site's postcode and point, to place dissolved trusts."""
    columns = (
        # The file's sector column says "Independent" of many NHS hospitals: the parent's code decides.
        text("code", "ParentODSCode"),
        text("postcode", "Postcode"),
        number("latitude", "Latitude"),
        number("longitude", "Longitude"),
    )
    frame = trust_table(path, columns).with_columns(pl.col("postcode").str.replace_all(" ", ""))
    return _points(path, frame, "hospital site 2018")


def _points(path: Path, frame: pl.DataFrame, basis: str) -> pl.DataFrame:
    if "postcode" not in frame.columns:
        frame = frame.with_columns(postcode=pl.lit(None, pl.String))
    known = frame.filter(pl.col("code").str.contains(TRUST_CODE)).drop_nulls(list(ENGLAND))
    issues = [
        Issue(path.name, f"{least} to {most} degrees, in England", f"{value:g}", row=row, column=name)
        for name, (least, most) in ENGLAND.items()
        for row, value in known.filter(~pl.col(name).is_between(least, most)).select("row", name).iter_rows()
    ]
    if issues:
        raise BadFile(issues, "Check that latitude and longitude stand in their own columns.")
    return known.select("code", *ENGLAND, "postcode", basis=pl.lit(basis))


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
)
