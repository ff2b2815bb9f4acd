"""Regions, localities and types as people write them; a wrong one comes with the nearest."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.features.areas import areas_named, type_named


@pytest.mark.parametrize(
    "text",
    [
        "Kent and Medway",
        "kent & medway",
        "QKS",
        "qks",
        "NHS Kent and Medway Integrated Care Board",
        "Kent and Medway ICB",
    ],
)
def test_a_board_is_named_by_name_or_code(engine: Matchmaker, text: str) -> None:
    assert areas_named(engine.profiles(), "locality", [text]) == ("Kent and Medway",)


def test_every_locality_is_found_by_its_own_name_and_by_its_code(engine: Matchmaker) -> None:
    profiles = engine.profiles()
    names = profiles.organisations["locality"].drop_nulls().unique().sort().to_list()
    assert areas_named(profiles, "locality", names) == tuple(names)
    bodies = engine.snapshot.other_bodies.drop_nulls("code").filter(label="integrated care board")
    found = 0
    for code, name in bodies.select("code", "name").iter_rows():
        if name in names:
            found += 1
            assert areas_named(profiles, "locality", [code]) == (name,)
    assert found == len(names)


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("locality", "kent", "Did you mean Kent and Medway?"),
        ("region", "Londn", "Did you mean London?"),
        ("region", "Wales", "The regions are: East of England, "),
    ],
)
def test_a_wrong_area_comes_with_the_nearest(
    engine: Matchmaker, column: str, text: str, expected: str
) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        areas_named(engine.profiles(), column, [text])
    assert refusal.value.next_step.startswith(expected)
    assert text in refusal.value.message


@pytest.mark.parametrize("text", ["mental_health", "mental health", "Mental health", "mental health trusts"])
def test_a_type_is_named_as_tables_print_it(engine: Matchmaker, text: str) -> None:
    assert type_named(engine.sector, text) == "mental_health"


def test_a_type_that_is_none_comes_with_all(engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="mental health, community") as refusal:
        type_named(engine.sector, "hospitals")
    assert "There is no trust type 'hospitals'" in str(refusal.value)
