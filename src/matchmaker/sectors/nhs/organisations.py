"""Which NHS trusts there are: one identity per trust from the ODS lists, published types and coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from matchmaker.features.organisation_types import believed_types
from matchmaker.sector import Sector
from matchmaker.sectors.nhs.places import MAIN, places
from matchmaker.sectors.nhs.site_names import site_names
from matchmaker.sectors.nhs.sources.ods_successions import curated
from matchmaker.sectors.nhs.sources.site_lists import COLUMNS as SITE_LISTS
from matchmaker.sectors.nhs.spelling import tidy_name
from matchmaker.snapshot import checks
from matchmaker.snapshot.merge import Identities
from matchmaker.snapshot.names import ABBREVIATION, FORMER, OTHER, plain_name
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
"""What a closed trust of which it is unknown takes from its successor."""
EDITIONS: dict[str, Any] = {
    **dict.fromkeys(
        ("code", "name", "region_code", "locality_code", "postcode", "file", "source"), pl.String
    ),
    **dict.fromkeys(("opened", "closed", "edition"), pl.Date),
}
SYSTEMS_SINCE = date(2022, 1, 1)
"""Editions from then on name trusts' integrated care boards, earlier ones the bodies before them."""
SYSTEM = r"^(Q[A-Z0-9]{2}|[A-Z]\d[A-Z]\d[A-Z])$"
ABBREVIATED = re.compile(r"(?=.*[A-Z].*[A-Z])\S+")
"""The form of another name that is short for a name: SaTH, UHB."""


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
    return Identities(
        organisations,
        _names(editions, attributes, former, organisations, curated_names, sector),
        successions,
        listed,
        editions["edition"].max(),  # type: ignore[arg-type]
        issues,
        notes,
        site_names(lists, successions, curated_names, sector),
        _other_bodies(editions, attributes, organisations, curated_names, sector),
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
    follow = successions.sort("date", "new").unique("old", keep="last").select(code="old", new="new")
    next_ = {column: f"{column}_next" for column in FROM_SUCCESSOR}
    for _ in range(3):  # a successor may itself have closed
        after = frame.select(pl.col("code").alias("new"), *(pl.col(c).alias(n) for c, n in next_.items()))
        frame = frame.join(follow, on="code", how="left").join(after, on="new", how="left")
        frame = frame.with_columns(pl.coalesce(c, n).alias(c) for c, n in next_.items())
        frame = frame.drop("new", *next_.values())
    return frame


def _names(
    editions: pl.DataFrame,
    attributes: pl.DataFrame,
    former: pl.DataFrame,
    trusts: pl.DataFrame,
    curated: Mapping[str, Any],
    sector: Sector,
) -> pl.DataFrame:
    """Former and other names of trusts.

    What the roster gives as a name of one trust and is another's own name, or its abbreviation by our
    record, is left out there; so is a name that says no more than the trust's own.
    """
    own = {
        code: (plain_name(name, sector), closed)
        for code, name, closed in trusts.select("code", "name", "closed").iter_rows()
    }
    officials = {key for key, _ in own.values()}
    recorded = {
        plain_name(name, sector): {code for code, names in curated["abbreviations"].items() if name in names}
        for names in curated["abbreviations"].values()
        for name in names
    }
    rows: dict[tuple[str, str], tuple[str, str, str]] = {}

    def add(code: str, name: str, kind: str) -> None:
        key = plain_name(name, sector)
        if key and code in own and key not in officials:
            rows.setdefault((code, key), (code, name, kind))

    for table in (editions, former):
        for code, name in table.select("code", "name").unique(maintain_order=True).iter_rows():
            add(code, tidy_name(name), FORMER)
    for kind, names in ((FORMER, curated["former"]), (ABBREVIATION, curated["abbreviations"])):
        for code, given in names.items():
            for name in given:
                add(code, name, kind)
    listed = list(_listed(attributes))
    for code, name in listed:
        key = plain_name(name, sector)
        givers = {other for other, same in listed if plain_name(same, sector) == key}
        begins = {other for other in givers if own.get(other, ("", None))[0].startswith(key)}
        if code in recorded.get(key, begins or givers):
            add(code, name, ABBREVIATION if ABBREVIATED.fullmatch(name) else OTHER)
    return pl.DataFrame(list(rows.values()), schema=["code", "name", "kind"], orient="row")


def _listed(attributes: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Other names by the roster."""
    for code, value in attributes.filter(attribute="other_names").select("code", "value").iter_rows():
        yield from ((code, name.strip()) for name in value.split(";") if name.strip())


def _other_bodies(
    editions: pl.DataFrame,
    attributes: pl.DataFrame,
    trusts: pl.DataFrame,
    curated: Mapping[str, Any],
    sector: Sector,
) -> pl.DataFrame:
    """Integrated care boards, those that merged in 2026 among them, and bodies of the other nations."""
    label = sector.words.locality
    today = trusts.filter(pl.col("closed").is_null()).drop_nulls(["locality_code", "locality"])
    boards = today.select("code", body="locality_code", name="locality")
    names = attributes.filter(attribute="system_name").select("code", name="value")
    before = (
        editions.filter(pl.col("edition") >= SYSTEMS_SINCE, pl.col("locality_code").str.contains(SYSTEM))
        .select("code", body="locality_code")
        .join(boards.select("body").unique(), on="body", how="anti")
        .unique()
        .join(names, on="code")
        .with_columns(pl.col("name").mode().sort().first().over("body"))
    )
    every = pl.concat([boards, before.select(boards.columns)])
    listed = every.group_by("body", "name").agg(pl.col("code").unique().sort().str.join(" "))
    elsewhere = pl.DataFrame(
        curated["elsewhere"], schema={"code": pl.String, "name": pl.String, "label": pl.String}
    )
    return pl.concat(
        [listed.select(code="body", name="name", label=pl.lit(label), organisations="code"), elsewhere],
        how="diagonal",
    ).unique("name", keep="first", maintain_order=True)
