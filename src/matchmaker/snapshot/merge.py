"""Puts the readers' rows together: figures in one long table, names to codes, and where sources disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from matchmaker.errors import Issue
from matchmaker.sector import Sector
from matchmaker.snapshot.names import plain_name
from matchmaker.snapshot.schema import TABLES
from matchmaker.sources.publication import Publication, Standing, measures, precedence

TOLERANCE = 0.01
"""Two sources conflict where they differ by more than this share of the larger figure."""
KEY = ["code", "measure", "period_start", "period_end"]
"""What a figure is about, whoever gave it."""


@dataclass(frozen=True)
class Identities:
    """Who there is: what the hook `organisations` of a sector makes of its lists.

    Attributes:
        organisations, names, successions, places, site_names, other_bodies: in the columns of `schema`;
            without places, each organisation is where its row says, whatever the day.
        as_of: the day of the latest list; None where the lists have no day.
        issues: what is wrong with the lists.
        notes: what the lists say and was not followed, for the report of the build.
    """

    organisations: pl.DataFrame
    names: pl.DataFrame
    successions: pl.DataFrame
    places: pl.DataFrame
    as_of: date | None = None
    issues: list[Issue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    site_names: pl.DataFrame = field(default_factory=TABLES["site_names"].create_empty)
    other_bodies: pl.DataFrame = field(default_factory=TABLES["other_bodies"].create_empty)


def with_codes(frame: pl.DataFrame, by_name: dict[str, str], sector: Sector) -> pl.DataFrame:
    """Figures that have the `name` of an organisation, with its `code`; null where none has the name."""
    plain = pl.col("name").map_elements(lambda name: plain_name(name, sector), pl.String)
    code = plain.replace_strict(by_name, default=None, return_dtype=pl.String)
    return frame.with_columns(code.alias("code"))


def long_measures(
    frames: list[tuple[Publication, str, pl.DataFrame]], sector: Sector, on: date | None = None
) -> pl.DataFrame:
    """All readers' figures in the columns of `schema.Measures`, with standing and place in the file.

    Args:
        frames: publication, file and what its reader gave.
        sector: whose catalogue gives the units.
        on: today: what has come out is known, however long its publication usually takes.
    """
    units = {name: measure.unit for name, measure in measures(sector).items()}
    parts = []
    for publication, file, frame in frames:
        lagged = pl.col("period_end").dt.offset_by(f"{publication.lag_days}d")
        if on is not None:
            lagged = pl.max_horizontal(pl.min_horizontal(lagged, pl.lit(on)), "period_end")
        known = pl.coalesce("known_from", lagged) if "known_from" in frame.columns else lagged
        place = [
            (pl.col(c) if c in frame.columns else pl.lit(None)).cast(dtype).alias(c)
            for c, dtype in (("sheet", pl.String), ("row", pl.Int64), ("column", pl.String))
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


def vintages(figures: pl.DataFrame, editions: Mapping[str, date]) -> pl.DataFrame:
    """Date revisions: a figure of a later edition counts from the publication that first gave it.

    A file of many periods holds each figure as revised up to its edition. Where an earlier publication of
    the same period gave the same figure (within `TOLERANCE`), it was known from then; where none did, and
    there was one, it is a revision and known from the edition. Where nothing else was published, it keeps
    its day.

    Args:
        figures: as `long_measures` gives them, one for each source and period.
        editions: source -> the day of its edition, for the sources that are such files.
    """
    edition = pl.col("source").replace_strict(dict(editions), default=None, return_dtype=pl.Date)
    dated = figures.with_row_index("at").with_columns(
        published=pl.coalesce(pl.max_horizontal(edition, "known_from"), "known_from")
    )
    several = dated.filter(pl.len().over(KEY) > 1, pl.col("source").is_in(list(editions)).any().over(KEY))
    several = several.select("at", *KEY, "source", "value", "known_from", "published")
    first = pl.col("published") == pl.col("published").min().over(KEY)
    # Of several editions alone, the first is taken to hold the figures as they came out.
    several = several.with_columns(out=pl.when(first).then("known_from").otherwise("published"))
    close = (pl.col("value") - pl.col("value_2")).abs() <= TOLERANCE * pl.max_horizontal(
        pl.col("value").abs(), pl.col("value_2").abs()
    )
    known = (
        several.filter(pl.col("source").is_in(list(editions)))
        .join(several.select(*KEY, "value", "published", "out"), on=KEY, suffix="_2")
        .filter(close, pl.col("published_2") <= pl.col("published"))
        .group_by("at")
        .agg(revised=pl.col("out_2").min())
    )
    return (
        dated.join(known, on="at", how="left", maintain_order="left")
        .with_columns(known_from=pl.coalesce("revised", "known_from"))
        .drop("at", "published", "revised")
    )


def conflicts(figures: pl.DataFrame) -> pl.DataFrame:
    """Where two sources give different figures for the same organisation, measure and period.

    The order of belief is that of `precedence`. Modelled figures are left out: those of one period differ by
    what they were worked out from, and contradict nobody.
    """
    figures = figures.filter(pl.col("standing") < int(Standing.MODELLED))
    several = figures.filter(pl.len().over(KEY) > 1)
    ranked = several.sort(*KEY, *precedence())
    taken = ranked.unique(KEY, keep="last", maintain_order=True).select(*KEY, "source", "value")
    others = ranked.select(*KEY, other_source="source", other_value="value")
    both = taken.join(others, on=KEY, maintain_order="left_right").filter(
        pl.col("source") != pl.col("other_source")
    )
    larger = pl.max_horizontal(pl.col("value").abs(), pl.col("other_value").abs())
    return both.filter((pl.col("value") - pl.col("other_value")).abs() > TOLERANCE * larger)
