"""Where trusts are put on the map: their own point, their postcode's, or its sector's or district's."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker.sectors.nhs.geocoding import addressed, gazetteer, headquarters, placed

Row = tuple[str | None, str | None, str | None, float, float, str]


def trusts(*rows: tuple[str, str | None]) -> pl.DataFrame:
    schema = {"code": pl.String, "postcode": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(name=pl.lit("A trust"))


def points(*rows: Row) -> pl.DataFrame:
    texts = dict.fromkeys(("code", "site", "postcode"), pl.String)
    numbers = dict.fromkeys(("latitude", "longitude"), pl.Float64)
    frame = pl.DataFrame(rows, schema={**texts, **numbers, "basis": pl.String}, orient="row")
    return frame.with_columns(source=pl.lit("a list"), edition=pl.lit(None, pl.Date))


def lists(*rows: tuple[str, str | None, date]) -> pl.DataFrame:
    schema = {"code": pl.String, "postcode": pl.String, "edition": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(source=pl.lit("ods"))


OWN: Row = ("RPA", None, "ME75NY", 51.4, 0.5, "headquarters 2024")
OLDER: Row = ("RPA", None, "ME75NY", 51.39, 0.51, "headquarters 2022")
WARD: Row = ("RVV", "RVV01", "ME75NX", 51.39, 0.54, "hospital site 2018")
CLINIC: Row = ("RVV", "RVV02", "ME75NZ", 51.37, 0.56, "hospital site 2018")
SCHOOL: Row = (None, None, "ME75NX", 51.391, 0.541, "school")


def place(
    postcode: str | None, *known: Row, code: str = "RGQ"
) -> tuple[float | None, float | None, str | None]:
    found = placed(trusts((code, postcode)), gazetteer(points(*known)))
    return found.select("latitude", "longitude", "basis").row(0)


def test_a_trust_s_own_point_comes_first_and_the_most_believed_one_wins() -> None:
    assert place("ME7 5NY", OLDER, CLINIC, OWN, code="RPA") == (51.4, 0.5, "headquarters 2024")


def test_a_point_of_another_address_is_not_a_trust_s_own() -> None:
    assert place("ME7 5NX", OWN, WARD, code="RPA") == (51.39, 0.54, "same postcode as hospital site 2018")


def test_a_hospital_s_point_is_believed_before_a_school_s() -> None:
    assert place("ME7 5NX", SCHOOL, WARD)[2] == "same postcode as hospital site 2018"
    assert place("me75nx", SCHOOL) == (51.391, 0.541, "same postcode as school")


def test_another_trust_s_headquarters_does_so_too() -> None:
    assert place("ME7 5NY", OWN)[2] == "same postcode as headquarters 2024"


def test_else_the_middle_of_the_known_points_of_the_sector_or_district() -> None:
    near = place("ME7 5AA", WARD, CLINIC)
    assert near == (
        pytest.approx(51.38),
        pytest.approx(0.55),
        "about the middle of postcode sector ME7 5 (2 known)",
    )
    farther = place("ME7 1AA", WARD, CLINIC)
    assert farther[2] == "about the middle of postcode district ME7 (2 known)"


def test_a_point_far_from_the_others_of_its_sector_is_not_believed() -> None:
    """Of one hospital in Norfolk the list gives a point 37 km away."""
    schools: list[Row] = [
        (None, None, f"ME75A{x}", 51.4 + at / 100, 0.5, "school") for at, x in enumerate("ABD")
    ]
    astray: Row = ("RVV", "RVV09", "ME75NX", 51.9, 0.5, "hospital site 2023")
    assert place("ME7 5NX", astray, *schools)[2] == "about the middle of postcode sector ME7 5 (3 known)"
    assert place("ME7 5NX", astray)[2] == "same postcode as hospital site 2023"


def test_a_trust_with_no_postcode_or_an_unknown_one_has_no_place() -> None:
    assert place(None, WARD, CLINIC) == place("M21 9UN", WARD, CLINIC) == (None, None, None)


def test_a_hospital_is_where_its_code_is_else_where_its_postcode_is() -> None:
    sites = pl.DataFrame(
        {"code": ["RVV", "RVV"], "site": ["RVV01", "RVV03"], "postcode": ["CT1 1AA", "ME7 5NZ"]}
    )
    found = placed(sites, gazetteer(points(WARD, CLINIC)))
    assert found["latitude"].to_list() == [51.39, 51.37]
    assert found["basis"].to_list() == ["hospital site 2018", "same postcode as hospital site 2018"]


def test_order_and_number_of_trusts_stay() -> None:
    asked = trusts(("RVV", "ME7 5NX"), ("RPA", None), ("RGQ", "ME7 5NX"))
    found = placed(asked, gazetteer(points(OWN, OLDER, WARD, CLINIC, WARD, SCHOOL)))
    assert found.select("code", "name").equals(asked.select("code", "name"))


def test_headquarters_have_a_row_for_each_address_from_the_first_list_with_it() -> None:
    early, middle, late = date(2016, 12, 1), date(2018, 9, 1), date(2021, 12, 1)
    rows = lists(
        ("RVV", "ME7 5NX", early), ("RVV", "ME7 5NX", middle), ("RVV", "ME7 5NZ", late), ("RPA", None, late)
    )
    found = headquarters(rows, gazetteer(points(WARD, CLINIC)))
    assert found.select("code", "name", "known_from", "source").rows() == [
        ("RVV", "ME75NX", early, "ods"),
        ("RVV", "ME75NZ", late, "ods"),
    ]


def test_the_address_of_a_trust_s_own_point_counts_after_the_last_list_that_names_the_trust() -> None:
    known = gazetteer(points(OWN, WARD).with_columns(edition=date(2024, 12, 31)))
    never, before, after = date(2016, 12, 1), date(2018, 9, 1), date(2025, 7, 1)
    assert headquarters(lists(("RPA", None, never)), known)["known_from"].to_list() == [date(2024, 12, 31)]
    found = headquarters(lists(("RPA", "ME7 5NX", before)), known)
    assert found.select("name", "known_from").rows() == [("ME75NX", before), ("ME75NY", date(2024, 12, 31))]
    assert headquarters(lists(("RPA", "ME7 5NX", after)), known)["name"].to_list() == ["ME75NX"]


def test_a_point_without_a_postcode_has_that_of_the_list_of_its_day() -> None:
    bare = points(("RVV", None, None, 51.2, 1.1, "headquarters 2022")).with_columns(edition=date(2022, 4, 1))
    rows = lists(("RVV", "ME7 5NX", date(2016, 12, 1)), ("RVV", "CT1 3NG", date(2022, 3, 1)))
    rows = pl.concat([rows, lists(("RVV", "ME7 5NZ", date(2025, 7, 1)))])
    assert addressed(bare, rows)["postcode"].to_list() == ["CT1 3NG"]
