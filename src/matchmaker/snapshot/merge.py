"""Puts the readers' rows together: one identity per trust, one table of measures, the conflicts."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import polars as pl

from matchmaker.snapshot import geocoding
from matchmaker.sources.publication import Publication, measures
from matchmaker.sources.tabular import plain

REGIONS = {
    "Y56": "London",
    "Y58": "South West",
    "Y59": "South East",
    "Y60": "Midlands",
    "Y61": "East of England",
    "Y62": "North West",
    "Y63": "North East and Yorkshire",
}
TYPE_WORDS = (
    # The first word found in a published type decides; specialist before acute.
    ("ambulance", "ambulance"),
    ("specialist", "acute_specialist"),
    ("mental", "mental_health"),
    ("acute", "acute"),
    ("community", "community"),
    ("online", "other"),
)
NOT_SPECIALIST = re.compile(r"non[- ]specialist", re.IGNORECASE)
TYPE_ATTRIBUTES = ("trust_type_roster", "trust_type_cqc", "trust_type_eric", "trust_type_lse")
"""Which published type is believed first."""

TOLERANCE = 0.01
"""Two sources conflict where they differ by more than this share of the larger figure."""

_SMALL = {"And", "Of", "The", "On", "In", "For", "With", "Upon", "Le"}
_CAPITALS = {"Nhs": "NHS"}


def tidy_name(name: str) -> str:
    """A name in capitals as people write it: Medway NHS Foundation Trust."""
    words = [word[:1].upper() + word[1:].lower() for word in name.split()]
    words = [_CAPITALS.get(word, word) for word in words]
    words = [
        word.lower() if at and word in _SMALL else re.sub(r"-(\w)", lambda m: "-" + m[1].upper(), word)
        for at, word in enumerate(words)
    ]
    return " ".join(words).replace("-On-", "-on-").replace("-Le-", "-le-")


def type_of(published: str) -> str | None:
    """The kind of trust that a published type names, or None where it names none."""
    tidy = NOT_SPECIALIST.sub("", published).casefold()
    return next((org_type for word, org_type in TYPE_WORDS if word in tidy), None)


def organisations(
    editions: pl.DataFrame, attributes: pl.DataFrame, successions: pl.DataFrame, coordinates: pl.DataFrame
) -> pl.DataFrame:
    """One row per trust: the latest edition's name and dates, kind, region, system and place.

    Args:
        editions: every row of every ODS edition (`ods_trusts`).
        attributes: published words (`schema.Attributes`).
        successions: `schema.Successions`; a closed trust without region takes its successor's.
        coordinates: points in the order in which they are believed.
    """
    latest = editions.sort("edition", maintain_order=True).unique("code", keep="last").drop("edition")
    latest = pl.concat([latest, _curated()], how="diagonal").unique("code", keep="first", maintain_order=True)
    words = attributes.sort("known_from", maintain_order=True).unique(["code", "attribute"], keep="last")

    def said(attribute: str) -> pl.DataFrame:
        return words.filter(pl.col("attribute") == attribute).select("code", pl.col("value").alias(attribute))

    frame = latest
    for attribute in ("display_name", "region_name", "system_name", *TYPE_ATTRIBUTES):
        frame = frame.join(said(attribute), on="code", how="left")
    frame = frame.with_columns(pl.col("locality_code", "system_name").replace(["", "-"], None))
    # The roster names systems as they were before they merged: its names lead to today's codes.
    today = (
        said("system_code")
        .rename({"system_code": "locality_code"})
        .join(said("system_official_name"), on="code")
        .drop("code")
        .unique("locality_code")
    )
    localities = (
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
        .join(localities, on="locality_code", how="left")
        .with_columns(
            name=pl.coalesce("display_name", pl.col("name").map_elements(tidy_name, pl.String)),
            region=pl.coalesce(
                pl.col("region_code").replace_strict(REGIONS, default=None, return_dtype=pl.String),
                "region_name",
            ),
        )
    )
    frame = _with_type(frame)
    frame = _from_successor(frame, successions, ("region", "locality_code", "locality", "type"))
    frame = frame.with_columns(pl.col("type").fill_null("other"))
    return geocoding.placed(frame, coordinates).select(
        "code",
        "name",
        "type",
        "type_basis",
        "region",
        "locality_code",
        "locality",
        "opened",
        "closed",
        "latitude",
        "longitude",
        "coordinate_basis",
    )


def _curated() -> pl.DataFrame:
    content = (files("matchmaker.sectors.nhs") / "curated" / "organisations.toml").read_text("utf-8")
    frame = pl.DataFrame(tomllib.loads(content)["organisation"])
    return frame.rename({"type": "curated_type"})


def _with_type(frame: pl.DataFrame) -> pl.DataFrame:
    types = [
        pl.col(attribute).map_elements(type_of, pl.String, skip_nulls=True).alias(f"kind_{attribute}")
        for attribute in TYPE_ATTRIBUTES
    ]
    names = [f"kind_{attribute}" for attribute in TYPE_ATTRIBUTES]
    basis = pl.coalesce(
        pl.when(pl.col(org_type).is_not_null()).then(
            pl.format("{}: {}", pl.lit(attribute), pl.col(attribute))
        )
        for org_type, attribute in zip(names, TYPE_ATTRIBUTES, strict=True)
    )
    return frame.with_columns(*types).with_columns(type=pl.coalesce(*names, "curated_type"), type_basis=basis)


def _from_successor(frame: pl.DataFrame, successions: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    follow = successions.sort("date", "new").unique("old", keep="last").select(code="old", new="new")
    for _ in range(3):  # a successor may itself have closed
        after = frame.select(pl.col("code").alias("new"), *(pl.col(c).alias(f"{c}_next") for c in columns))
        frame = frame.join(follow, on="code", how="left").join(after, on="new", how="left")
        frame = frame.with_columns(pl.coalesce(c, f"{c}_next").alias(c) for c in columns)
        frame = frame.drop("new", *(f"{c}_next" for c in columns))
    return frame


def names(editions: pl.DataFrame, attributes: pl.DataFrame, trusts: pl.DataFrame) -> pl.DataFrame:
    """Former names of every edition and other names of the roster, without the present one."""
    former = editions.select("code", pl.col("name").map_elements(tidy_name, pl.String))
    other = attributes.filter(pl.col("attribute") == "other_names").select(
        "code", pl.col("value").str.split(";").alias("name")
    )
    both = pl.concat([former, other.explode("name").with_columns(pl.col("name").str.strip_chars())])
    present = trusts.select("code", "name")
    return both.filter(pl.col("name") != "").unique().join(present, on=["code", "name"], how="anti")


def names_to_codes(trusts: pl.DataFrame, other: pl.DataFrame) -> dict[str, str]:
    """Plain name -> code, for files that name trusts without their codes; ambiguous names are left out."""
    rows = pl.concat([trusts.select("code", "name"), other.select("code", "name")])
    rows = rows.with_columns(pl.col("name").map_elements(plain_name, pl.String)).unique()
    known = trusts.select("code", open=pl.col("closed").is_null())
    rows = rows.join(known, on="code").sort("name", "open", descending=[False, True])
    return dict(rows.unique("name", keep="first", maintain_order=True).select("name", "code").iter_rows())


def plain_name(name: str) -> str:
    """A trust's name without case, symbols and the words that every trust carries."""
    words = plain(name.replace("&", " and ")).split()
    return " ".join(w for w in words if w not in {"nhs", "foundation", "trust", "the", "and", "ft"})


