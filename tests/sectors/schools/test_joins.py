"""Joins graded below good before and again two years after, with a known intake on both sides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.effect.population import position
from matchmaker.features.definition import features
from matchmaker.snapshot import Snapshot, store

INTAKE = ("free_meals", "other_language", "special_needs")
DOCS = Path(__file__).parents[3] / "docs" / "schools.md"
EARLY = 2012
"""Joins up to this year stand in one row of the table."""


@pytest.fixture(scope="module")
def engine() -> Matchmaker:
    return Matchmaker(store.bundled("schools"))


@pytest.fixture(scope="module")
def known(engine: Matchmaker) -> pl.DataFrame:
    """The graded joins of which the intake of the school and of the trust was known the day before."""
    return both_known(engine.snapshot, graded(engine.snapshot))


def graded(snapshot: Snapshot) -> pl.DataFrame:
    below = pl.col("rating_before").is_in(["Inadequate", "Requires improvement"])
    rows = snapshot.pairings.filter(below, pl.col("rating_after").is_not_null())
    return rows.select(
        "pairing_id", "recipient", "partner", "kind", "start", day=pl.col("start").dt.offset_by("-1d")
    )


def both_known(snapshot: Snapshot, pairings: pl.DataFrame) -> pl.DataFrame:
    """By the tables alone, without profiles: a figure is known from its publication until it is stale."""
    stale = {one.name: one.stale_after_months for one in features(snapshot.sector)}
    figures = snapshot.measures.filter(pl.col("measure").is_in([*INTAKE, "pupils"])).select(
        "code",
        "measure",
        "known_from",
        until=pl.col("period_end").dt.offset_by(f"{stale['free_meals']}mo"),
    )

    def n_known(who: pl.DataFrame) -> pl.DataFrame:
        """pairing_id, code -> whether pupils and all of the intake are known on the day."""
        held = who.join(figures, on="code").filter(
            pl.col("day").is_between("known_from", "until", closed="left")
        )
        return held.group_by("pairing_id", "code").agg(
            *(pl.col("measure").eq(name).any().alias(name) for name in [*INTAKE, "pupils"])
        )

    # The recipient itself where it is open on the day, else its only predecessor that is.
    open_on = snapshot.organisations.select("code", "opened", "closed")
    own_code = pairings.select("pairing_id", "day", code="recipient", itself=True)
    links = snapshot.successions.select(recipient="new", code="old").unique()
    before = pairings.join(links, on="recipient").select("pairing_id", "day", "code", itself=False)
    there = (pl.col("opened") <= pl.col("day")).fill_null(True) & (
        pl.col("closed") >= pl.col("day")
    ).fill_null(True)
    who = pl.concat([own_code, before]).join(open_on, on="code").filter(there)
    alone = (pl.len().over("pairing_id") == 1) | pl.col("itself")
    known_of = n_known(who.filter(alone).select("pairing_id", "day", "code"))
    own = known_of.filter(pl.all_horizontal(INTAKE))
    # A member of two trusts at once is of the one that it joined last.
    spells = snapshot.table("membership").select("member", "group", "start", "end", "known_from")
    ever = pairings.select("pairing_id", "day", group="partner").join(
        spells.select("member", "group"), on="group"
    )
    held = ever.select("pairing_id", "day", "member", partner="group").unique().join(spells, on="member")
    held = held.filter(
        pl.max_horizontal("start", "known_from") <= pl.col("day"),
        (pl.col("end") > pl.col("day")).fill_null(True),
    )
    last = held.sort("start", "group").unique(["pairing_id", "member"], keep="last", maintain_order=True)
    members = last.filter(pl.col("group") == pl.col("partner")).select(
        "pairing_id", "day", "group", code="member"
    )
    flags = n_known(members)
    of_trust = (
        members.join(flags, on=["pairing_id", "code"], how="left")
        .group_by("pairing_id")
        .agg(*((pl.col(name) & pl.col("pupils")).fill_null(False).mean().alias(name) for name in INTAKE))
    )
    theirs = of_trust.filter(pl.all_horizontal(pl.col(name) >= 0.5 for name in INTAKE))
    return pairings.join(own, on="pairing_id", how="semi").join(theirs, on="pairing_id", how="semi")


def by_kind_and_year(known: pl.DataFrame) -> list[str]:
    """The rows of the table in docs/schools.md."""
    kinds = known["kind"].value_counts(sort=True)["kind"].to_list()
    years = known.with_columns(year=pl.col("start").dt.year().clip(EARLY))
    lines = []
    for year in sorted(years["year"].unique()):
        rows = years.filter(pl.col("year") == year)
        counts = [rows.filter(pl.col("kind") == kind).height for kind in kinds]
        name = f"to {EARLY}" if year == EARLY else str(year)
        lines.append(f"| {name} | " + " | ".join(f"{one:,}" for one in (*counts, rows.height)) + " |")
    totals = [known.filter(pl.col("kind") == kind).height for kind in kinds]
    return [*lines, "| all | " + " | ".join(f"{one:,}" for one in (*totals, known.height)) + " |"]


def test_the_counts_by_kind_and_year_are_those_of_the_docs(known: pl.DataFrame) -> None:
    text = DOCS.read_text("utf-8")
    assert [line for line in by_kind_and_year(known) if line not in text] == []


def test_what_is_known_by_the_tables_is_known_in_profiles(engine: Matchmaker, known: pl.DataFrame) -> None:
    """On three days with many joins, the same pairings as by the profiles of the day before."""
    every = graded(engine.snapshot)
    days = every["day"].value_counts(sort=True)["day"].head(12).gather_every(4)
    for day in days:
        profiles = engine.profiles(day)
        columns = [profiles.column[name] for name in INTAKE]
        found = set()
        for one in every.filter(pl.col("day") == day).iter_rows(named=True):
            school = position(profiles, engine, one["recipient"])
            trust = profiles.position.get(one["partner"])
            if school is None or trust is None:
                continue
            if not np.isnan(profiles.values[[school, trust]][:, columns]).any():
                found.add(one["pairing_id"])
        assert found == set(known.filter(pl.col("day") == day)["pairing_id"])
