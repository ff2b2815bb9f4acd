"""Joins: a school comes into a multi-academy trust. Each is classed by rules that are stated here.

| kind | rule |
|---|---|
| sponsorship | its first trust, and it is a sponsor-led academy |
| conversion | its first trust, and it is a converter |
| merger | from another multi-academy trust, of whose schools `MERGED_SHARE` came within `MERGED_DAYS` |
| transfer | it came from another multi-academy trust, and the others did not |
| single_join | it came from a single-academy trust |
| founding | it was among the first schools of the trust, so there was no choice |
| late | its first trust on record, `LATE_DAYS` or more after it opened: what was before is not known |

A change of number with the same company or name is no event, nor is a free school that opens in its trust.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources import ofsted
from matchmaker.sectors.schools.sources.forms import table, urn
from matchmaker.sectors.schools.sources.gias_groups import FIRST_EDITION, PAGE, read_trusts, spells
from matchmaker.sectors.schools.sources.lineage import opened_on, sole_predecessors
from matchmaker.sectors.schools.sources.schools_closed import read_list
from matchmaker.sources.publication import Publication, Standing

MERGED_SHARE, MERGED_DAYS, LATE_DAYS, FRESH_DAYS, LINK_DAYS = 0.8, 150, 180, 25, 28
AFTER_MONTHS = 24
"""A grade counts as one after the join from so many months on."""
GRADES = {1: "Inadequate", 2: "Requires improvement", 3: "Good", 4: "Outstanding"}


def read(path: Path) -> pl.DataFrame:
    """One pairing for each join, the recipient by the URN before it, with grades before and after."""
    events = classed(path)
    folder, ending = path.parent, path.suffix
    before = _predecessors(folder, ending)
    events = events.join(before, on="member", how="left", maintain_order="left")
    # A school that opened as an academy with the join was its predecessor until the day before. Where the
    # link is dated long before or after, nobody knows when that closed, and the academy stands for it; its
    # grades before count all the same.
    fresh = ((pl.col("start") - pl.col("opened")).dt.total_days() < FRESH_DAYS).fill_null(False)
    near = ((pl.col("start") - pl.col("linked")).dt.total_days().abs() < LINK_DAYS).fill_null(False)
    near &= ~pl.col("predecessor").is_in(contradicted()).fill_null(False)
    events = events.with_columns(recipient=pl.when(fresh & near).then("predecessor").otherwise("member"))
    events = events.filter(~pl.col("member").is_in(contradicted()))
    events = _graded(events, _inspections(folder, ending))
    survivors = pl.when(pl.col("start") < FIRST_EDITION).then(
        pl.lit("; before August 2016, known of survivors only")
    )
    return events.select(
        pairing_id=pl.format("join-{}-{}", "member", "group"),
        recipient="recipient",
        partner="group",
        kind="kind",
        nature=pl.when(pl.col("kind") == "sponsorship")
        .then(pl.lit("mandated"))
        .otherwise(pl.lit("voluntary")),
        status=pl.lit("completed"),
        outcome=pl.lit(None, pl.String),
        scope=pl.lit("whole"),
        start="start",
        start_precision=pl.when(pl.col("basis").str.starts_with("changed"))
        .then(pl.lit("year"))
        .otherwise(pl.lit("day")),
        end="end",
        end_precision=pl.when(pl.col("end").is_not_null()).then(pl.lit("day")),
        leadership=pl.lit(None, pl.String),
        rating_before="before_word",
        rating_after="after_word",
        rating_before_basis=pl.format("inspected on {}", "before_on"),
        rating_after_basis=pl.format("inspected on {}", "after_on"),
        regime_context=pl.lit(None, pl.String),
        confidence=pl.when(pl.col("start") < FIRST_EDITION).then(pl.lit("medium")).otherwise(pl.lit("high")),
        code_confidence=pl.lit("high"),
        source2=pl.lit(None, pl.String),
        notes=pl.format("school {} in the trust{}", "member", survivors.fill_null("")),
    )


@cache
def contradicted() -> list[str]:
    """Schools whose days of closing and joining contradict each other.

    Of one that is an academy itself nothing is said; for a predecessor the academy stands.
    """
    text = (files("matchmaker.sectors.schools") / "curated" / "contradicted_joins.toml").read_text("utf-8")
    return list(tomllib.loads(text)["recipients"])


def classed(path: Path) -> pl.DataFrame:
    """Every join of a school with a multi-academy trust, with its kind."""
    every = _of_known_trusts(spells(path), path).sort("member", "start", "first")
    shift = [
        pl.col(name).shift(1).over("member").alias(f"old_{name}")
        for name in ("group", "kind_of_group", "company", "group_name", "end")
    ]
    every = every.with_columns(shift)
    opened = opened_on(path.parent, path.suffix)
    every = every.join(opened, on="member", how="left", maintain_order="left")
    same = (pl.col("old_company") == pl.col("company")) | (
        pl.col("old_group_name").str.to_lowercase() == pl.col("group_name").str.to_lowercase()
    )
    relabelled = pl.col("old_group").is_not_null() & same.fill_null(False)
    first = pl.col("old_group").is_null()
    late = (pl.col("start") - pl.col("opened")).dt.total_days() >= LATE_DAYS
    every = every.with_columns(
        kind=pl.when(relabelled)
        .then(None)
        .when(first & late.fill_null(False))
        .then(pl.lit("late"))
        .when(first & pl.col("established").str.contains("sponsor"))
        .then(pl.lit("sponsorship"))
        .when(first & pl.col("established").str.contains("convert"))
        .then(pl.lit("conversion"))
        .when(first)
        .then(None)
        .when(pl.col("old_kind_of_group") == "single_trust")
        .then(pl.lit("single_join"))
        .otherwise(pl.lit("transfer"))
    )
    every = _with_mergers(every)
    return _founding(every).filter(pl.col("kind").is_not_null(), pl.col("kind_of_group") == "trust")


def _of_known_trusts(every: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Without spells under a number that the register has given up since: the trust has another there."""
    for file in path.parent.glob(f"*derived_trusts_20*{path.suffix}"):
        named = pl.col("group").is_in(read_trusts(file)["code"].implode())
        every = every.filter(named | (pl.col("kind_of_group") != "trust"))
    return every


