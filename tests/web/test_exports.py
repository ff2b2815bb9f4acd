"""What is taken away holds what the page shows, and a permanent link gives the same list again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from importlib.util import find_spec

import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker
from matchmaker.models.arrangement import arrangement
from matchmaker.reports.shortlist import shortlist_page
from matchmaker.web.app import create_app
from matchmaker.web.presenters.shortlist import BESIDE
from matchmaker.web.routes.exports import LAYING_OUT

QUESTION = "arrangement=buddying&weight=proximity%3D0.5&region=South+East&limit=5"
SHORTLIST = "/trusts/RPA/shortlist"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        yield client


def order(page: str) -> list[str]:
    """The codes of the options that a page shows, in their order."""
    return re.findall(r'name="with" value="(\w+)"', page)


def test_the_page_shows_what_the_api_answers(client: TestClient) -> None:
    page = client.get(f"{SHORTLIST}?{QUESTION}").text
    answer = client.get(f"/v1{SHORTLIST}?{QUESTION}").json()
    assert order(page) == [option["trust"]["code"] for option in answer["options"]]
    for option in answer["options"]:
        for told in (*option["reasons_for"], *option["reasons_against"], *option["unknowns"]):
            assert told in unescape(page)


def test_the_table_holds_the_same_options(client: TestClient) -> None:
    answer = client.get(f"{SHORTLIST}.csv?{QUESTION}")
    assert answer.headers["content-disposition"].startswith('attachment; filename="buddying-options-RPA-20')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    options = client.get(f"/v1{SHORTLIST}?{QUESTION}").json()["options"]
    assert [row["code"] for row in rows] == [option["trust"]["code"] for option in options]
    assert [float(row["fit"]) for row in rows] == [round(option["fit"], 6) for option in options]
    assert rows[0]["reasons_for"] == " ".join(options[0]["reasons_for"])


def test_the_report_is_the_one_of_the_command_line(client: TestClient, engine: Matchmaker) -> None:
    answer = client.get(f"{SHORTLIST}.html?limit=3")
    shown = engine.shortlist("RPA", limit=3, beside=BESIDE)
    assert answer.text == shortlist_page(shown, arrangement("buddying"), engine.snapshot.sources)
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.skipif(find_spec("weasyprint") is None, reason="weasyprint is not here; install the extra pdf")
def test_the_pdf_is_one_and_only_one_is_made_at_a_time(client: TestClient) -> None:
    answer = client.get(f"{SHORTLIST}.pdf?limit=1")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    with LAYING_OUT:
        busy = client.get(f"{SHORTLIST}.pdf?limit=1")
    assert (busy.status_code, "Another PDF is being made." in busy.text) == (503, True)


def permanent(page: str) -> str:
    found = re.search(r'href="([^"]+)">Permanent link', page)
    assert found
    return unescape(found[1])


def test_a_permanent_link_gives_exactly_the_same_list(client: TestClient, engine: Matchmaker) -> None:
    page = client.get(f"{SHORTLIST}?{QUESTION}&relax=rated_good_or_better").text
    link = permanent(page)
    for named in (engine.snapshot.hash, "relax=rated_good_or_better", f"as_of={engine.snapshot.as_of}"):
        assert named in link
    again = client.get(link).text
    assert order(again) == order(page) != []
    assert permanent(again) == link
    assert "Not the same as when the link was made" not in again


@pytest.mark.parametrize("field", ["snapshot=0123456789ab", "version=0.0.1/buddying-0"])
def test_a_link_made_with_other_figures_says_so(client: TestClient, field: str) -> None:
    page = client.get(f"{SHORTLIST}?{field}").text
    assert "Not the same as when the link was made" in page
    assert field.partition("=")[2] in page
