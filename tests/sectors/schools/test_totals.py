"""Numbers of schools, academies and trusts against those that others published; docs/schools.md lists them.

Each is counted from the tables of the snapshot on its day, and may be off by half a hundredth.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.features.membership import members_on
from matchmaker.snapshot import Snapshot, load, store

DOCS = Path(__file__).parents[3] / "docs" / "schools.md"
WITHIN = 0.005
PRIMARY = {2016: 16_778, 2017: 16_786, 2018: 16_766, 2019: 16_769, 2020: 16_784, 2021: 16_791, 2022: 16_786}
PRIMARY |= {2023: 16_783, 2024: 16_764}
"""State-funded primary schools in January, by the release of 2023/24."""


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return load(store.bundled("schools"))


def n_open(snapshot: Snapshot, day: date, *types: str) -> int:
    there = (pl.col("opened") <= day).fill_null(True) & (pl.col("closed") > day).fill_null(True)
    return snapshot.organisations.filter(there, pl.col("type").is_in(types)).height


def members(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Academies with their type, and that of their trust."""
    own = snapshot.organisations.select("code", "type", "type_basis")
    return (
        members_on(snapshot, day)
        .join(own.rename({"code": "member"}), on="member", how="left")
        .join(own.select(group="code", of="type"), on="group", how="left")
    )


def counted(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """Row of the table in the docs -> published, and counted here."""
    rows: dict[str, tuple[int, int]] = {}
    for year, published in PRIMARY.items():
        rows[f"primary schools, January {year}"] = published, n_open(snapshot, date(year, 1, 18), "primary")
    every = ("primary", "secondary", "special", "alternative", "nursery")
    rows["schools, January 2024"] = 22_032, n_open(snapshot, date(2024, 1, 18), *every)
    rows["nursery schools, January 2024"] = 381, n_open(snapshot, date(2024, 1, 18), "nursery")
    of_2022 = members(snapshot, date(2022, 1, 1))
    rows["primary academies, 1 January 2022"] = 6_474, of_2022.filter(pl.col("type") == "primary").height
    rows["secondary academies, 1 January 2022"] = 2_768, of_2022.filter(pl.col("type") == "secondary").height
    december = members(snapshot, date(2023, 12, 15))
    many = december.filter(pl.col("of") == "trust")
    rows["academies of multi-academy trusts, December 2023"] = 9_603, many.height
    rows["multi-academy trusts with a school, December 2023"] = 1_321, many["group"].n_unique()
    alone = december.filter(pl.col("of") == "single_trust")
    rows["single-academy trusts with a school, December 2023"] = 1_000, alone["group"].n_unique()
    for year, published in ((2024, 10_640), (2025, 11_280)):
        in_census = members(snapshot, date(year, 1, 18)).filter(
            ~pl.col("type_basis").str.contains("16").fill_null(False)
        )
        rows[f"academies, January {year}"] = published, in_census.height
    return rows


def test_totals_are_those_that_were_published(snapshot: Snapshot) -> None:
    rows = counted(snapshot)
    off = {name: pair for name, pair in rows.items() if abs(pair[1] - pair[0]) > WITHIN * pair[0]}
    assert off == {}


def test_the_docs_list_every_total(snapshot: Snapshot) -> None:
    text = DOCS.read_text("utf-8")
    lines = [
        f"| {name} | {published:,} | {ours:,} |" for name, (published, ours) in counted(snapshot).items()
    ]
    assert [line for line in lines if line not in text] == []
