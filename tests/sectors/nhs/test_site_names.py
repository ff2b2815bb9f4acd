"""Whose hospital a name means, where several trusts list it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.site_names import site_names
from matchmaker.sectors.nhs.sources.site_lists import CHOICES, COLUMNS, ODS

CLINIC, BEDS, ACUTE = 1, 2, 3
SUCCESSIONS = pl.DataFrame([("RAA", "RZZ", date(2018, 4, 1))], schema=["old", "new", "date"], orient="row")


def row(code: str, site: str, name: str, rank: int = ACUTE, year: int = 2016, **more: Any) -> dict[str, Any]:
    day = date(year, 4, 1)
    return {"code": code, "site": site, "name": name, "rank": rank, "start": day, "known_from": day, **more}


def made(*rows: dict[str, Any], **curated: dict[str, Any]) -> pl.DataFrame:
    full = [dict.fromkeys([*COLUMNS, "source"]) | {"source": "list"} | one for one in rows]
    frame = pl.DataFrame(full, schema={**COLUMNS, "source": pl.String})
    return site_names(frame, SUCCESSIONS, curated, load_sector("nhs"))


def owners(frame: pl.DataFrame, name: str) -> set[str]:
    return set(frame.filter(name=name)["organisation"])


def test_the_acute_trust_has_the_hospital_in_which_another_has_a_ward() -> None:
    hospital = row("RBB", "RBB01", "MAIN CROSS HOSPITAL", area=50_000.0, postcode="ME7 5NY")
    ward = row("RCC", "RCC07", "MAIN CROSS HOSPITAL", BEDS, area=900.0, postcode="ME7 4AA")
    assert owners(made(hospital, ward), "Main Cross Hospital") == {"RBB"}


def test_two_of_a_kind_and_a_size_are_both_kept() -> None:
    one = row("RBB", "RBB01", "MAIN CROSS HOSPITAL", BEDS, area=9_000.0, postcode="ME7 5NY")
    other = row("RCC", "RCC07", "MAIN CROSS HOSPITAL", BEDS, area=5_000.0, postcode="ME7 4AA")
    assert owners(made(one, other), "Main Cross Hospital") == {"RBB", "RCC"}


def test_one_with_several_times_the_floor_counts_alone() -> None:
    one = row("RBB", "RBB01", "MAIN CROSS HOSPITAL", BEDS, area=9_000.0, postcode="ME7 5NY")
    other = row("RCC", "RCC07", "MAIN CROSS HOSPITAL", BEDS, area=2_000.0, postcode="ME7 4AA")
    assert owners(made(one, other), "Main Cross Hospital") == {"RBB"}


def test_hospitals_of_one_name_in_two_towns_are_two() -> None:
    frame = made(
        row("RBB", "RBB01", "QUEEN'S HOSPITAL", postcode="RM7 0AG", town="ROMFORD"),
        row("RCC", "RCC01", "QUEENS HOSPITAL", BEDS, postcode="DE13 0RB", town="BURTON-ON-TRENT"),
    )
    assert set(frame.select("organisation", "name", "place", "main").rows()) == {
        ("RBB", "Queen's Hospital", "Romford", True),
        ("RCC", "Queens Hospital", "Burton-on-Trent", False),
    }


def test_a_clinic_in_anothers_hospital_is_no_hospital_of_its_own() -> None:
    frame = made(
        row("RBB", "RBB01", "MAIN CROSS HOSPITAL", postcode="ME7 5NY"),
        row("RCC", "RCC02", "KINGS @ MAIN CROSS HOSPITAL", CLINIC, postcode="ME7 5NY"),
        row("RCC", "RCC03", "MAIN CROSS HOSPITAL GILLINGHAM", CHOICES, postcode="ME7 5NY"),
        row("RCC", "RCC04", "EYE UNIT, MAIN CROSS HOSPITAL", BEDS, postcode="ME7 5NY"),
    )
    assert set(frame["organisation"]) == {"RBB"}


def test_a_hospital_that_only_a_list_of_places_has_is_known() -> None:
    assert owners(made(row("RCC", "RCC03", "LONE HILL HOSPITAL", CHOICES)), "Lone Hill Hospital") == {"RCC"}


def test_a_unit_called_after_the_hospital_around_it_means_the_hospital() -> None:
    frame = made(
        row("RBB", "RBB01", "TRAFFORD GENERAL HOSPITAL", area=50_000.0, postcode="M41 5SL"),
        row("RCC", "RCC80", "TRAFFORD HOSPITAL SITE", BEDS, area=3_700.0, postcode="M41 5SL"),
        row("RCC", "RCC81", "MOORSIDE UNIT", BEDS, area=3_700.0, postcode="M41 5SL"),
    )
    assert owners(frame, "Trafford Hospital Site") == {"RBB"}
    assert owners(frame, "Moorside Unit") == {"RCC"}


def test_a_hospital_that_changed_hands_has_days() -> None:
    frame = made(
        row("RBB", "RBB01", "HILL HOSPITAL", BEDS, 2013, postcode="TN6 1HB"),
        row("RCC", "RCC05", "HILL HOSPITAL", BEDS, 2016, postcode="TN6 1HB"),
        row("RBB", "RBB09", "ANOTHER HOSPITAL", BEDS, 2016),
    ).filter(name="Hill Hospital")
    assert set(frame.select("organisation", "opened", "closed").rows()) == {
        ("RBB", None, date(2016, 3, 31)),
        ("RCC", date(2016, 4, 1), None),
    }


def test_one_that_filed_no_later_list_may_still_have_it() -> None:
    frame = made(
        row("RBB", "RBB01", "HILL HOSPITAL", BEDS, 2013, postcode="TN6 1HB"),
        row("RCC", "RCC05", "HILL HOSPITAL", BEDS, 2016, postcode="TN6 1HB"),
    )
    assert set(frame["closed"]) == {None}


def test_a_successor_has_it_from_the_day_of_the_merger() -> None:
    frame = made(
        row("RAA", "RAA01", "HILL HOSPITAL", ACUTE, 2016, postcode="M8 5RB"),
        row("RZZ", "RZZ66", "HILL HOSPITAL", ACUTE, 2023, postcode="M8 5RB"),
    )
    assert set(frame.select("organisation", "opened", "closed").rows()) == {
        ("RAA", None, None),
        ("RZZ", date(2018, 4, 1), None),
    }


def test_addresses_come_from_the_list_of_codes_or_from_near_by() -> None:
    near: dict[str, Any] = {"latitude": 51.38, "longitude": 0.54}
    frame = made(
        row("RBB", "RBB01", "HILL HOSPITAL"),
        row("RBB", "RBB01", "HILL HOSPITAL (HQ)", ODS, postcode="ME7 5NY", town="GILLINGHAM"),
        row("RDD", "RDD01", "DALE HOSPITAL", CHOICES, postcode="CT9 4AN", town="Margate", **near),
        row("RCC", "RCC99", "SEA HOSPITAL", year=2023, **near),
    )
    assert dict(frame.select("name", "place").iter_rows()) == {
        "Hill Hospital": "Gillingham",
        "Dale Hospital": None,
        "Sea Hospital": "Margate",
    }


def test_places_and_short_names_of_our_record() -> None:
    frame = made(
        row("RBB", "RBB01", "HILL HOSPITAL", town="LONDON", postcode="SE18 4QH"),
        places={"RBB01": "Woolwich"},
        hospitals={"RBB01": ["HH"]},
    )
    assert set(frame.select("name", "place", "source").rows()) == {
        ("Hill Hospital", "Woolwich", "list"),
        ("HH", "Woolwich", "matchmaker"),
    }


def test_no_lists_no_names() -> None:
    assert made().is_empty()
