"""Points of trusts and hospitals: read in WGS 84, and only where England is."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import trust_coordinates as points

HOSPITALS = ("OrganisationCode", "Postcode", "Latitude", "Longitude", "ParentODSCode")


def apart(frame: pl.DataFrame, code: str, latitude: float, longitude: float) -> float:
    """Kilometres between a trust's point and the one expected."""
    (found,) = frame.filter(code=code).select("latitude", "longitude").rows()
    east = (found[1] - longitude) * math.cos(math.radians(latitude))
    return 111.2 * math.hypot(found[0] - latitude, east)


def hospitals(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "Hospital.csv"
    path.write_text("\n".join("\u00ac".join(row) for row in (HOSPITALS, *rows)), "latin-1")
    return path


def test_points_of_2022(raw_data: Path) -> None:
    frame = points.read_2022(raw_data / "raw" / "geographr" / "points_nhs_trusts22.rda")
    # Medway Maritime Hospital and the Royal London Hospital, as maps show them.
    assert apart(frame, "RPA", 51.380, 0.542) < 1
    assert apart(frame, "R1H", 51.519, -0.059) < 1
    assert frame["basis"].unique().to_list() == ["headquarters 2022"]


def test_headquarters_of_2024(raw_data: Path) -> None:
    frame = points.read_2024(raw_data / "raw" / "nhstech-mrc" / "eric_for_flourish_map.csv")
    assert apart(frame, "RPA", 51.380, 0.542) < 1
    assert frame["code"].n_unique() == frame.height
    assert frame["postcode"].null_count() == 0
    assert frame.filter(code="RPA")["postcode"].to_list() == ["ME75NY"]


def test_hospitals_of_2018(raw_data: Path) -> None:
    frame = points.read_hospitals(raw_data / "raw" / "nhs-choices-hospitals-2018" / "Hospital.csv")
    guys = frame.filter(postcode="SE19RT")
    assert guys["code"].to_list() == ["RJ1"]
    assert guys["latitude"].item() == pytest.approx(51.503284454345703)
    assert guys["site"].to_list() == ["RJ121"]
    # Private hospitals are left out.
    assert frame.filter(postcode="SE12PR").is_empty()


def test_sites_of_2023(raw_data: Path) -> None:
    frame = points.read_sites(raw_data / "raw" / "eric-types-sites-2026" / "sites.json")
    derriford = frame.filter(site="RK950").drop("postcode", "edition").rows()
    assert derriford == [("RK9", "RK950", 50.41671, -4.11371, "hospital site 2023")]


def test_postcodes_of_schools(raw_data: Path) -> None:
    """They know most of England's postcode sectors, and nothing of trusts."""
    frame = points.read_postcodes(raw_data / "schools" / "coordinates" / "school_coordinates.parquet")
    assert frame.select("code", "site").null_count().row(0) == (frame.height, frame.height)
    assert frame["postcode"].str.head(-2).n_unique() > 7500
    # St Bartholomew's School in Newbury.
    assert (
        apart(frame.filter(postcode="RG146JP").head(1).with_columns(code=pl.lit("x")), "x", 51.395, -1.333)
        < 1
    )


def test_the_two_editions_agree_on_where_trusts_are(raw_data: Path) -> None:
    early = points.read_2022(raw_data / "raw" / "geographr" / "points_nhs_trusts22.rda")
    late = points.read_2024(raw_data / "raw" / "nhstech-mrc" / "eric_for_flourish_map.csv")
    both = early.join(late, on="code", suffix="_late")
    moved = ((pl.col("latitude") - pl.col("latitude_late")).abs() * 111.2).alias("km")
    assert both.height > 190
    assert both.select(moved.median()).item() < 0.5


def test_a_point_outside_england_is_told(tmp_path: Path) -> None:
    path = hospitals(
        tmp_path,
        ("RPA01", "ME7 5NY", "51.38", "0.54", "RPA"),
        ("RVV01", "CT1 3NG", "1.08", "51.27", "RVV"),
    )
    with pytest.raises(BadFile) as caught:
        points.read_hospitals(path)
    told = [(fault.row, fault.column, fault.value) for fault in caught.value.faults]
    assert told == [(3, "latitude", "1.08"), (3, "longitude", "51.27")]


def test_a_hospital_without_a_point_is_no_row_and_words_are_a_fault(tmp_path: Path) -> None:
    none = ("RPA01", "ME7 5NY", "NULL", "NULL", "RPA")
    known = ("RVV01", "CT1 3NG", "51.27", "1.08", "RVV")
    assert points.read_hospitals(hospitals(tmp_path, none, known))["code"].to_list() == ["RVV"]
    with pytest.raises(BadFile, match="row 2, column Latitude: found 'north'; expected a number"):
        points.read_hospitals(hospitals(tmp_path, ("RPA01", "ME7 5NY", "north", "0.5", "RPA"), known))
