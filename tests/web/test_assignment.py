"""Many recipients at once: the page says what the engine answers, and its link gives it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from playwright.sync_api import Page, expect
from starlette.datastructures import QueryParams

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.assignment.types import Assignment
from matchmaker.web.presenters.assignment import AssignmentQuery, read_assignment_query
from matchmaker.web.presenters.shortlist import permanent

SOME_HAVE_NONE = {"arrangement": "mentoring", "floor": "0.7"}
NAMED = {"recipients": "eel, DUN\nOspreyton Harbour Board", "capacity": "2"}
ASSIGN = "/harbours/assign"


def read(engine: Matchmaker, fields: dict[str, str]) -> AssignmentQuery:
    return read_assignment_query(QueryParams(fields), engine.registry)


def answer_to(engine: Matchmaker, fields: dict[str, str]) -> Assignment:
    return read(engine, fields).answer(engine)


@pytest.mark.parametrize(
    "fields", [{}, SOME_HAVE_NONE, NAMED], ids=["all in need", "some have none", "named"]
)
def test_the_page_says_what_the_engine_answers(
    harbours_client: TestClient, harbour_engine: Matchmaker, fields: dict[str, str]
) -> None:
    text = harbours_client.get(ASSIGN, params=fields).text
    answer = answer_to(harbour_engine, fields)
    assert answer.pairs
    for pair in answer.pairs:
        assert f'id="pair-{pair.recipient.code}"' in text
        for reason in (*pair.reasons_for, *pair.reasons_against, *pair.unknowns):
            assert str(escape(reason)) in text
    for one in answer.unmatched:
        assert str(escape(one.sentence)) in text
    for line in (*answer.summary, *answer.notes, *answer.checklist):
        assert str(escape(line)) in text
    assert text.count("Making this pair would cost") == len(answer.blocking_pairs)
    assert ("These are all harbours on watch level 4 or 5" in text) == (not fields.get("recipients"))


def test_some_have_none_and_say_why(harbour_engine: Matchmaker) -> None:
    answer = answer_to(harbour_engine, SOME_HAVE_NONE)
    assert "below_floor" in {one.reason for one in answer.unmatched}


def test_codes_and_names_are_told_apart(harbour_engine: Matchmaker) -> None:
    query = read(harbour_engine, NAMED)
    assert query.recipients == ("EEL", "DUN", "Ospreyton Harbour Board")
    fields = [*query.query.to_fields(), *query.to_fields()]
    assert read_assignment_query(QueryParams(fields), harbour_engine.registry) == query


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"capacity": "0"}, "Give a number from 1 to 10."),
        ({"floor": "most"}, "is not a number"),
        ({"regions": "Atlantis"}, "There is no coast &#39;Atlantis&#39;"),
        ({"recipients": "No such harbour"}, "No such harbour"),
        ({"method": "nearest"}, "assignments are made by the evidence fit"),
        ({"as_of": "yesterday"}, "It is not a date"),
    ],
)
def test_errors_are_in_plain_words(harbours_client: TestClient, fields: dict[str, str], says: str) -> None:
    answer = harbours_client.get(ASSIGN, params=fields)
    assert answer.status_code in (404, 422)
    assert says in answer.text


def test_a_number_out_of_its_limits_is_refused(harbour_engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter):
        read(harbour_engine, {"floor": "1.5"})


def test_the_permanent_link_gives_exactly_this(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    query = read(harbour_engine, {**NAMED, "weights": "nearness=0.5"})
    answer = query.answer(harbour_engine)
    changed = harbour_engine.recommender_for(query.query).arrangement
    link = [*permanent(query.query, changed, answer), *query.to_fields()]
    again = read_assignment_query(QueryParams(link), harbour_engine.registry)
    assert again.answer(harbour_engine) == answer
    notice = "Not the same as when the link was made"
    assert notice not in harbours_client.get(ASSIGN, params=link).text
    other = [(name, "0" * 64 if name == "snapshot" else value) for name, value in link]
    assert notice in harbours_client.get(ASSIGN, params=other).text


def test_the_file_is_the_table_of_the_answer(harbours_client: TestClient, harbour_engine: Matchmaker) -> None:
    got = harbours_client.get(f"{ASSIGN}.csv", params=SOME_HAVE_NONE)
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    read_rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    expected = answer_to(harbour_engine, SOME_HAVE_NONE).to_rows()
    assert [row["recipient"] for row in read_rows] == [row["recipient"] for row in expected]
    assert list(read_rows[0]) == list(expected[0])


def test_a_region_is_chosen_without_leaving_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page("/nhs/assign")
    page.get_by_label("Only trusts in need in").select_option("South West")
    expect(page.locator("#live-status")).to_contain_text("trusts have an option.")
    expect(page.locator("#result")).to_contain_text("South West only")
    assert "regions=South+West" in page.url
    page.reload()
    expect(page.locator("#result")).to_contain_text("South West only")


def test_a_region_is_chosen_without_script(open_page: Callable[..., Page]) -> None:
    page = open_page("/nhs/assign", width=360, script=False)
    page.get_by_text("Choose which trusts, and how").click()
    page.get_by_label("Only trusts in need in").select_option("South West")
    page.get_by_role("button", name="Show the options").click()
    expect(page.locator("#result")).to_contain_text("South West only")


def test_a_distance_of_the_question_is_read_and_told(harbour_engine: Matchmaker) -> None:
    fields = {"recipients": "EEL", "within_km": "400"}
    answer = answer_to(harbour_engine, fields)
    assert answer.max_km == 400
    assert any("more than 400 km apart" in note for note in answer.notes)
