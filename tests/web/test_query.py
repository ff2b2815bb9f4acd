"""An address and the query it stands for are the same thing in two forms."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from made_up import HARBOURS
from starlette.datastructures import QueryParams

from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement
from matchmaker.models.query import ShortlistQuery
from matchmaker.sector import read_sector
from matchmaker.web.query import address, read_query, with_weight, without_rules

SECTOR = read_sector(HARBOURS)
MENTORING = arrangement(SECTOR, "mentoring")
CRITERIA = [one.name for one in MENTORING.criteria]
RULES = [one.name for one in MENTORING.rules]


def few(names: list[str]) -> some.SearchStrategy[tuple[str, ...]]:
    return some.lists(some.sampled_from(names), unique=True, max_size=3).map(tuple)


@given(
    weights=some.dictionaries(some.sampled_from(CRITERIA), some.integers(0, 1000).map(lambda n: n / 1000)),
    relax=few(RULES),
    exclude=few(["AMB", "BRI", "COR"]),
    region=few(["West coast", "East coast"]),
    locality=few(["Amber Bay"]),
    within_km=some.none() | some.integers(1, 1000).map(float),
    focus=few(["on_time", "groundings"]),
    as_of=some.none() | some.dates(date(2016, 1, 1), date(2026, 1, 1)),
    limit=some.integers(1, 50),
)
def test_an_address_gives_the_query_back(**fields: object) -> None:
    query = ShortlistQuery.model_validate({"arrangement": "mentoring", **fields})
    path = address("/harbours/organisations/EEL/shortlist", query)
    again = read_query(QueryParams(parse_qsl(path.partition("?")[2])), SECTOR)
    assert again == query
    assert address("/harbours/organisations/EEL/shortlist", again) == path


def test_a_form_as_it_comes_changes_nothing() -> None:
    fields = [(f"weights.{one.name}", f"{100 * one.weight:g}") for one in MENTORING.criteria]
    fields += [
        (name, "") for name in ("within_km", "exclude", "locality", "as_of", "focus", "focus", "limit")
    ]
    assert read_query(QueryParams(urlencode(fields)), SECTOR) == ShortlistQuery(arrangement="mentoring")


def test_a_form_names_only_the_weight_that_was_changed() -> None:
    own = {one.name: f"{100 * one.weight:g}" for one in MENTORING.criteria}
    fields = {f"weights.{name}": text for name, text in (own | {"nearness": "34.5"}).items()}
    assert read_query(QueryParams(urlencode(fields)), SECTOR).weights == {"nearness": 0.345}


def test_several_texts_of_a_field_all_count() -> None:
    query = read_query(QueryParams("exclude=amb, bri&exclude=COR&region=West+coast&focus=on_time"), SECTOR)
    assert (query.exclude, query.region, query.focus) == (
        ("AMB", "BRI", "COR"),
        ("West coast",),
        ("on_time",),
    )


@pytest.mark.parametrize(
    "fields",
    [
        "weights.nearness=much",
        "weights.nearness=-1",
        "weights.nearness=nan",
        "within_km=0",
        "within_km=inf",
        "limit=0",
        "limit=51",
        "as_of=1+July+2016",
        "weights=nearness",
        "arrangement=adoption&weights.nearness=1",
    ],
)
def test_what_makes_no_sense_is_refused_with_the_next_step(fields: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        read_query(QueryParams(fields), SECTOR)
    assert refused.value.next_step


def test_a_changed_query_leaves_the_first_as_it_was() -> None:
    query = ShortlistQuery(
        arrangement="mentoring", within_km=10.0, parameters={"watch_level": {"highest": 4.0}}
    )
    before = query.model_copy(deep=True)
    assert with_weight(query, "nearness", 0.2).weights == {"nearness": 0.2}
    relaxed = without_rules(query, ["inspected_sound", "within_km"], SECTOR)
    assert (relaxed.relax, relaxed.within_km) == (("inspected_sound",), None)
    assert relaxed.parameters == {"watch_level": {"highest": 4.0}}
    assert without_rules(query, ["watch_level"], SECTOR).parameters == {}
    assert query == before
