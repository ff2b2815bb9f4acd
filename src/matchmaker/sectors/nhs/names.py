"""What trusts are and were called, and bodies that are named as if they were trusts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from matchmaker.sector import Sector
from matchmaker.sectors.nhs.spelling import tidy_name
from matchmaker.snapshot.names import ABBREVIATION, FORMER, OTHER, plain_name

SYSTEMS_SINCE = date(2022, 1, 1)
"""Editions from then on name trusts' integrated care boards, earlier ones the bodies before them."""
SYSTEM = r"^(Q[A-Z0-9]{2}|[A-Z]\d[A-Z]\d[A-Z])$"
ABBREVIATED = re.compile(r"(?=.*[A-Z].*[A-Z])\S+")
"""The form of another name that is short for a name: SaTH, UHB."""


def trust_names(
    editions: pl.DataFrame,
    attributes: pl.DataFrame,
    former: pl.DataFrame,
    trusts: pl.DataFrame,
    curated: Mapping[str, Any],
    sector: Sector,
) -> tuple[pl.DataFrame, list[str]]:
    """Former and other names of trusts, and notes on those of the roster that were not taken.

    The roster gives trusts names that are another's own ("North East London NHS Foundation Trust" to East
    London) or that `curated/names.toml` has as another's abbreviation. A name that it gives to several is
    that of the one whose own name begins so, if there is one. A name that says no more than a trust's own is
    left out.

    Args:
        editions: `code` and `name` of every edition of the ODS list.
        attributes: of the roster, `other_names` among them.
        former: `code` and `name` from other lists.
        trusts: every trust under its present name.
        curated: `curated/names.toml`.
        sector: the NHS.
    """
    own = {code: plain_name(name, sector) for code, name in trusts.select("code", "name").iter_rows()}
    closed = set(trusts.drop_nulls("closed")["code"])
    official: dict[str, str] = {}
    for code, key in own.items():
        if key not in official or code not in closed:
            official[key] = code
    recorded: defaultdict[str, set[str]] = defaultdict(set)
    for code, names in curated["abbreviations"].items():
        for name in names:
            recorded[plain_name(name, sector)].add(code)
    rows: dict[tuple[str, str], tuple[str, str, str]] = {}
    notes = []

    def add(code: str, name: str, kind: str) -> None:
        key = plain_name(name, sector)
        if key and code in own and key not in official:
            rows.setdefault((code, key), (code, name, kind))

    for table in (editions, former):
        for code, name in table.select("code", "name").unique(maintain_order=True).iter_rows():
            add(code, tidy_name(name), FORMER)
    for kind, table in ((FORMER, curated["former"]), (ABBREVIATION, curated["abbreviations"])):
        for code, names in table.items():
            for name in names:
                add(code, name, kind)
    listed = list(_listed(attributes))
    givers: defaultdict[str, set[str]] = defaultdict(set)
    for code, name in listed:
        givers[plain_name(name, sector)].add(code)
    for code, name in listed:
        key = plain_name(name, sector)
        begins = {one for one in givers[key] if own.get(one, "").startswith(key)}
        whose = recorded.get(key) or ({official[key]} if key in official else begins or givers[key])
        if code in whose:
            add(code, name, ABBREVIATION if ABBREVIATED.fullmatch(name) else OTHER)
        elif not whose <= closed:  # the roster rightly gives a trust the names of those that it took in
            known = " and ".join(sorted(whose))
            notes.append(f"{code} is not called '{name}', as the roster says: that is {known}.")
    frame = pl.DataFrame(list(rows.values()), schema=["code", "name", "kind"], orient="row")
    return frame, notes


def _listed(attributes: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Other names by the roster."""
    for code, value in attributes.filter(attribute="other_names").select("code", "value").iter_rows():
        yield from ((code, name.strip()) for name in value.split(";") if name.strip())


def other_bodies(
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
