"""The page of a shortlist, its downloads and its permanent link hold the same list."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from importlib.util import find_spec

import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker
from matchmaker.reports.shortlist import shortlist_report

FIELDS = "arrangement=mentoring&weights=nearness%3D0.5&region=West+coast&limit=3"
SHORTLIST = "/harbours/organisations/EEL/shortlist"


def order(page: str) -> list[str]:
    """The codes of the options that a page shows, in their order."""
    return re.findall(r'name="with" value="(\w+)"', page)


def test_the_page_shows_what_the_api_answers(harbours_client: TestClient) -> None:
    page = harbours_client.get(f"{SHORTLIST}?{FIELDS}").text
    link = re.search(r'href="(/v1[^"]+)">For programs', page)
    assert link
    answer = harbours_client.get(unescape(link[1])).json()
    assert order(page) == [option["organisation"]["code"] for option in answer["options"]] != []
    for option in answer["options"]:
        for reason in (*option["reasons_for"], *option["reasons_against"], *option["unknowns"]):
            assert reason in unescape(page)


def test_the_table_is_the_one_of_the_api(harbours_client: TestClient, harbour_engine: Matchmaker) -> None:
    answer = harbours_client.get(f"{SHORTLIST}.csv?{FIELDS}")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="mentoring-options-EEL-2025-06-30.csv"'
    )
    own = answer.content.decode("utf-8-sig")
    assert own == harbours_client.get(f"/v1{SHORTLIST}?{FIELDS}", headers={"Accept": "text/csv"}).text
    rows = list(csv.DictReader(io.StringIO(own)))
    expected = harbour_engine.shortlist("EEL", weights={"nearness": 0.5}, limit=3).to_rows()
    assert [row["code"] for row in rows] == [row["code"] for row in expected]
    assert list(rows[0]) == list(expected[0])


def test_the_report_is_the_one_of_the_command_line(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    answer = harbours_client.get(f"{SHORTLIST}.html?limit=3")
    shown = harbour_engine.shortlist("EEL", limit=3, compare_with=harbour_engine.sector.display.compare_with)
    arrangement = harbour_engine.recommender().arrangement
    assert answer.text == shortlist_report(shown, arrangement, harbour_engine.snapshot)
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("weasyprint") is None, reason="weasyprint is not here; install the extra papers"
)
def test_a_pdf_is_one(harbours_client: TestClient) -> None:
    answer = harbours_client.get(f"{SHORTLIST}.pdf?limit=1")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def permanent(page: str) -> str:
    found = re.search(r'href="([^"]+)">Permanent link', page)
    assert found
    return unescape(found[1])


def test_a_permanent_link_gives_exactly_the_same_list(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    page = harbours_client.get(f"{SHORTLIST}?{FIELDS}&relax=inspected_sound").text
    link = permanent(page)
    for named in (harbour_engine.snapshot.hash, "relax=inspected_sound", "as_of=2025-06-30"):
        assert named in link
    again = harbours_client.get(link).text
    assert order(again) == order(page) != []
    assert permanent(again) == link
    assert "Not the same as when the link was made" not in again


@pytest.mark.parametrize("field", ["snapshot=0123456789ab", "version=0.0.1/mentoring-0"])
def test_a_link_made_with_other_figures_says_so(harbours_client: TestClient, field: str) -> None:
    page = harbours_client.get(f"{SHORTLIST}?{field}").text
    assert "Not the same as when the link was made" in page
    assert field.partition("=")[2] in page


def test_another_arrangement_keeps_only_what_any_can_have(harbours_client: TestClient) -> None:
    page = unescape(harbours_client.get(f"{SHORTLIST}?{FIELDS}&relax=inspected_sound").text)
    (link,) = re.findall(r'<li><a href="([^"]+)">Takeover</a></li>', page)
    assert link == f"{SHORTLIST}?arrangement=takeover&region=West+coast"


def test_the_form_holds_the_query(harbours_client: TestClient) -> None:
    page = harbours_client.get(f"{SHORTLIST}?{FIELDS}&focus=on_time&exclude=AMB").text
    assert re.search(r'name="weights\.nearness"[^>]* value="50"', page)
    assert re.search(r'name="region"[^>]* value="West coast" checked', page)
    assert '<option value="on_time" selected>' in page
    assert re.search(r'name="exclude"[^>]* value="AMB"', page)
    assert "Strength is looked for in" in page


def test_no_word_of_another_sector_is_on_a_page(harbours_client: TestClient) -> None:
    for path in ("", "/organisations/EEL", "/organisations/EEL/shortlist", "/method", "/about", "/privacy"):
        text = re.sub(r"<[^>]*>", " ", harbours_client.get(f"/harbours{path}").text)
        assert not re.search(r"\b(trusts?|NHS|CQC|buddy\w*|oversight|hospitals?)\b", text, re.IGNORECASE), (
            path
        )


@pytest.mark.snapshot
def test_a_service_is_chosen_first_where_the_arrangement_needs_one(client: TestClient) -> None:
    """The page asks for it and keeps what was asked; with a service it shows the list."""
    asked = "/nhs/organisations/RPA/shortlist?arrangement={}&region=London"
    for how in ("service", "contract"):
        page = client.get(asked.format(how))
        assert page.status_code == 200
        assert "Which service is it about?" in page.text
        assert '<option value="cardiology">Cardiology</option>' in page.text
        assert f'name="arrangement" value="{how}"' in page.text
        assert 'name="region" value="London"' in page.text
        assert ('id="own-data"' in page.text) == (how == "contract")
    listed = client.get(asked.format("service") + "&service=cardiology").text
    assert order(listed)
    assert '<option value="cardiology" selected>Cardiology</option>' in listed
    assert "service=cardiology" in permanent(listed)
    past = client.get("/nhs/organisations/RQM/shortlist?arrangement=service&as_of=2016-01-01").text
    assert "Planned care, all specialties" in past and "Cardiology" not in past


@pytest.mark.snapshot
def test_a_group_is_tagged_and_left_out_by_a_tick(client: TestClient) -> None:
    path = "/nhs/organisations/RN7/shortlist?arrangement=merger"
    usual = client.get(path).text
    assert "RPA" in order(usual)
    assert "Shared leadership: one chief executive leads both" in usual
    left = client.get(f"{path}&outside_group=true").text
    assert "RPA" not in order(left)
    assert re.search(r'name="outside_group" type="checkbox" value="true" checked', left)
    assert "outside_group=true" in permanent(left)


def test_practice_and_the_nearest_are_one_switch_away_with_their_records(client: TestClient) -> None:
    page = unescape(client.get("/nhs/organisations/RPA/shortlist?arrangement=buddying").text)
    (line,) = re.findall(r'<p class="mm-small" id="records">.*?</p>', page, re.DOTALL)
    for method in ("practice", "nearest"):
        (address,) = re.findall(rf'href="([^"]+method={method})"', line)
        assert client.get(address).status_code == 200
    assert "(in use)" in line
    assert line.count("%") >= 6
