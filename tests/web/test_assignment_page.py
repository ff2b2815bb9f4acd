"""Many trusts at once: the page says what the matchmaker says, and its link gives it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from playwright.sync_api import Page, expect
from starlette.datastructures import QueryParams

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement
from matchmaker.web.app import create_app
from matchmaker.web.presenters.assignment import many_of, permanent, rows

SOME_HAVE_NONE = {"arrangement": "acquisition", "floor": "0.6"}
NAMED = {
    "recipients": "rpa, RVV\nBarking, Havering and Redbridge University Hospitals NHS Trust",
    "capacity": "2",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        yield client


@pytest.mark.parametrize("asked", [{}, SOME_HAVE_NONE, NAMED], ids=["all in need", "some have none", "named"])
def test_the_page_says_what_the_matchmaker_says(
    client: TestClient, engine: Matchmaker, asked: dict[str, str]
) -> None:
    text = client.get("/assign", params=asked).text
    answer = engine.assign(**many_of(QueryParams(asked), engine.directory).arguments())
    assert answer.pairs
    for pair in answer.pairs:
        assert f'id="pair-{pair.recipient.code}"' in text
        for reason in (*pair.reasons_for, *pair.reasons_against, *pair.unknowns):
            assert str(escape(reason)) in text
    for one in answer.unmatched:
        assert str(escape(one.sentence)) in text
    for line in (*answer.summary, *answer.notes, *answer.checklist):
        assert str(escape(line)) in text
    assert text.count("Making this pair would cost") == len(answer.rather)


def test_some_have_none_and_say_why(engine: Matchmaker) -> None:
    answer = engine.assign(**many_of(QueryParams(SOME_HAVE_NONE), engine.directory).arguments())
    assert {one.why for one in answer.unmatched} >= {"below_floor"}


def test_codes_and_names_are_told_apart(engine: Matchmaker) -> None:
    many = many_of(QueryParams(NAMED), engine.directory)
    assert many.recipients == ("RPA", "RVV", "Barking, Havering and Redbridge University Hospitals NHS Trust")
    again = many_of(QueryParams(many.pairs()), engine.directory)
    assert again == many


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"capacity": "0"}, "Give a number from 1 to 10."),
        ({"floor": "most"}, "is not a number"),
        ({"recipients_in": "Atlantis"}, "There is no region &#39;Atlantis&#39;"),
        ({"recipients": "No such trust"}, "No such trust"),
        ({"method": "nearest"}, "assignments are made by the evidence fit"),
        ({"as_of": "yesterday"}, "is not a date"),
    ],
)
def test_faults_are_told_in_plain_words(client: TestClient, asked: dict[str, str], says: str) -> None:
    answer = client.get("/assign", params=asked)
    assert answer.status_code in (404, 422)
    assert says in answer.text


def test_a_number_out_of_its_limits_is_refused(engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter):
        many_of(QueryParams({"floor": "1.5"}), engine.directory)


def test_the_permanent_link_gives_exactly_this(client: TestClient, engine: Matchmaker) -> None:
    asked = {**NAMED, "arrangement": "merger", "weight": "proximity=0.5"}
    many = many_of(QueryParams(asked), engine.directory)
    answer = engine.assign(**many.arguments())
    now = arrangement("merger").weighted(many.asked.question.weights)
    link = permanent(many, now, answer)
    again = many_of(QueryParams(link), engine.directory)
    assert engine.assign(**again.arguments()) == answer
    assert "Not the same as when the link was made" not in client.get("/assign", params=link).text
    other = [(name, "0" * 64 if name == "snapshot" else value) for name, value in link]
    assert "Not the same as when the link was made" in client.get("/assign", params=other).text


def test_the_file_holds_every_recipient(client: TestClient, engine: Matchmaker) -> None:
    answer = engine.assign(**many_of(QueryParams(SOME_HAVE_NONE), engine.directory).arguments())
    got = client.get("/assign.csv", params=SOME_HAVE_NONE)
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    read = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert [row["recipient"] for row in read] == sorted(
        one.recipient.code for one in (*answer.pairs, *answer.unmatched)
    )
    by_code = {pair.recipient.code: pair for pair in answer.pairs}
    for row in read:
        pair = by_code.get(row["recipient"])
        assert bool(row["why_none"]) == (pair is None)
        if pair is not None:
            assert (row["partner"], float(row["fit"])) == (
                pair.partner.code,
                pytest.approx(pair.fit, abs=1e-6),
            )
    assert {tuple(row) for row in rows(answer)} == {tuple(read[0])}


def test_a_region_is_chosen_without_leaving_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page("/assign")
    page.get_by_label("Only trusts in need in").select_option("South West")
    expect(page.locator("#live-status")).to_contain_text("trusts have an option.")
    expect(page.locator("#result")).to_contain_text("South West only")
    assert "recipients_in=South+West" in page.url
    page.reload()
    expect(page.locator("#result")).to_contain_text("South West only")


def test_a_region_is_chosen_without_script(open_page: Callable[..., Page]) -> None:
    page = open_page("/assign", width=360, script=False)
    page.get_by_text("Choose which trusts, and how").click()
    page.get_by_label("Only trusts in need in").select_option("South West")
    page.get_by_role("button", name="Show the options").click()
    expect(page.locator("#result")).to_contain_text("South West only")
