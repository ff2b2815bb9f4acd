"""Pages to be read: about, transparency, accessibility, privacy, data, method, the interface, all pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from pydantic import ValidationError

from matchmaker import Matchmaker
from matchmaker.web.app import create_app
from matchmaker.web.content.record import Entry
from matchmaker.web.content.record import record as the_record
from matchmaker.web.navigation import FOOTER, NAVIGATION, SITEMAP
from matchmaker.web.presenters import record

PAGES = ("/about", "/about/transparency", "/accessibility", "/privacy", "/sitemap")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_the_browser_has_nothing_to_complain_of(
    open_page: Callable[..., Page], check_page: Callable[[Page], None], path: str
) -> None:
    check_page(open_page(path))


@pytest.mark.parametrize("path", PAGES)
def test_without_script_all_of_it_is_there(open_page: Callable[..., Page], path: str) -> None:
    told = [open_page(path, script=script).locator("main").inner_text() for script in (False, True)]
    assert told[0] == told[1]
    assert len(told[0]) > 400


def test_nothing_is_kept_in_the_browser(open_page: Callable[..., Page]) -> None:
    page = open_page("/privacy")
    page.goto("/evaluation")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_every_page_is_in_the_list_of_all_pages() -> None:
    listed = {href for _, pages in SITEMAP for _, href, _ in pages}
    assert {href for _, href in (*NAVIGATION, *FOOTER)} - {"/sitemap"} <= listed
    assert set(PAGES) - {"/sitemap"} <= listed


@pytest.mark.parametrize("path", [href for _, pages in SITEMAP for _, href, _ in pages])
def test_every_listed_page_is_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_the_record_works_out_what_could_go_stale(engine: Matchmaker) -> None:
    entries = [entry for part in the_record().sections for entry in part.fields]
    assert {entry.worked for entry in entries} - {None} == set(record.WORKED)
    told = "\n".join(words for part in record.told(engine) for one in part.fields for words in one.says)
    assert engine.snapshot.hash[:12] in told
    assert f"{len(engine.snapshot.sources)} datasets" in told
    assert f"{engine.snapshot.measures.height:,} figures" in told


def test_the_record_leaves_to_others_what_only_they_can_say() -> None:
    entries = [entry for part in the_record().sections for entry in part.fields]
    names = {entry.name for entry in entries if entry.yours}
    assert {"Organisation or department", "Senior responsible owner", "Contact email", "Phase"} <= names
    assert all(entry.says or entry.worked or entry.yours for entry in entries)
    with pytest.raises(ValidationError, match="says nothing"):
        Entry(name="Empty field")


def test_the_record_can_be_taken_as_a_table(client: TestClient, engine: Matchmaker) -> None:
    answer = client.get("/about/transparency.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == sum(len(part.fields) for part in the_record().sections)
    assert any(f"[{record.YOURS}: " in row["Text"] for row in rows)


def test_the_transparency_page_marks_what_is_left(client: TestClient) -> None:
    text = client.get("/about/transparency").text
    left = [entry for part in the_record().sections for entry in part.fields if entry.yours]
    assert text.count(f"{record.YOURS}:") == len(left)