def _with_mergers(every: pl.DataFrame) -> pl.DataFrame:
    """Transfers of nearly all schools of a trust at about the same time are its merger."""
    moved = every.filter(pl.col("kind") == "transfer").select("member", "old_group", "group", "start")
    others = moved.select("old_group", "group", other="start")
    near = (pl.col("start") - pl.col("other")).dt.total_days().abs() <= MERGED_DAYS
    together = moved.join(others, on=["old_group", "group"]).filter(near)
    together = together.group_by("member", "old_group", "group", "start").agg(together=pl.len())
    there = every.select("start", "end", old_group="group")
    had = moved.join(there, on="old_group", suffix="_of_other").filter(
        pl.col("start_of_other") < pl.col("start"),
        pl.col("end").is_null() | ((pl.col("start") - pl.col("end")).dt.total_days() <= MERGED_DAYS),
    )
    had = had.group_by("member", "old_group", "group", "start").agg(had=pl.len())
    key = ["member", "old_group", "group", "start"]
    shares = together.join(had, on=key).with_columns(share=pl.col("together") / pl.col("had"))
    every = every.join(
        shares.select(*key, "share"), on=key, how="left", maintain_order="left", nulls_equal=True
    )
    merged = (pl.col("kind") == "transfer") & (pl.col("share") >= MERGED_SHARE).fill_null(False)
    return every.with_columns(kind=pl.when(merged).then(pl.lit("merger")).otherwise("kind"))


