"""Which NHS trusts there are: one identity per trust from the ODS lists, published types and coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from matchmaker.features.organisation_types import believed_types
from matchmaker.sector import Sector
from matchmaker.sectors.nhs.names import other_bodies, trust_names
from matchmaker.sectors.nhs.places import MAIN, places
from matchmaker.sectors.nhs.site_names import site_names
from matchmaker.sectors.nhs.sources.ods_successions import curated
from matchmaker.sectors.nhs.sources.site_lists import COLUMNS as SITE_LISTS
from matchmaker.sectors.nhs.spelling import tidy_name
from matchmaker.snapshot import checks
from matchmaker.snapshot.merge import Identities
from matchmaker.snapshot.schema import TABLES, Organisations

REGIONS = {
    "Y56": "London",
    "Y58": "South West",
    "Y59": "South East",
    "Y60": "Midlands",
    "Y61": "East of England",
    "Y62": "North West",
    "Y63": "North East and Yorkshire",
}
FROM_SUCCESSOR = ("region", "locality_code", "locality", "type")
"""What a closed trust of which it is unknown takes from its successors, where these agree."""
EDITIONS: dict[str, Any] = {
    **dict.fromkeys(
        ("code", "name", "region_code", "locality_code", "postcode", "file", "source"), pl.String
    ),
    **dict.fromkeys(("opened", "closed", "edition"), pl.Date),
}


def identities(rows: Mapping[str, pl.DataFrame], sector: Sector) -> Identities:
    """One row per trust, its other names, and which trust followed which.

    Args:
        rows: what the readers of each table gave: `organisations` (every row of every ODS edition),
            `attributes`, `successions`, `coordinates` (points, see `sources/trust_coordinates`), `sites`,
            `names` (former ones) and `site_lists`.
        sector: this one; its `types.toml` says how published types are read.
    """
    editions = rows.get("organisations", pl.DataFrame(schema=EDITIONS))
    attributes = rows.get("attributes", TABLES["attributes"].create_empty())
    issues = checks.contradicted(editions, ["code"], ["name", "postcode", "opened", "closed"])
    successions = _successions(rows.get("successions", TABLES["successions"].create_empty()))
    editions, notes = _without_lone_moves(editions, attributes)
    trusts = _trusts(editions, attributes, successions, sector)
    listed = places(rows, sector.toml("curated/organisations.toml")["address"])
    main = listed.filter(kind=MAIN).sort("known_from").unique("code", keep="last")
    there = main.select("code", "latitude", "longitude", coordinate_basis="basis")
    organisations = trusts.join(there, on="code", how="left", maintain_order="left")
    organisations = organisations.select(Organisations.column_names())
    former = rows.get("names", pl.DataFrame(schema={"code": pl.String, "name": pl.String}))
    lists = rows.get("site_lists", pl.DataFrame(schema={**SITE_LISTS, "source": pl.String}))
    curated_names = sector.toml("curated/names.toml")
    names, not_theirs = trust_names(editions, attributes, former, organisations, curated_names, sector)
    return Identities(
        organisations,
        names,
        successions,
        listed,
        editions["edition"].max(),  # type: ignore[arg-type]
        issues,
        [*notes, *not_theirs],
        site_names(lists, successions, curated_names, sector),
        other_bodies(editions, attributes, organisations, curated_names, sector),
    )


def _without_lone_moves(editions: pl.DataFrame, attributes: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Editions in which a trust that a list moves alone stays where it was, unless the roster agrees.

    The ODS lists of 2026 take regions and systems from postcodes: Oxleas, a London trust with its head office
    in Dartford, stands there in Kent.
    """
    notes = []
    names = attributes.sort("known_from").unique(["code", "attribute"], keep="last")
    for column, attribute in (("region_code", "region_name"), ("locality_code", "system_name")):
        said = names.filter(pl.col("attribute") == attribute).select("code", called="value")
        # Which name goes with which area: the one that most of its trusts have.
        latest = editions.sort("edition").unique("code", keep="last").join(said, on="code")
        areas = latest.group_by(column).agg(pl.col("called").mode().sort().first())
        area_of = dict(areas.drop_nulls().iter_rows())
        roster = dict(said.iter_rows())
        for code, was, now, day in checks.moved_alone(editions, column).iter_rows():
            if code in roster and roster[code] == area_of.get(now):
                continue
            own = (pl.col("code") == code) & (pl.col("edition") >= day)
            editions = editions.with_columns(pl.when(own).then(pl.lit(was)).otherwise(column).alias(column))
            notes.append(f"{code} stays in {was}: the lists since {day} alone move it to {now} ({column}).")
    return editions, notes


