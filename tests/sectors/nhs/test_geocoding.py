"""Where trusts are put on the map: their own point, their postcode's, or its sector's."""

from __future__ import annotations

import polars as pl
import pytest

from matchmaker.sectors.nhs.geocoding import placed

Row = tuple[str, str | None, float, float, str]


def trusts(*rows: tuple[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["code", "postcode"], orient="row").with_columns(name=pl.lit("A trust"))


def points(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "code": pl.String,
            "postcode": pl.String,
            "latitude": pl.Float64,
            "longitude": pl.Float64,
            "basis": pl.String,
        },
        orient="row",
    )


OWN = ("RPA", None, 51.4, 0.5, "headquarters 2024")
OLDER = ("RPA", None, 50.0, 0.0, "headquarters 2022")
WARD = ("RVV", "ME75NX", 51.39, 0.54, "hospital site 2018")
CLINIC = ("RVV", "ME75NY", 51.37, 0.56, "hospital site 2018")


def test_a_trust_s_own_point_comes_first_and_the_most_believed_one_wins() -> None:
    found = placed(trusts(("RPA", "ME7 5NY")), points(OWN, OLDER, CLINIC))
    assert found.row(0) == ("RPA", "ME75NY", "A trust", 51.4, 0.5, "headquarters 2024")


def test_a_hospital_at_the_headquarters_postcode_places_a_trust() -> None:
    found = placed(trusts(("RGQ", "ME7 5NX")), points(OWN, WARD))
    assert found.row(0)[3:] == (51.39, 0.54, "same postcode as hospital site 2018")


def test_another_trust_s_headquarters_does_so_too() -> None:
    found = placed(trusts(("RPA", "ME7 5NZ"), ("RGQ", "ME7 5NZ")), points(OWN))
    assert found.filter(code="RGQ")["coordinate_basis"].item() == "same postcode as headquarters 2024"


def test_else_the_middle_of_the_known_points_of_the_sector() -> None:
    (row,) = placed(trusts(("RGQ", "ME7 5AA")), points(WARD, CLINIC)).iter_rows(named=True)
    assert (row["latitude"], row["longitude"]) == (pytest.approx(51.38), pytest.approx(0.55))
    assert row["coordinate_basis"] == "about the middle of postcode sector ME7 5 (2 known)"


def test_a_trust_with_no_postcode_or_an_unknown_one_has_no_place() -> None:
    found = placed(trusts(("RX5", None), ("TAE", "M21 9UN")), points(WARD, CLINIC))
    assert found.select("latitude", "longitude", "coordinate_basis").null_count().row(0) == (2, 2, 2)


def test_order_and_number_of_trusts_stay() -> None:
    asked = trusts(("RVV", "ME7 5NX"), ("RPA", None), ("RGQ", "ME7 5NX"))
    found = placed(asked, points(OWN, OLDER, WARD, CLINIC, WARD))
    assert found.select(asked.columns).drop("postcode").equals(asked.drop("postcode"))
