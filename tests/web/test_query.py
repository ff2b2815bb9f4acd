"""An address and the question it means are the same thing in two forms."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.datastructures import QueryParams

from matchmaker.api.dependencies import Question
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangements
from matchmaker.web.query import Asked, read

CRITERIA = [one.name for one in arrangements()["buddying"].criteria]
RULES = [one.name for one in arrangements()["buddying"].rules]


def few(names: list[str]) -> some.SearchStrategy[list[str]]:
    return some.lists(some.sampled_from(names), unique=True, max_size=3)


@given(
    weights=some.dictionaries(some.sampled_from(CRITERIA), some.integers(0, 1000).map(lambda n: n / 1000)),
    relax=few(RULES),
    codes=few(["RN7", "RVV", "RWF"]),
    regions=few(["London", "North East and Yorkshire"]),
    localities=few(["Kent and Medway"]),
    km=some.none() | some.integers(1, 1000),
    focus=few(["ae_4_hours", "mortality"]),
    day=some.none() | some.dates(date(2016, 1, 1), date(2026, 1, 1)),
    limit=some.integers(1, 50),
)
def test_an_address_gives_the_question_back(
    weights: dict[str, float],
    relax: list[str],
    codes: list[str],
    regions: list[str],
    localities: list[str],
    km: int | None,
    focus: list[str],
    day: date | None,
    limit: int,
) -> None:
    bounds: dict[str, dict[str, object]] = {}
    bounds |= {"leave_out": {"codes": codes}} if codes else {}
    bounds |= {"in_region": {"regions": regions}} if regions else {}
    bounds |= {"in_locality": {"localities": localities}} if localities else {}
    bounds |= {"within_km": {"km": float(km)}} if km else {}
    question = Question(weights=weights, relax=relax, bounds=bounds, focus=focus)
    asked = Asked(question, day, limit)
    address = asked.address("/trusts/RPA/shortlist")
    again = read(QueryParams(parse_qsl(address.partition("?")[2])))
    assert again == asked
    assert again.address("/trusts/RPA/shortlist") == address


def test_a_form_as_it_comes_changes_nothing() -> None:
    fields = [(f"weight.{one.name}", f"{100 * one.weight:g}") for one in arrangements()["buddying"].criteria]
    fields += [(name, "") for name in ("within_km", "exclude", "locality", "as_of", "focus", "focus")]
    assert read(QueryParams(urlencode(fields))) == Asked(Question())


def test_a_form_tells_only_the_weight_that_was_changed() -> None:
    fields = [(f"weight.{one}", "26" if one == "context_similarity" else "") for one in CRITERIA]
    changed = read(QueryParams(urlencode([*fields, ("weight.proximity", "34.5")])))
    assert changed.question.weights == {"proximity": 0.345}


@pytest.mark.parametrize(
    "query",
    [
        "weight.proximity=much",
        "weight.proximity=-1",
        "weight.proximity=nan",
        "within_km=0",
        "within_km=inf",
        "limit=0",
        "limit=51",
        "as_of=1+July+2016",
        "weight=proximity",
        "arrangement=adoption&weight.proximity=1",
    ],
)
def test_what_makes_no_sense_is_refused_with_the_next_step(query: str) -> None:
    with pytest.raises(InvalidParameter) as told:
        read(QueryParams(query))
    assert told.value.next_step


def test_a_changed_question_leaves_the_first_as_it_was() -> None:
    asked = Asked(Question(bounds={"within_km": {"km": 10.0}}))
    assert asked.weighed("proximity", 0.2).question.weights == {"proximity": 0.2}
    relaxed = asked.relaxed(["rated_good_or_better", "within_km"])
    assert (relaxed.question.relax, relaxed.question.bounds) == (["rated_good_or_better"], {})
    assert asked == Asked(Question(bounds={"within_km": {"km": 10.0}}))