def with_codes(frame: pl.DataFrame, by_name: dict[str, str]) -> pl.DataFrame:
    """Figures that stand under trusts' names, with `ods`; null where no trust has the name."""
    plain = pl.col("name").map_elements(plain_name, pl.String)
    return frame.with_columns(code=plain.replace_strict(by_name, default=None, return_dtype=pl.String))


def long_measures(frames: list[tuple[Publication, str, pl.DataFrame]]) -> pl.DataFrame:
    """All readers' figures in the columns of `schema.Measures`, with standing and place kept beside."""
    units = {name: measure.unit for name, measure in measures().items()}
    parts = []
    for publication, file, frame in frames:
        lagged = pl.col("period_end").dt.offset_by(f"{publication.lag_days}d")
        known = pl.coalesce("known_from", lagged) if "known_from" in frame.columns else lagged
        place = [
            (pl.col(c) if c in frame.columns else pl.lit(None)).cast(org_type).alias(c)
            for c, org_type in (("sheet", pl.String), ("row", pl.Int64), ("column", pl.String))
        ]
        parts.append(
            frame.select(
                "code",
                "measure",
                pl.col("period_start").cast(pl.Date),
                pl.col("period_end").cast(pl.Date),
                pl.col("value").cast(pl.Float64),
                pl.col("measure").replace_strict(units, default="").alias("unit"),
                pl.lit(publication.id).alias("source"),
                pl.lit(file).alias("file"),
                known.cast(pl.Date).alias("known_from"),
                pl.lit(int(publication.standing)).alias("standing"),
                *place,
            )
        )
    return pl.concat(parts)


def conflicts(figures: pl.DataFrame) -> pl.DataFrame:
    """Where two sources give different figures for the same organisation, measure and period.

    The order of belief: official files, then faithful extracts of them, then compilations; within a
    standing, the figure known later (a revision); then the source's name.
    """
    key = ["code", "measure", "period_start", "period_end"]
    several = figures.filter(pl.len().over(key) > 1)
    ranked = several.sort(*key, "standing", "known_from", "source", descending=[*[False] * 5, True, False])
    taken = ranked.unique(key, keep="first", maintain_order=True).select(*key, "source", "value")
    others = ranked.select(*key, other_source="source", other_value="value")
    both = taken.join(others, on=key, maintain_order="left_right").filter(
        pl.col("source") != pl.col("other_source")
    )
    larger = pl.max_horizontal(pl.col("value").abs(), pl.col("other_value").abs())
    return both.filter((pl.col("value") - pl.col("other_value")).abs() > TOLERANCE * larger)
