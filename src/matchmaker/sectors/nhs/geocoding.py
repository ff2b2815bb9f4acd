"""Puts each trust on the map: its own point, else one that its headquarters' postcode leads to."""

from __future__ import annotations

import polars as pl

POINT = ("latitude", "longitude", "basis")


def placed(trusts: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Trusts with `latitude`, `longitude` and `coordinate_basis`; all null where nothing leads to a point.

    A postcode sector (SE1 8) is an area of a few streets or villages: half of the known points lie
    within 0.4 km of the others of their sector, and 95 in 100 within 2.1 km.

    Args:
        trusts: `ods` and `postcode` of the headquarters, with any other columns.
        points: `ods`, `postcode`, `latitude`, `longitude`, `basis` in the order in which they are
            believed; a point with a postcode is a hospital's, one without a trust's own.
    """
    own = points.filter(pl.col("postcode").is_null()).unique("code", keep="first", maintain_order=True)
    trusts = trusts.with_columns(pl.col("postcode").str.replace_all(" ", ""))
    frame = trusts.join(own.select("code", *POINT), on="code", how="left", maintain_order="left")
    known = pl.concat([frame.select("postcode", *POINT), points.select("postcode", *POINT)]).drop_nulls()
    known = known.unique("postcode", keep="first", maintain_order=True)
    basis = pl.format("about the middle of postcode sector {} ({} known)", "sector", "among")
    near = (
        known.group_by(sector=sector(), maintain_order=True)
        .agg(pl.col("latitude", "longitude").mean(), among=pl.len())
        .select("sector", *POINT[:2], basis=basis)
    )
    same = known.with_columns(basis=pl.lit("same postcode as ") + pl.col("basis"))
    frame = frame.join(same, on="postcode", how="left", suffix="_same", maintain_order="left")
    frame = frame.with_columns(sector=sector()).join(
        near, on="sector", how="left", suffix="_near", maintain_order="left"
    )
    best = (pl.coalesce(name, f"{name}_same", f"{name}_near").alias(name) for name in POINT)
    return frame.with_columns(best).select(*trusts.columns, *POINT).rename({"basis": "coordinate_basis"})


def sector() -> pl.Expr:
    """The postcode without its last two letters: SE18UG is in SE1 8."""
    code = pl.col("postcode")
    return code.str.head(-3) + " " + code.str.tail(3).str.head(1)
