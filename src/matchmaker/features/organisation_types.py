"""What kind of trust each one was on a day, as the types published by then say.

Trusts change kind: two mental health trusts became acute when they merged with hospitals. The latest
type known on the day counts. Before the first one, the earliest that came later does: what kind of
trust one is, is its identity and no outcome, so nothing leaks that a replay should not know.
"""

from __future__ import annotations

import tomllib
import weakref
from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl

from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.merge import type_of

BELIEF = ("trust_type_lse", "trust_type_eric", "trust_type_cqc", "trust_type_oversight", "trust_type_roster")
"""Of types known from the same day, the one that stands last here counts."""
COARSE = "trust_type_lse"
"""This list knows no specialist trusts, so it counts only where no other type is known yet."""

_kept: weakref.WeakKeyDictionary[Snapshot, pl.DataFrame] = weakref.WeakKeyDictionary()


def types_on(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """The kind of each organisation on a day, and the published type that says so.

    Organisations of which no type was ever published keep the kind of the table of organisations, as
    do those to which a user's own data give one.

    Returns:
        ods, kind and type_basis of every organisation, open or not.
    """
    if snapshot not in _kept:
        _kept[snapshot] = _told(snapshot)
    told = _kept[snapshot]
    known = pl.col("known_from") <= day
    by_then = told.filter(known).unique("code", keep="last", maintain_order=True)
    later = told.filter(~known).sort("known_from", maintain_order=True)
    said = pl.concat([by_then, later]).unique("code", keep="first", maintain_order=True)
    table = snapshot.organisations.select("code", "type", "type_basis")
    both = table.join(said, on="code", how="left", suffix="_then", maintain_order="left")
    return both.select(
        "code",
        pl.coalesce("type_then", "type").alias("type"),
        pl.when(pl.col("type_then").is_null())
        .then("type_basis")
        .otherwise("type_basis_then")
        .alias("type_basis"),
    )


def _told(snapshot: Snapshot) -> pl.DataFrame:
    """Every believed type of a trust: ods, kind, type_basis, known_from; what counts most comes last."""
    from_types = pl.col("type_basis").str.starts_with("trust_type_")
    belief = {attribute: at for at, attribute in enumerate(BELIEF)}
    key = ["code", "attribute", "known_from", "value"]
    return (
        snapshot.attributes.filter(pl.col("attribute").is_in(BELIEF))
        .join(snapshot.organisations.filter(from_types), on="code", how="semi")
        .join(mistaken(), on=key, how="anti")
        .with_columns(
            type=pl.col("value").map_elements(type_of, pl.String),
            type_basis=pl.format("{}: {}", "attribute", "value"),
            belief=pl.col("attribute").replace_strict(belief),
        )
        .drop_nulls("type")
        .sort(pl.col("attribute") != COARSE, "known_from", "belief", "value")
        .select("code", "type", "type_basis", "known_from")
    )


@cache
def mistaken() -> pl.DataFrame:
    """Published types that are not believed: ods, attribute, known_from, value, why."""
    text = (files("matchmaker.sectors.nhs") / "mistaken_types.toml").read_text("utf-8")
    return pl.DataFrame(tomllib.loads(text)["mistaken"])
