"""Figures of one's own on a page: what was understood, faults where they stand, a list, and nothing kept."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from matchmaker.web.presenters.own_figures import decoded, mended

OWN = {"Sec-Fetch-Site": "same-origin"}
PAGE = "/harbours/own"
GOOD = """code,name,type,inspection,berths,surplus
EEL,,,,61,
NEW1,Newly built harbour,fishing,4,60,1000
"""
BAD = """code,name,type,inspection,berths
EEL,,,,many
NEW1,Newly built harbour,fishng,9,60
"""
ASK = {"recipient": "EEL", "arrangement": "mentoring"}


def send(client: TestClient, text: str, path: str = PAGE, **more: Any) -> Any:
    return client.post(path, data=ASK | {"text": text} | more, headers=OWN)


def shown(text: str) -> str:
    """What a reader sees of a page."""
    without = re.sub(r"<textarea.*?</textarea>", " ", text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", without)))


def test_a_table_makes_a_list_and_is_told_back(harbours_client: TestClient) -> None:
    answer = harbours_client.post(PAGE, data=ASK, files={"file": ("own.csv", GOOD)}, headers=OWN)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    text = shown(answer.text)
    assert "2 harbours, 4 figures that are not published" in text
    assert "Newly built harbour (NEW1), fishing: new, of your own; 3 figures" in text
    assert re.search(r"Berths EEL 61 berths [^N]*? \d+ berths", text)  # beside the published figure
    assert re.search(r"\d+\. Newly built harbour \(NEW1\) Your own", text)
    assert "/organisations/NEW1" not in answer.text  # no page is there to link to


def test_nothing_of_it_is_kept(harbours_client: TestClient, harbour_app: FastAPI) -> None:
    before = len(harbour_app.state.kept.all("harbours"))
    send(harbours_client, GOOD)
    assert harbours_client.get("/harbours/organisations/NEW1").status_code == 404
    assert "Newly built" not in harbours_client.get("/harbours/organisations/EEL/shortlist").text
    assert len(harbour_app.state.kept.all("harbours")) == before


def test_faults_stand_in_their_cells_and_can_be_mended_there(harbours_client: TestClient) -> None:
    answer = send(harbours_client, BAD)
    assert answer.status_code == 422
    assert "3 faults in the table: nothing was used" in answer.text
    assert "'matchmaker " not in unescape(answer.text)
    cells = dict(re.findall(r'id="(cell-\d+-\d+)" name="[^"]+" value="([^"]*)"', answer.text))
    assert cells == {"cell-2-4": "many", "cell-3-2": "fishng", "cell-3-3": "9"}
    label = re.search(r'for="cell-2-4">(.*?)</label>', answer.text, re.S)
    assert label
    assert "expected: a number of berths" in shown(label[1])
    better = {"cell-2-4": "61", "cell-3-2": "fishing", "cell-3-3": "4"}
    assert send(harbours_client, BAD, **better).status_code == 200
    half = send(harbours_client, BAD, **{"cell-2-4": "61"})
    assert "2 faults in the table" in half.text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "a file, or a table in the field"),
        (b"PK\x03\x04 and so on", "this is a workbook"),
    ],
)
def test_what_is_no_table_is_told(harbours_client: TestClient, content: bytes, says: str) -> None:
    answer = harbours_client.post(PAGE, data=ASK, files={"file": ("own.csv", content)}, headers=OWN)
    assert answer.status_code == 422
    assert says in shown(answer.text)
    assert "<title>Error: " in answer.text


@pytest.mark.parametrize(("recipient", "says"), [("", "Enter the harbour"), ("Nowhere", "No organisation")])
def test_what_was_understood_stays_when_the_recipient_is_wrong(
    harbours_client: TestClient, recipient: str, says: str
) -> None:
    answer = send(harbours_client, GOOD, recipient=recipient)
    assert answer.status_code == 422
    assert 'href="#recipient"' in answer.text
    assert says in answer.text
    assert "What was understood" in answer.text
    assert "Newly built harbour" in answer.text


def test_an_own_organisation_can_be_the_one_that_needs_a_partner(harbours_client: TestClient) -> None:
    answer = send(harbours_client, GOOD, recipient="NEW1")
    assert answer.status_code == 200
    assert "Newly built harbour, with your own figures</h1>" in re.sub(r"\s+", " ", answer.text)


def test_the_list_can_be_taken_away_and_options_of_it_kept(
    harbours_client: TestClient, harbour_app: FastAPI
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(send(harbours_client, GOOD, f"{PAGE}/list.xlsx").content))
    assert "NEW1" in [row[1].value for row in book["Options"].iter_rows(min_row=2)]
    assert "NEW1" in send(harbours_client, GOOD, f"{PAGE}/list.csv").text
    none = send(harbours_client, GOOD, f"{PAGE}/keep")
    assert none.status_code == 422
    assert "Tick the harbours to keep" in none.text
    made = send(harbours_client, GOOD, f"{PAGE}/keep", **{"with": ["NEW1", "FAR"]})
    assert made.status_code == 303
    page = shown(harbours_client.get(made.headers["location"]).text)
    assert "Newly built harbour (NEW1)" in page
    assert "it is not among those on record now" in page
    kept = harbour_app.state.kept.all("harbours", "EEL")[0]
    assert {option.code for option in kept.options} == {"NEW1", "FAR"}


def test_a_form_from_elsewhere_is_refused(harbours_client: TestClient) -> None:
    assert harbours_client.post(PAGE, data=ASK | {"text": GOOD}).status_code == 403


def test_the_table_to_fill_in_holds_what_is_published(harbours_client: TestClient) -> None:
    answer = harbours_client.get(f"{PAGE}/template.csv?organisation=EEL")
    assert answer.headers["content-disposition"] == 'attachment; filename="own-figures-EEL.csv"'
    assert any(line.startswith("EEL,") for line in answer.content.decode("utf-8-sig").splitlines())
    assert send(harbours_client, answer.content.decode("utf-8-sig")).status_code == 200


def test_files_of_older_versions_of_excel_are_read() -> None:
    assert decoded("Café".encode("cp1252")) == "Café"
    assert decoded("\ufeffCafé".encode()) == "Café"


def test_mending_touches_only_cells_of_the_table() -> None:
    assert mended("a,b\n1,2\n", {"cell-2-1": " 3 ", "cell-9-9": "x", "cell--1-0": "x", "other": "x"}) == (
        "a,b\n1,3\n"
    )
    assert mended("a,b\n1,2\n", {"text": "x"}) == "a,b\n1,2\n"


@pytest.mark.parametrize(("width", "script"), [(1280, True), (360, False)])
def test_upload_mend_and_keep_in_a_browser(
    harbour_app: FastAPI,
    serve: Any,
    open_page: Callable[..., Page],
    check_page: Callable[[Page], None],
    width: int,
    script: bool,
) -> None:
    with serve(harbour_app) as origin:
        page = open_page("/harbours/organisations/EEL", width, script=script, at=origin)
        page.get_by_role("link", name="Find options with figures of your own").click()
        if script:
            check_page(page)
        file = {"name": "own.csv", "mimeType": "text/csv", "buffer": BAD.encode()}
        page.get_by_label("Your table").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Show the options").click()
        if script:
            check_page(page)
        for cell, better in (("cell-2-4", "61"), ("cell-3-2", "fishing"), ("cell-3-3", "4")):
            page.locator(f"#{cell}").fill(better)
        page.get_by_role("button", name="Try again with these").click()
        expect(page.locator("h1")).to_contain_text("with your own figures")
        if script:
            check_page(page)
        page.locator("#with-NEW1").check()
        page.get_by_role("button", name="Keep the ticked").click()
        expect(page.locator("h1")).to_contain_text("Working shortlist for Eelhythe")
        expect(page.locator("article")).to_contain_text("Newly built harbour")
