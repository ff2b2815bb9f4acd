"""Distances between hospitals, against a second formula and the map."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import site_spread

LINCOLNSHIRE = [(53.37103, -0.00858), (53.2336, -0.51963), (52.99115, -0.00996), (52.92111, -0.64071)]


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return site_spread.read(raw_data / "raw/eric-types-sites-2026/sites.json")


def of(rows: pl.DataFrame, code: str) -> dict[str, float]:
    return dict(rows.filter(code=code).select("measure", "value").iter_rows())


def central_angle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The spherical law of cosines: another road to the great circle."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    cosine = math.sin(lat_a) * math.sin(lat_b) + math.cos(lat_a) * math.cos(lat_b) * math.cos(lon_a - lon_b)
    return 6371.0088 * math.acos(cosine)


def test_spread_by_hand(rows: pl.DataFrame) -> None:
    centre = tuple(sum(values) / 4 for values in zip(*LINCOLNSHIRE, strict=True))
    expected = sum(central_angle_km(site, (centre[0], centre[1])) for site in LINCOLNSHIRE) / 4
    found = of(rows, "RWD")
    assert found["site_spread_km"] == pytest.approx(expected, rel=1e-6)
    assert 25 < found["site_spread_km"] < 30
    assert found["sites_inpatient"] == 4
    assert found["sites_general_acute"] == 3


def test_two_hospitals_are_half_their_distance_apart(rows: pl.DataFrame) -> None:
    # Norwich and Cromer: 34.6 km
    expected = central_angle_km((52.61757, 1.2212), (52.92379, 1.31006)) / 2
    assert of(rows, "RM1")["site_spread_km"] == pytest.approx(expected, rel=1e-4)


def test_one_hospital_has_no_spread(rows: pl.DataFrame) -> None:
    single = rows.filter(measure="sites_inpatient", value=1)["code"]
    spread = rows.filter(pl.col("code").is_in(single.to_list()), measure="site_spread_km")["value"]
    assert len(spread) > 10
    assert spread.max() == pytest.approx(0, abs=1e-9)


def test_clinics_do_not_count(rows: pl.DataFrame) -> None:
    assert of(rows, "RCF")["sites_inpatient"] == 3
    assert of(rows, "RCF")["sites_general_acute"] == 1


def test_coverage(rows: pl.DataFrame) -> None:
    assert rows["code"].n_unique() == 135
    assert rows.select("period_start", "period_end").unique().rows() == [
        (date(2023, 4, 1), date(2024, 3, 31))
    ]
    farthest = rows.filter(measure="site_spread_km").sort("value", descending=True)["code"].head(2)
    assert farthest.to_list() == ["RTF", "RWD"]  # Northumbria, Lincolnshire


def test_the_year_that_is_read(raw_data: Path) -> None:
    """Trusts that closed in August 2023 or before are gone; one that closed in January 2025 is there."""
    sites = json.loads((raw_data / "raw/eric-types-sites-2026/sites.json").read_text("utf-8"))
    codes = {site[0] for site in sites}
    assert "RAP" in codes
    assert not codes & {"RA4", "RVY", "RBZ"}


def test_a_place_outside_england_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    path.write_text(
        json.dumps([["RCF", "RCF22", 5.389796, -1.96273, "Hospital", "General Acute Hospital", 0]])
    )
    with pytest.raises(BadFile, match="latitude"):
        site_spread.read(path)
