"""Which school each academy followed, and figures carried on from the one to the other."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import day, table, urn
from matchmaker.sources.files import once

CARRIED_MONTHS = 36
"""Figures of a school are carried on to its successor where that followed within so many months."""
OPENED = {
    "gias_academies_quarterly": ("URN", "OpenDate"),
    "ofsted_outcomes_20250831": ("URN", "School open date"),
}
"""Files that say when an academy opened, and in which columns."""


@once
def opened_on(folder: Path, ending: str) -> pl.DataFrame:
    """When each academy opened as one, by the latest list that says so: member and opened."""
    parts = [pl.DataFrame(schema={"member": pl.String, "opened": pl.Date})]
    for name, (code, opened) in OPENED.items():
        for file in folder.glob(f"*{name}{ending}"):
            rows = table(file, (code, opened), ("edition",)).sort("edition", maintain_order=True)
            rows = rows.select(member=urn(code), opened=day(opened)).drop_nulls()
            parts.append(rows.unique("member", keep="last", maintain_order=True))
    return pl.concat(parts).unique("member", keep="first", maintain_order=True)


@once
def sole_predecessors(folder: Path, ending: str) -> pl.DataFrame:
    """The one school that each followed: member, predecessor and linked, the day of the link.

    Of several (an amalgamation) none counts.
    """
    parts = [pl.DataFrame(schema={"member": pl.String, "predecessor": pl.String, "linked": pl.Date})]
    for path in sorted(folder.glob(f"*gias_links_20*{ending}")):
        rows = table(path, ("URN", "LinkURN", "LinkType", "LinkEstablishedDate"))
        rows = rows.filter(pl.col("LinkType") == "Predecessor")
        on = day("LinkEstablishedDate")
        parts.append(rows.select(member=urn("URN"), predecessor=urn("LinkURN"), linked=on))
    every = pl.concat(parts).drop_nulls(["member", "predecessor"])
    every = every.unique(["member", "predecessor"], keep="last", maintain_order=True)
    return every.filter(pl.len().over("member") == 1)


def carried_on(rows: pl.DataFrame, file: Path, lag_days: int) -> pl.DataFrame:
    """Figures of one file, and after them those of predecessors for successors that it does not name yet.

    A school that becomes an academy gets a new number and stays what it was: until a list names it, it has
    the figures of the school that it followed, known from the day on which it did.

    Args:
        rows: code, measure, value, period_start and period_end.
        file: they come from; links and days of opening are beside it.
        lag_days: from the end of the period to the publication.
    """
    links = sole_predecessors(file.parent, file.suffix)
    if links.is_empty():
        return rows
    links = links.join(opened_on(file.parent, file.suffix), on="member", how="left", maintain_order="left")
    links = links.with_columns(since=pl.coalesce("opened", "linked")).drop_nulls("since")
    own = rows.with_columns(known_from=pl.col("period_end") + pl.duration(days=lag_days))
    until = pl.col("period_end").dt.offset_by(f"{CARRIED_MONTHS}mo")
    named = rows["code"].unique().implode()
    new = (
        own.join(links, left_on="code", right_on="predecessor", maintain_order="left")
        .filter(pl.col("since").is_between("period_end", until), ~pl.col("member").is_in(named))
        .with_columns(code="member", known_from=pl.max_horizontal("known_from", "since"))
    )
    return pl.concat([own, new.select(own.columns)])
