"""Hospitals in the official lists of sites, against cells of the files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import site_lists


@pytest.fixture(scope="module")
def lists(raw_data: Path) -> pl.DataFrame:
    frames = [
        publication.read(path)
        for publication in site_lists.PUBLICATIONS
        for pattern in publication.files
        for path in sorted((raw_data / "raw").glob(pattern))
    ]
    return pl.concat(frames)


def of(lists: pl.DataFrame, site: str, rank: int) -> pl.DataFrame:
    return lists.filter(site=site, rank=rank).sort("start")


def test_each_list_has_its_hospitals(lists: pl.DataFrame) -> None:
    counts = dict(lists.group_by("start").len().iter_rows())
    assert counts.keys() == {date(year, 4, 1) for year in (2013, 2014, 2015, 2016, 2019, 2023)} | {
        site_lists.SEPTEMBER_2018
    }
    assert all(count > 400 for count in counts.values())


def test_a_general_hospital_year_by_year(lists: pl.DataFrame) -> None:
    rows = of(lists, "RVV01", 3)
    assert rows["area"].to_list() == [64573, 66500, 64216, 61814, 62090, None]
    assert rows["name"].str.to_uppercase().unique().to_list() == ["WILLIAM HARVEY HOSPITAL"]
    assert rows["postcode"].to_list()[4] == "TN24 0LZ"


def test_kinds_of_hospital(lists: pl.DataFrame) -> None:
    of_2019 = lists.filter(start=date(2019, 4, 1))
    ranks = dict(of_2019.select("site", "rank").iter_rows())
    # General acute, specialist acute, mental health, community; ambulance stations are no hospitals.
    assert [ranks[site] for site in ("RPA02", "RPC04", "RXYM1", "RYYD9")] == [3, 3, 2, 2]
    assert "RYD" not in set(of_2019["code"])
    assert "AGGRE" not in ranks


def test_addresses_of_sites(lists: pl.DataFrame) -> None:
    (row,) = of(lists, "RPA02", site_lists.ODS).iter_rows(named=True)
    assert (row["code"], row["name"], row["postcode"], row["town"]) == (
        "RPA",
        "MEDWAY MARITIME HOSPITAL",
        "ME7 5NY",
        "GILLINGHAM",
    )
    assert row["opened"] == date(1994, 4, 1)
    (row,) = of(lists, "RPA02", site_lists.CHOICES).iter_rows(named=True)
    assert (row["town"], round(row["latitude"], 2)) == ("Gillingham", 51.38)
