"""The one query: every field is described, faults have places, and an address says it again."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from matchmaker.described import field_texts
from matchmaker.errors import InvalidParameter
from matchmaker.models.query import NARROWING, InvalidQuery, ShortlistQuery
from matchmaker.sector import load_sector

SECTOR = load_sector("nhs")
WHOLE = {
    "arrangement": "merger",
    "as_of": date(2018, 1, 1),
    "method": "nearest",
    "weights": {"proximity": 0.25, "context": 1.0},
    "relax": ("same_type",),
    "parameters": {"size_ratio": {"lowest": 0.5}, "in_region": {"regions": ("London", "South East")}},
    "focus": ("ae_4_hours",),
    "service": "cardiology",
    "limit": 3,
    "n_draws": 0,
    "compare_with": ("practice",),
    "exclude": ("RN7", "RAX"),
    "region": ("South West",),
    "locality": ("Kent and Medway",),
    "within_km": 80.5,
    "outside_group": True,
}


def test_every_field_is_described_and_tested_here() -> None:
    assert set(field_texts(ShortlistQuery)) == set(WHOLE)
    described = ShortlistQuery.model_json_schema()["properties"]
    assert {name: one["description"] for name, one in described.items()} == field_texts(ShortlistQuery)
    assert set(ShortlistQuery.model_fields) == set(WHOLE)


def test_an_address_makes_the_same_query_again() -> None:
    query = ShortlistQuery.parse(WHOLE, SECTOR)
    fields = defaultdict(list)
    for name, text in query.to_fields():
        fields[name].append(text)
    single = {name: texts[0] if len(texts) == 1 else texts for name, texts in fields.items()}
    assert ShortlistQuery.parse(single, SECTOR) == query
    assert {name: getattr(query, name) for name in WHOLE} == WHOLE
    assert ShortlistQuery().to_fields() == []


def test_empty_fields_are_not_given_and_the_sector_has_the_default() -> None:
    empty = dict.fromkeys(("as_of", "within_km", "limit", "arrangement", "method"), "")
    query = ShortlistQuery.parse({**empty, "relax": ["", " "], "weights": []}, SECTOR)
    assert query == ShortlistQuery(arrangement=SECTOR.display.arrangements[0])


def test_codes_to_exclude_may_stand_in_one_text() -> None:
    assert ShortlistQuery.parse({"exclude": "rn7, rax"}, SECTOR).exclude == ("RN7", "RAX")


def test_what_narrows_the_candidates_sets_a_rule() -> None:
    query = ShortlistQuery.parse(
        {"region": "London", "within_km": "80", "parameters": ["within_km.km=9"]}, SECTOR
    )
    assert query.rule_parameters() == {"within_km": {"km": 80.0}, "in_region": {"regions": ("London",)}}
    assert set(NARROWING) <= set(ShortlistQuery.model_fields)


@pytest.mark.parametrize(
    ("fields", "locs"),
    [
        ({"weights": ["context=x"], "limit": "0"}, {("weights",), ("limit",)}),
        ({"weights": {"context": "nan"}}, {("weights", "context")}),
        (
            {"parameters": {"A": {}, "within_km": {"km": None}}},
            {("parameters", "A"), ("parameters", "within_km", "km")},
        ),
        ({"parameters": ["within_km=3"]}, {("parameters",)}),
        ({"region": ["London", "x" * 121]}, {("region", 1)}),
        ({"within_km": "-1", "as_of": "May", "n_draws": 1.5}, {("within_km",), ("as_of",), ("n_draws",)}),
        ({"sauce": "brown", "arrangement": 3}, {("sauce",), ("arrangement",)}),
    ],
)
def test_every_fault_has_its_place(fields: dict[str, Any], locs: set[tuple[str | int, ...]]) -> None:
    with pytest.raises(InvalidQuery) as raised:
        ShortlistQuery.parse(fields, SECTOR)
    assert {loc for loc, _ in raised.value.issues} == locs
    assert all(text.endswith(".") for _, text in raised.value.issues)


@pytest.mark.parametrize(
    ("fields", "loc", "expected"),
    [
        ({"region": "Mars"}, ("parameters", "in_region"), ("region",)),
        (
            {"parameters": {"in_region": {"regions": ["Mars"]}}},
            ("parameters", "in_region"),
            ("parameters", "in_region"),
        ),
        ({"region": "Mars"}, ("weights", "charm"), ("weights", "charm")),
    ],
)
def test_an_error_names_the_field_that_was_written(
    fields: dict[str, Any], loc: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    query = ShortlistQuery.parse(fields, SECTOR)
    with pytest.raises(InvalidParameter) as raised, query.locating_errors():
        raise InvalidParameter("No.", "Try.", loc)
    assert raised.value.loc == expected