def _founding(every: pl.DataFrame) -> pl.DataFrame:
    """The first schools of a trust found it: nobody chose it for them."""
    earliest = every.group_by("group").agg(founded=pl.col("start").min())
    joined = every.join(earliest, on="group", maintain_order="left")
    first = pl.col("kind").is_not_null() & (pl.col("start") <= pl.col("founded"))
    return joined.with_columns(kind=pl.when(first).then(pl.lit("founding")).otherwise("kind"))


def _predecessors(folder: Path, ending: str) -> pl.DataFrame:
    """The one school that each academy followed, where a list at hand has it."""
    listed = _listed(folder, ending)
    return sole_predecessors(folder, ending).filter(pl.col("predecessor").is_in(listed.implode()))


def _listed(folder: Path, ending: str) -> pl.Series:
    """Schools of the lists at hand; of one that closed before April 2013 the successor stands for it."""
    parts = [pl.Series("urn", [], dtype=pl.String)]
    for file in folder.glob(f"*ofsted_mi_2013_2015{ending}"):
        parts.append(table(file, ("urn",)).select(urn("urn").alias("urn")).to_series())
    for file in folder.glob(f"*pt_201[78]_england_spine{ending}"):
        parts.append(read_list(file).select(urn=pl.col("code")).to_series())
    return pl.concat(parts).drop_nulls().unique()


def _inspections(folder: Path, ending: str) -> pl.DataFrame:
    """Graded inspections by URN at the time, from all four publications."""
    readers = {
        "*ofsted_outcomes_20250831": ofsted.read_outcomes,
        "*ofsted_mi_2013_2015": ofsted.read_monthly,
        "*ofsted_ratings_scrape_2020": ofsted.read_history,
        "*pt_20*_england_school_information": ofsted.read_school_information,
        "*school_details_2018": ofsted.read_school_information,
    }
    parts = [pl.DataFrame(schema={"code": pl.String, "on": pl.Date, "grade": pl.Float64})]
    for pattern, read_file in readers.items():
        for file in sorted(folder.glob(f"{pattern}{ending}")):
            if "2024" in file.name:
                continue  # of secondary schools only, without ratings
            rows = read_file(file).filter(pl.col("measure") == "grade")
            parts.append(rows.select("code", on="period_end", grade="value"))
    return pl.concat(parts).unique(["code", "on"], keep="first", maintain_order=True).sort("on")


def _graded(events: pl.DataFrame, inspections: pl.DataFrame) -> pl.DataFrame:
    """Latest grade before the join, by lineage; first one `AFTER_MONTHS` or more after it."""
    numbered = events.with_row_index("at")
    lineage = pl.concat(
        [numbered.select("at", "start", code=name) for name in ("member", "predecessor")]
    ).unique()
    seen = lineage.join(inspections, on="code").filter(pl.col("on") < pl.col("start")).sort("on")
    before = seen.group_by("at").agg(before_on=pl.col("on").last(), before=pl.col("grade").last())
    horizon = pl.col("start").dt.offset_by(f"{AFTER_MONTHS}mo")
    later = numbered.select("at", "start", "end", code="member").join(inspections, on="code")
    in_time = pl.col("end").is_null() | (pl.col("on") < pl.col("end"))
    later = later.filter(pl.col("on") >= horizon, in_time).sort("on")
    after = later.group_by("at").agg(after_on=pl.col("on").first(), after=pl.col("grade").first())
    both = numbered.join(before, on="at", how="left").join(after, on="at", how="left").sort("at")
    words = {float(value): word for value, word in GRADES.items()}
    return both.with_columns(
        before_word=pl.col("before").replace_strict(words, default=None, return_dtype=pl.String),
        after_word=pl.col("after").replace_strict(words, default=None, return_dtype=pl.String),
    )


PUBLICATIONS = (
    Publication(
        id="gias_join_events",
        required=True,
        publisher="Department for Education, Get Information about Schools",
        title="Schools that joined a trust, worked out from group links and graded by Ofsted's inspections",
        page=PAGE,
        files=("*gias_grouplinks_monthly.*",),
        lag_days=0,
        read=read,
        table="pairings",
        standing=Standing.COMPILED,
        compiled_by="the project",
    ),
)
