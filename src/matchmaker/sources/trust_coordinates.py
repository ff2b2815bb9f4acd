"""Where trusts have their headquarters (WGS 84): open trusts, and dissolved ones by postcode."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.sources import reading
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.reading import TRUST_CODE, number, text


def read_2022(path: Path) -> pl.DataFrame:
    """ODS points of 2022, an R `sf` object whose geometry is longitude, latitude."""
    raw = reading.r_data(path)
    frame = pl.DataFrame(
        {
            "ods": [str(code) for code in raw["nhs_trust22_code"]],
            "latitude": [float(point[1]) for point in raw["geometry"]],
            "longitude": [float(point[0]) for point in raw["geometry"]],
        }
    )
    return _finish(frame, "headquarters 2022")


def read_2024(path: Path) -> pl.DataFrame:
    """Addresses of 2024; the code stands in brackets after the name."""
    columns = (text("name", "Name"), number("latitude", "lat"), number("longitude", "long"))
    frame = reading.table(path, columns, key="name", keep=r"\([A-Z0-9]{3,5}\)$")
    frame = frame.with_columns(ods=pl.col("name").str.extract(r"\(([A-Z0-9]{3,5})\)$"))
    return _finish(frame, "headquarters 2024")


def read_hospitals(path: Path) -> pl.DataFrame:
    """NHS Choices hospitals of 2018: every site's postcode and point, to place dissolved trusts."""
    # The file separates its fields by a not-sign in Latin-1, which no CSV reader expects.
    rows = [line.split("\u00ac") for line in path.read_text("latin-1").splitlines()]
    raw = pl.DataFrame(rows[1:], schema=rows[0], orient="row")
    return (
        # The file's sector column says "Independent" of many NHS hospitals: the parent's code decides.
        raw.filter(pl.col("ParentODSCode").str.contains(TRUST_CODE))
        .select(
            ods=pl.col("ParentODSCode"),
            postcode=pl.col("Postcode").str.replace_all(" ", ""),
            latitude=pl.col("Latitude").cast(pl.Float64, strict=False),
            longitude=pl.col("Longitude").cast(pl.Float64, strict=False),
            basis=pl.lit("hospital site 2018"),
        )
        .drop_nulls()
    )


def _finish(frame: pl.DataFrame, basis: str) -> pl.DataFrame:
    known = frame.filter(pl.col("ods").str.contains(TRUST_CODE)).drop_nulls()
    postcode, label = pl.lit(None, pl.String), pl.lit(basis)
    return known.select("ods", "latitude", "longitude", postcode=postcode, basis=label)


_points = partial(Publication, table="coordinates", lag_days=0, standing=Standing.EXTRACTED)

PUBLICATIONS = (
    _points(
        id="coordinates_2022",
        publisher="NHS England, Organisation Data Service",
        title="Points of NHS trusts, 2022",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("geographr/points_nhs_trusts22.rda",),
        read=read_2022,
        compiled_by="geographr R package (humaniverse)",
    ),
    _points(
        id="coordinates_2024",
        publisher="NHS England, Organisation Data Service",
        title="Headquarters of NHS trusts, 2024",
        page="https://digital.nhs.uk/services/organisation-data-service",
        files=("nhstech-mrc/eric_for_flourish_map.csv",),
        read=read_2024,
        compiled_by="Regulate.Tech",
    ),
    _points(
        id="nhs_choices_hospitals",
        publisher="NHS Choices (NHS.UK)",
        title="Hospitals, September 2018",
        page="https://www.nhs.uk/about-us/nhs-website-datasets/",
        files=("nhs-choices-hospitals-2018/Hospital.csv",),
        read=read_hospitals,
        standing=Standing.OFFICIAL,
    ),
)