def _successions(published: pl.DataFrame) -> pl.DataFrame:
    own = curated().with_columns(source=pl.lit("matchmaker"))
    # The ODS dates some of its rows on the last day of the old trust, not the first of the new.
    both = pl.concat([published, own], how="diagonal").with_columns(
        date=pl.when(pl.col("date").dt.day() > 27)
        .then(pl.col("date").dt.offset_by("1d"))
        .otherwise(pl.col("date"))
    )
    return both.unique(["old", "new"], keep="first", maintain_order=True)


def _trusts(
    editions: pl.DataFrame, attributes: pl.DataFrame, successions: pl.DataFrame, sector: Sector
) -> pl.DataFrame:
    """The latest edition's name and dates of each trust, with type, region, system and postcode."""
    latest = editions.sort("edition", maintain_order=True).unique("code", keep="last").drop("edition")
    listed = pl.DataFrame(sector.toml("curated/organisations.toml")["organisation"])
    listed = listed.rename({"type": "curated_type"})
    latest = pl.concat([latest, listed], how="diagonal").unique("code", keep="first", maintain_order=True)
    words = attributes.sort("known_from", maintain_order=True).unique(["code", "attribute"], keep="last")

    def published(attribute: str) -> pl.DataFrame:
        return words.filter(pl.col("attribute") == attribute).select("code", pl.col("value").alias(attribute))

    frame = latest
    for attribute in ("display_name", "region_name", "system_name"):
        frame = frame.join(published(attribute), on="code", how="left")
    frame = frame.with_columns(pl.col("locality_code", "system_name").replace(["", "-"], None))
    # The roster names systems as they were before they merged: its names lead to today's codes.
    today = (
        published("system_code")
        .rename({"system_code": "locality_code"})
        .join(published("system_official_name"), on="code")
        .drop("code")
        .unique("locality_code")
    )
    systems = (
        frame.drop_nulls(["locality_code", "system_name"])
        .group_by("locality_code")
        .agg(pl.col("system_name").mode().sort().first())
        .join(today, on="locality_code", how="left")
        .select("locality_code", locality=pl.coalesce("system_official_name", "system_name"))
    )
    codes = (
        frame.drop_nulls(["locality_code", "system_name"])
        .group_by("system_name")
        .agg(by_name=pl.col("locality_code").mode().sort().first())
    )
    frame = (
        frame.join(codes, on="system_name", how="left")
        .with_columns(pl.coalesce("locality_code", "by_name").alias("locality_code"))
        .join(systems, on="locality_code", how="left")
        .with_columns(
            name=pl.coalesce("display_name", pl.col("name").map_elements(tidy_name, pl.String)),
            region=pl.coalesce(
                pl.col("region_code").replace_strict(REGIONS, default=None, return_dtype=pl.String),
                "region_name",
            ),
        )
    )
    # Where no day is asked about, the latest believed type counts.
    types = believed_types(attributes, sector).unique("code", keep="last").drop("known_from")
    frame = frame.join(types, on="code", how="left").with_columns(pl.coalesce("type", "curated_type"))
    frame = _from_successor(frame, successions)
    return frame.with_columns(pl.col("type").fill_null(sector.other_type))


def _from_successor(frame: pl.DataFrame, successions: pl.DataFrame) -> pl.DataFrame:
    last = successions.filter(pl.col("date") == pl.col("date").max().over("old"))
    follow = last.select(code="old", new="new")
    next_ = {column: f"{column}_next" for column in FROM_SUCCESSOR}
    for _ in range(3):  # a successor may itself have closed
        after = frame.select(pl.col("code").alias("new"), *(pl.col(c).alias(n) for c, n in next_.items()))
        # Of a trust that was split, its parts say nothing where they differ.
        agreed = (
            follow.join(after, on="new")
            .group_by("code")
            .agg(pl.when(pl.col(n).n_unique() == 1).then(pl.col(n).first()) for n in next_.values())
        )
        frame = frame.join(agreed, on="code", how="left", maintain_order="left")
        frame = frame.with_columns(pl.coalesce(c, n).alias(c) for c, n in next_.items())
        frame = frame.drop(*next_.values())
    return frame
