"""Puts trusts and hospitals on the map: by a point of their own, else by what their postcode leads to."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

POINTS = {
    "code": pl.String,
    "site": pl.String,
    "postcode": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "basis": pl.String,
    "edition": pl.Date,
}
"""What readers of points give."""
POINT = ("latitude", "longitude", "basis")
BELIEVED = ("headquarters 2024", "headquarters 2022", "hospital site 2018", "hospital site 2023")
"""Bases of points in the order in which they are believed; those of postcodes alone come last."""
FAR_KM = 20.0
"""A point farther than this from the middle of its postcode's sector is a mistake: of 50,000 schools none is
as far as 16 km from the middle of theirs."""
KM_PER_DEGREE = 111.2
DIGITS = 6
"""Decimals of a degree that are kept: a tenth of a metre."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What is known of where things are.

    Attributes:
        own: `code`, `postcode`, `edition`, the point and the `source` of each trust's headquarters.
        sites: `site` and its point.
        postcodes: `postcode` and its point.
        sectors: `sector` (SE1 8) and the middle of the known points in it.
        districts: `district` (SE1), likewise.
    """

    own: pl.DataFrame
    sites: pl.DataFrame
    postcodes: pl.DataFrame
    sectors: pl.DataFrame
    districts: pl.DataFrame


def gazetteer(points: pl.DataFrame) -> Gazetteer:
    """Sort points into what they are the points of.

    A postcode sector is an area of a few streets or villages: half of the hospitals lie within 0.7 km of
    the middle of theirs, and 95 in 100 within 2.7 km.

    Args:
        points: `latitude`, `longitude`, `basis` and, as far as they are known, the `code` of a trust (its
            headquarters, where no `site` is named), the `site` of a hospital, and the `postcode`.
    """
    rank = pl.col("basis").replace_strict(
        {basis: at for at, basis in enumerate(BELIEVED)}, default=len(BELIEVED), return_dtype=pl.Int64
    )
    tidy = points.with_columns(postcode=plain_postcode()).sort(rank, maintain_order=True)
    sound = _sound(tidy)
    coded = sound.filter(pl.col("postcode").is_not_null())
    postcodes = coded.unique("postcode", keep="first", maintain_order=True).select("postcode", *POINT)
    return Gazetteer(
        own=sound.filter(pl.col("code").is_not_null() & pl.col("site").is_null()).select(
            "code", "postcode", "edition", *POINT, "source"
        ),
        sites=sound.drop_nulls("site")
        .unique("site", keep="first", maintain_order=True)
        .select("site", *POINT),
        postcodes=postcodes,
        sectors=_middles(postcodes, sector(), "sector"),
        districts=_middles(postcodes, district(), "district"),
    )


def addressed(points: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """Points of headquarters that came without a postcode, with that of the list that held on their day.

    Args:
        points: as in `gazetteer`, with the day (`edition`) for which those without a postcode hold.
        lists: `code`, `postcode` and `edition`.
    """
    dated = lists.drop_nulls("postcode").select("code", "edition", listed="postcode").sort("edition")
    bare = pl.col("postcode").is_null() & pl.col("edition").is_not_null()
    found = (
        points.filter(bare).sort("edition").join_asof(dated, on="edition", by="code", check_sortedness=False)
    )
    filled = found.with_columns(postcode="listed").drop("listed")
    return pl.concat([points.filter(~bare), filled], how="diagonal")


def placed(frame: pl.DataFrame, known: Gazetteer) -> pl.DataFrame:
    """Rows with `latitude`, `longitude` and `basis`; all null where nothing leads to a point.

    Args:
        frame: `code` and `postcode`, and `site` where the rows are hospitals; they must not yet have points.
        known: where things are.
    """
    rows = frame.with_columns(postcode=plain_postcode()).with_columns(sector=sector(), district=district())
    if "site" in frame.columns:
        found = [(known.sites, ["site"], "")]
    else:
        own = known.own.unique(["code", "postcode"], keep="first", maintain_order=True)
        found = [(own, ["code", "postcode"], "")]
    found += [
        (known.postcodes, ["postcode"], "same postcode as "),
        (known.sectors, ["sector"], ""),
        (known.districts, ["district"], ""),
    ]
    names = []
    for at, (points, key, before) in enumerate(found):
        told = points.select(
            *key,
            *(pl.col(name).alias(f"{name}_{at}") for name in POINT[:2]),
            (pl.lit(before) + pl.col("basis")).alias(f"basis_{at}"),
        )
        rows = rows.join(told, on=key, how="left", maintain_order="left")
        names.append(str(at))
    point = {name: pl.coalesce(f"{name}_{at}" for at in names) for name in POINT}
    return rows.with_columns(
        latitude=point["latitude"].round(DIGITS),
        longitude=point["longitude"].round(DIGITS),
        basis=point["basis"],
    ).select(*frame.columns, *POINT)


def headquarters(lists: pl.DataFrame, known: Gazetteer) -> pl.DataFrame:
    """Where each trust had its headquarters, from which list on: one row for each address it had.

    Args:
        lists: `code`, `postcode`, the day (`edition`) and the `source` of every row of every dated list.
        known: where things are; the addresses of its trusts' own points count as of their day, too, where no
            list is as late or later.

    Returns:
        `code`, `name` (the postcode), `known_from` (the day of the first list with it), the point, and the
        `source` that lists it.
    """
    listed = lists.with_columns(postcode=plain_postcode()).drop_nulls("postcode")
    latest = listed.group_by("code").agg(latest=pl.col("edition").max())
    own = known.own.join(latest, on="code", how="left").filter(
        (pl.col("edition") > pl.col("latest")).fill_null(True)
    )
    columns = ("code", "postcode", "edition", "source")
    both = pl.concat([own.select(columns), listed.select(columns)]).drop_nulls()
    in_order = both.unique(["code", "edition"], keep="last", maintain_order=True).sort("code", "edition")
    moved = pl.col("postcode").ne_missing(pl.col("postcode").shift().over("code"))
    rows = placed(in_order.filter(moved), known).drop_nulls("latitude")
    return rows.select("code", "source", *POINT, name="postcode", known_from="edition")


def plain_postcode() -> pl.Expr:
    """Postcodes in capitals without spaces; null where there is none."""
    bare = pl.col("postcode").str.replace_all(r"\s", "").str.to_uppercase()
    return pl.when(bare.str.contains(r"^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$")).then(bare)


def sector() -> pl.Expr:
    """The postcode without its last two letters: SE18UG is in SE1 8."""
    code = pl.col("postcode")
    return code.str.head(-3) + " " + code.str.tail(3).str.head(1)


def district() -> pl.Expr:
    """The first half of the postcode: SE18UG is in SE1."""
    return pl.col("postcode").str.head(-3)


def _middles(postcodes: pl.DataFrame, area: pl.Expr, name: str) -> pl.DataFrame:
    """The mean of the known points of each area, one for each postcode."""
    found = postcodes.group_by(area.alias(name), maintain_order=True).agg(
        pl.col("latitude", "longitude").mean(), among=pl.len()
    )
    return found.select(
        name,
        "latitude",
        "longitude",
        basis=pl.format("about the middle of postcode {} {} ({} known)", pl.lit(name), name, "among"),
    )


def _sound(points: pl.DataFrame) -> pl.DataFrame:
    """Points without those that lie far from the others of their postcode's sector."""
    middle = [pl.col(name).median().over(sector()).alias(f"{name}_middle") for name in POINT[:2]]
    north = pl.col("latitude") - pl.col("latitude_middle")
    east = (pl.col("longitude") - pl.col("longitude_middle")) * pl.col("latitude_middle").radians().cos()
    far = (north**2 + east**2).sqrt() * KM_PER_DEGREE > FAR_KM
    alone = pl.len().over(sector()) < 3
    checked = points.with_columns(*middle, alone=alone)
    kept = checked.filter(~far.fill_null(False) | pl.col("alone") | pl.col("postcode").is_null())
    return kept.select(points.columns)
