"""Hospitals with beds, against lines of the estates returns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import hospital_sites as sites

RETURN_2014 = "eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_2014-15_11120.xls"


@pytest.fixture(scope="module")
def beds(raw_data: Path) -> pl.DataFrame:
    return sites.read_beds(raw_data / "raw" / RETURN_2014)


def test_beds_of_a_site_and_its_postcode(beds: pl.DataFrame) -> None:
    rows = beds.filter(pl.col("site").is_in(["RJ122", "RKB01"])).sort("site")
    assert rows.select("code", "site", "beds", "postcode").rows() == [
        ("RJ1", "RJ122", 900.0, "SE1 7EH"),
        ("RKB", "RKB01", 1032.0, "CV2 2DX"),
    ]
    assert set(beds["known_from"]) == {date(2015, 10, 31)}


def test_aggregates_and_sites_without_beds_are_left_out(raw_data: Path, beds: pl.DataFrame) -> None:
    assert sites.AGGREGATE not in beds["site"]
    assert (beds["beds"] > 0).all()
    # With the aggregates it is every bed of the return that a trust reports.
    every = sites.beds_by_site(raw_data / "raw" / RETURN_2014)
    assert every["beds"].sum() == 141_545


def test_codes_that_were_given_to_other_buildings_have_no_postcode(raw_data: Path) -> None:
    """In the list of 2018 RA299 is a surgery in Bordon, not the Royal Surrey County Hospital in Guildford."""
    path = raw_data / "raw/eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_2013-14_9896.xls"
    rows = sites.read_beds(path).filter(pl.col("site").is_in(sites.REUSED))
    assert rows.sort("site").select("site", "beds", "postcode").rows() == [
        ("RA299", 514.0, None),
        ("RL111", 184.0, None),
    ]


def test_hospitals_of_2019_and_2023(raw_data: Path) -> None:
    later = sites.read_2019(raw_data / "raw" / sites.RETURN_2019)
    assert later.filter(site="R1F01")["postcode"].item() == "PO30 5TG"
    assert later["code"].n_unique() > 190
    latest = sites.read_2023(raw_data / "raw/eric-types-sites-2026/sites.json")
    assert latest.filter(site="RK950")["name"].item() == "Derriford Hospital"
    assert "RK906" not in latest["site"]  # a health centre without beds
