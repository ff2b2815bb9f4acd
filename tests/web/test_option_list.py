"""The list comes first, says the deciding facts without being opened, and can be sorted and filtered."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page

LIST = "/nhs/organisations/RPA/shortlist?arrangement=buddying"
TOP = "Math.round(document.querySelector('.mm-row').getBoundingClientRect().top)"
pytestmark = pytest.mark.snapshot


def rows(page: str) -> list[str]:
    """The text of each option's row, without what is folded."""
    found = re.findall(r'<tbody class="mm-row".*?</tr>', page, re.DOTALL)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", one))).strip() for one in found]


def codes(page: str) -> list[str]:
    return re.findall(r'name="with" value="(\w+)"', page)


def test_the_list_comes_first_and_the_page_is_short(open_page: Callable[..., Page]) -> None:
    page = open_page(LIST)
    page.set_viewport_size({"width": 1280, "height": 720})
    assert page.evaluate(TOP) < 720
    assert page.evaluate("document.documentElement.scrollHeight") < 5000
    stops: list[str] = []
    while not page.evaluate("document.activeElement.closest('.mm-row') !== null"):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
        assert len(stops) < 40
    assert len(stops) - 1 <= 12, stops


def test_the_first_option_is_one_swipe_away_on_a_telephone(open_page: Callable[..., Page]) -> None:
    page = open_page(LIST, 360)
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate(TOP) < 2 * 640


def test_the_deciding_facts_are_read_without_opening_anything(client: TestClient) -> None:
    page = client.get(LIST).text
    found = dict(zip(codes(page), rows(page), strict=True))
    answer = client.get(f"/v1{LIST}&include=facts").json()
    for option in answer["options"]:
        row = found[option["organisation"]["code"]]
        facts = {fact["key"]: fact for fact in option["facts"]}
        for key in ("oversight_segment", "cqc_rating", "mortality", "plan_variance", "distance"):
            assert facts[key]["text"] in row
        assert facts["cqc_rating"]["period"] in row
        own = next(fact for fact in answer["recipient_facts"] if fact["key"] == "mortality")
        if facts["mortality"]["value"] is not None:
            word = "better" if facts["mortality"]["value"] < own["value"] else "worse"
            assert f"{word} than yours" in row
    assert "Shared leadership: one chief executive leads both since 1 April 2025" in found["RN7"]
    (recipient,) = re.findall(r'<tbody class="mm-own">.*?</tbody>', page, re.DOTALL)
    assert page.index(recipient) < page.index('<tbody class="mm-row"')
    assert "4 of 5" in recipient and "1.30, higher than expected" in recipient


def test_the_record_and_the_age_stand_above_the_list(client: TestClient) -> None:
    page = unescape(client.get(LIST).text)
    (above,) = re.findall(r'<div class="mm-caveats">(.*?)</div>', page, re.DOTALL)
    assert page.index(above) < page.index('<tbody class="mm-own">')
    assert re.search(r"In \d+ past cases, the trust chosen was among the first 5", above)
    assert 'href="/nhs/evaluation"' in above
    assert "Figures up to 22 August 2026" in above and "CQC rating March 2018 to" in above
    assert "Changed from the usual list" not in above


def test_what_was_changed_is_named_above_the_list(client: TestClient) -> None:
    asked = f"{LIST}&weights=proximity%3D0.9&within_km=60&as_of=2026-06-01&only.oversight_segment=3"
    page = unescape(client.get(asked).text)
    (above,) = re.findall(r'<div class="mm-caveats">(.*?)</div>', page, re.DOTALL)
    for named in ("Distance weighs 0.9", "60", "known on 1 June 2026", "3 of 5 or better"):
        assert named in above


def test_it_is_sorted_by_a_column_and_ranks_stay(client: TestClient) -> None:
    usual = client.get(LIST).text
    nearest = client.get(f"{LIST}&sort=distance").text
    assert sorted(codes(nearest)) == sorted(codes(usual)) and codes(nearest) != codes(usual)
    away = [int(one) for row in rows(nearest) for one in re.findall(r"(\d+) km", row)]
    assert away == sorted(away)
    ranks = [int(re.findall(r"(\d+)\.", row)[0]) for row in rows(nearest)]
    assert sorted(ranks) == list(range(1, 11)) and ranks != sorted(ranks)


def test_a_filter_looks_beyond_the_options_shown(client: TestClient) -> None:
    page = client.get(f"{LIST}&only.oversight_segment=2&only.mortality=better&only.ties=none").text
    found = rows(page)
    assert found
    ranks = [int(re.findall(r"(\d+)\.", row)[0]) for row in found]
    assert ranks == sorted(ranks) and ranks[-1] > 10
    for row in found:
        assert re.search(r"\b[12] of 5", row) and "better than yours" in row
        assert "Shared leadership" not in row
    recent = client.get(f"{LIST}&only.cqc_rating.years=3").text
    for row in rows(recent):
        years = re.search(r"(\d+) years?(?: \d+ months?)? old", row)
        assert years is None or int(years[1]) < 3
    assert len(rows(recent)) < 10


def test_a_filter_that_is_none_says_so(client: TestClient) -> None:
    for wrong in ("sort=colour", "only.oversight_segment=blue", "only.colour=1"):
        page = client.get(f"{LIST}&{wrong}")
        assert page.status_code == 422
        assert "can&#39;t be shown by" in page.text


def test_none_that_meets_the_filters_is_said(client: TestClient) -> None:
    page = client.get(f"{LIST}&only.oversight_segment=1&only.mortality=better&only.cqc_rating.years=1").text
    assert not codes(page)
    assert "None of the first 50 options meets these filters." in page


def test_the_form_that_changes_the_list_keeps_how_it_is_shown(client: TestClient) -> None:
    page = client.get(f"{LIST}&sort=distance&only.ties=none").text
    (form,) = re.findall(r'<form class="mm-form" .*?</form>', page, re.DOTALL)
    assert '<input type="hidden" name="sort" value="distance">' in form
    assert '<input type="hidden" name="only.ties" value="none">' in form
    assert "sort=distance" in re.findall(r'data-address="([^"]+)"', page)[0]
