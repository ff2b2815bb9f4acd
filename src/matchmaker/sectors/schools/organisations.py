"""Which schools and trusts there are: one identity each, by the latest list that names it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from matchmaker.sector import Sector
from matchmaker.snapshot.merge import Identities
from matchmaker.snapshot.schema import TABLES, Organisations

AS_OF = date(2026, 8, 21)
"""The day of the list of trusts, the latest of all; schools are as of 31 August 2025."""
SCHOOLS_DAY = date(2025, 8, 31)
NEAR_DAYS = 120
TRUSTS = ("trust", "single_trust")
KEPT = ("name", "type", "type_basis", "region", "locality", "opened", "closed", "faith")


def identities(rows: Mapping[str, pl.DataFrame], sector: Sector) -> Identities:  # noqa: ARG001
    """One row per school and trust, with its place, and which school followed which.

    A closed school takes what no list says of it (region, locality) from its successor, and the day of
    its closing from the link to it. Of a trust, region and locality are those of most of its schools, its
    place is
    the middle of them.

    Args:
        rows: what the readers gave: `organisations` (every list), `coordinates`, `successions`, `membership`.
        sector: this one.
    """
    lists = rows.get("organisations", pl.DataFrame(schema={"code": pl.String}))
    if lists.is_empty():
        names = ("organisations", "names", "successions", "places")
        nothing = [TABLES[name].create_empty() for name in names]
        return Identities(nothing[0], nothing[1], nothing[2], nothing[3])
    every = (
        lists.sort("seen", descending=True, maintain_order=True)
        .group_by("code", maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().first() for name in KEPT),
            pl.col("file").first(),
            last_seen=pl.col("seen").max(),
        )
    )
    is_trust = pl.col("type").is_in(TRUSTS)
    links = _links(rows, every)
    gone = links.group_by("old").agg(
        linked=pl.col("date").min().dt.offset_by("-1d"), new=pl.col("new").first()
    )
    every = every.join(gone, left_on="code", right_on="old", how="left", maintain_order="left")
    still = pl.col("last_seen") >= SCHOOLS_DAY
    # The list of August 2025 is the last word on who is open; a day before it needs a ground.
    left = pl.coalesce("closed", pl.col("linked"), "last_seen")
    every = every.with_columns(
        closed=pl.when(is_trust)
        .then("closed")
        .when(~still)
        .then(pl.min_horizontal(left, pl.lit(SCHOOLS_DAY)))
    )
    every = every.with_columns(
        opened=pl.when((pl.col("opened") <= pl.col("closed")).fill_null(True)).then("opened")
    )
    points = rows["coordinates"].unique("code", keep="first") if "coordinates" in rows else None
    if points is not None:
        there = points.select("code", "latitude", "longitude", "coordinate_basis")
        every = every.join(there, on="code", how="left", maintain_order="left")
    else:
        every = every.with_columns(
            latitude=pl.lit(None, pl.Float64),
            longitude=pl.lit(None, pl.Float64),
            coordinate_basis=pl.lit(None, pl.String),
        )
    every = _filled_from_successor(every)
    every = _trusts_from_members(every, rows.get("membership"))
    known = every.drop_nulls(["name", "type"]).filter(pl.col("name").str.len_chars() >= 2)
    organisations = known.with_columns(locality_code=pl.lit(None, pl.String)).sort("code")
    successions = _successions(links, organisations)
    places = TABLES["places"].create_empty().with_columns(file=pl.lit(None, pl.String))
    return Identities(
        organisations.select([*Organisations.column_names(), "file"]),
        TABLES["names"].create_empty().with_columns(file=pl.lit(None, pl.String)),
        successions,
        places,
        as_of=AS_OF,
    )


def _links(rows: Mapping[str, pl.DataFrame], every: pl.DataFrame) -> pl.DataFrame:
    """Links between schools of the lists; an undated one takes the day on which the successor opened."""
    empty = TABLES["successions"].create_empty().with_columns(file=pl.lit(None, pl.String))
    links = rows.get("successions", empty)
    opened = every.select("code", "opened")
    known = links.join(opened, left_on="new", right_on="code", how="inner", maintain_order="left")
    # The day of a link is when somebody entered it, often a month off; a school goes on as what opened then.
    near = (pl.col("date") - pl.col("opened")).dt.total_days().abs() <= NEAR_DAYS
    dated = pl.when(near.fill_null(True)).then(pl.coalesce("opened", "date")).otherwise("date")
    known = known.with_columns(date=dated).drop_nulls("date").drop("opened")
    return known.filter(pl.col("old").is_in(every["code"].implode())).unique(
        ["old", "new"], keep="first", maintain_order=True
    )


def _successions(links: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    """Those of schools that have closed; a school that goes on has no successor, whatever a link says."""
    closed = organisations.filter(pl.col("closed").is_not_null())["code"]
    codes = organisations["code"].implode()
    return links.filter(pl.col("old").is_in(closed.implode()), pl.col("new").is_in(codes)).select(
        "old", "new", "date", "part", "basis", "source", "file"
    )


def _filled_from_successor(every: pl.DataFrame) -> pl.DataFrame:
    columns = ("region", "locality", "latitude", "longitude", "coordinate_basis", "type")
    later = every.select(
        pl.col("code").alias("new"), *(pl.col(name).alias(f"{name}_new") for name in columns)
    )
    joined = every.join(later, on="new", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(name, f"{name}_new").alias(name) for name in columns).select(
        every.columns
    )


def _trusts_from_members(every: pl.DataFrame, membership: pl.DataFrame | None) -> pl.DataFrame:
    """Region, locality and place of trusts from the schools that they had last."""
    if membership is None:
        return every
    last = membership.with_columns(until=pl.col("end").fill_null(AS_OF))
    last = last.filter(pl.col("until") == pl.col("until").max().over("group"))
    schools = every.select("code", "region", "locality", "latitude", "longitude")
    members = last.select("group", code="member").join(schools, on="code").sort("group", "code")
    of_trust = members.group_by("group", maintain_order=True).agg(
        region_m=pl.col("region").drop_nulls().mode(maintain_order=True).first(),
        locality_m=pl.col("locality").drop_nulls().mode(maintain_order=True).first(),
        latitude_m=pl.col("latitude").mean(),
        longitude_m=pl.col("longitude").mean(),
    )
    joined = every.join(of_trust, left_on="code", right_on="group", how="left", maintain_order="left")
    is_trust = pl.col("type").is_in(TRUSTS)
    basis = pl.when(is_trust & pl.col("latitude_m").is_not_null()).then(pl.lit("middle of its schools"))
    return joined.with_columns(
        region=pl.coalesce("region", "region_m"),
        locality=pl.coalesce("locality", "locality_m"),
        latitude=pl.coalesce("latitude", "latitude_m"),
        longitude=pl.coalesce("longitude", "longitude_m"),
        coordinate_basis=pl.coalesce("coordinate_basis", basis),
    ).select(every.columns)
