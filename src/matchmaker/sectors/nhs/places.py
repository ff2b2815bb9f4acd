"""Where trusts have their headquarters and hospitals: rows of the table of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from matchmaker.sectors.nhs import geocoding
from matchmaker.sectors.nhs.geocoding import POINTS

MAIN, SITE = "main", "site"
COLUMNS = ("code", "kind", "name", "known_from", "latitude", "longitude", "basis", "source")
SITES: dict[str, Any] = {
    **dict.fromkeys(("code", "site", "name", "postcode", "source"), pl.String),
    "known_from": pl.Date,
}


def gazetteer(
    rows: Mapping[str, pl.DataFrame], addresses: Sequence[Mapping[str, Any]]
) -> tuple[geocoding.Gazetteer, pl.DataFrame]:
    """What is known of where things are, and every dated address of a headquarters.

    Args:
        rows: what readers gave for the tables `organisations` and `coordinates`.
        addresses: `code`, `postcode` and `edition` of trusts that stand in no list.
    """
    points = rows.get("coordinates", pl.DataFrame(schema={**POINTS, "source": pl.String}))
    lists = pl.DataFrame(addresses).with_columns(source=pl.lit("matchmaker"))
    columns = ("code", "postcode", "edition", "source")
    if "organisations" in rows:
        lists = pl.concat([rows["organisations"].select(columns), lists.select(columns)])
    return geocoding.gazetteer(geocoding.addressed(points, lists)), lists


def places(rows: Mapping[str, pl.DataFrame], addresses: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Headquarters by the lists that name them, and the hospitals of each estates return.

    Args:
        rows: as in `gazetteer`, and those of the table `sites`.
        addresses: as in `gazetteer`.

    Returns:
        Columns as in `COLUMNS`; `known_from` is the day of the list or return.
    """
    known, lists = gazetteer(rows, addresses)
    main = geocoding.headquarters(lists, known).with_columns(kind=pl.lit(MAIN))
    hospitals = geocoding.placed(rows.get("sites", pl.DataFrame(schema=SITES)), known).drop_nulls("latitude")
    named = hospitals.with_columns(name="site", kind=pl.lit(SITE))
    both = pl.concat([main, named], how="diagonal").select(COLUMNS)
    return both.unique(["code", "kind", "name", "known_from"], keep="last", maintain_order=True)
