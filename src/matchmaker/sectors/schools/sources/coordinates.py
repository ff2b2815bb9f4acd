"""Where schools are: GIAS eastings and northings where at hand, else the middle of the postcode."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import is_school, number, table, urn
from matchmaker.sources.publication import Publication, Standing


def read(path: Path) -> pl.DataFrame:
    """One row per school: latitude and longitude (WGS 84) and what they rest on."""
    raw = table(path, ("URN", "lat", "lon", "basis", "source"))
    rows = raw.select(
        urn("URN").alias("code"),
        latitude=number("lat"),
        longitude=number("lon"),
        coordinate_basis=pl.format("{} ({})", "basis", "source"),
    )
    return rows.drop_nulls(["code", "latitude", "longitude"]).filter(is_school(pl.col("code")))


PUBLICATIONS = (
    Publication(
        id="school_coordinates",
        publisher="Department for Education and Ordnance Survey",
        title="Places of schools, from GIAS and Code-Point Open",
        page="https://www.ordnancesurvey.co.uk/products/code-point-open",
        files=("*school_coordinates.parquet", "*school_coordinates.csv"),
        lag_days=0,
        read=read,
        table="coordinates",
        standing=Standing.COMPILED,
        compiled_by="the project, from GIAS and OS Code-Point Open 2025.2",
    ),
)
