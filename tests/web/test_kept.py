"""Working shortlists on pages: kept, changed, shared and found again, with and without a store."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import docx
import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from matchmaker.api.kept import files
from matchmaker.api.settings import Settings
from matchmaker.web.app import create_app

OWN = {"Sec-Fetch-Site": "same-origin"}
HERE = "/harbours/organisations/EEL"
KEEP = f"{HERE}/keep?arrangement=mentoring"


@pytest.fixture(scope="module")
def storeless_app(harbour_folder: Any) -> FastAPI:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
        return create_app(Settings(serve_sectors=("harbours",)))


@pytest.fixture(scope="module")
def storeless(storeless_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(storeless_app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def keep(client: TestClient, *codes: str, **more: str) -> str:
    """The address of a working shortlist that was begun with some options."""
    answer = client.post(KEEP, data={"candidates": list(codes), "into": "new"} | more, headers=OWN)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def send(client: TestClient, address: str, action: str, **fields: str) -> Any:
    """Send a form of the page at an address, with what it carries."""
    parts = urlsplit(address)
    state = {name: texts[0] for name, texts in parse_qs(parts.query).items()}
    way = "options" if action == "add" else "changes"
    return client.post(f"{parts.path}/{way}", data={"action": action} | state | fields, headers=OWN)


@pytest.fixture(params=["stored", "carried"])
def client(request: pytest.FixtureRequest, harbours_client: TestClient, storeless: TestClient) -> TestClient:
    return harbours_client if request.param == "stored" else storeless


def test_options_are_kept_changed_and_found_again_at_their_address(client: TestClient) -> None:
    address = keep(client, "FAR", "COR", name="For the board")
    page = client.get(address)
    assert page.headers["cache-control"] == "no-store"
    for words in ("For the board", "Farrowness", "Corvesand", "2 options under consideration, 0 ruled out"):
        assert words in page.text
    said = {"code": "FAR", "arrangement": "mentoring"}
    address = send(client, address, "rule_out", **said, text="Too far", by="Ann").headers["location"]
    assert address.endswith("#kept-mentoring-FAR")  # the page opens where the change is
    address = send(client, address, "note", text="Board meets on Monday").headers["location"]
    page = client.get(address)
    assert "1 option under consideration, 1 ruled out" in page.text
    assert re.search(r"\d{4}, Ann: Too far", page.text)
    assert "Board meets on Monday" in page.text
    address = send(client, address, "bring_back", **said).headers["location"]
    assert "Considered again. It had been ruled out: Too far" in client.get(address).text
    address = send(client, address, "take_off", **said).headers["location"]
    assert "Farrowness Harbour Board" not in re.sub("<option.*", "", client.get(address).text)
    address = send(client, address, "rename", text="Another name").headers["location"]
    assert "Working shortlist for" in client.get(address).text
    assert "<title>Another name" in client.get(address).text


def test_any_organisation_is_added_for_another_arrangement(client: TestClient) -> None:
    address = keep(client, "FAR")
    answer = send(client, address, "add", candidate="Corvesand", arrangement="takeover")
    page = client.get(answer.headers["location"]).text
    assert 'id="section-mentoring"' in page
    assert 'id="kept-takeover-COR"' in page


@pytest.mark.parametrize(
    ("action", "fields", "field", "says"),
    [
        ("rule_out", {"code": "FAR", "arrangement": "mentoring"}, "text-mentoring-FAR", "Enter the reason"),
        ("note", {}, "text", "Enter a note"),
        ("note", {"text": "x" * 2001}, "text", "2,001 characters"),
        ("rename", {"text": " "}, "name", "Enter a name"),
        ("add", {"candidate": "", "arrangement": "mentoring"}, "candidate", "Enter the name or code"),
        ("add", {"candidate": "XYZ9", "arrangement": "mentoring"}, "candidate", "No organisation has"),
        ("add", {"candidate": "EEL", "arrangement": "mentoring"}, "candidate", "be its own partner"),
    ],
)
def test_a_bad_form_is_shown_again_with_the_field_marked(
    client: TestClient, action: str, fields: dict[str, str], field: str, says: str
) -> None:
    answer = send(client, keep(client, "FAR"), action, **fields)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text
    assert says in answer.text


def test_nothing_ticked_asks_for_a_name(client: TestClient) -> None:
    assert "Keep an option" in client.get(KEEP).text
    answer = client.post(KEEP, data={"into": "new", "more": " "}, headers=OWN)
    assert answer.status_code == 422
    assert 'href="#more"' in answer.text


def test_a_form_from_elsewhere_is_refused(client: TestClient) -> None:
    assert client.post(KEEP, data={"candidates": "FAR", "into": "new"}).status_code == 403


def test_the_file_is_loaded_again_and_the_papers_hold_all_arrangements(client: TestClient) -> None:
    address = keep(client, "FAR", "COR", by="Ann")
    address = send(client, address, "add", candidate="COR", arrangement="takeover").headers["location"]
    said = {"code": "FAR", "arrangement": "mentoring", "text": "Not willing"}
    parts = urlsplit(send(client, address, "rule_out", **said).headers["location"])
    file = client.get(f"{parts.path}/file.json?{parts.query}")
    assert file.headers["cache-control"] == "no-store"
    again = client.post("/harbours/kept/load", files={"file": ("a.json", file.content)}, headers=OWN)
    assert "Not willing" in client.get(again.headers["location"]).text
    for name in ("paper.docx", "paper.xlsx", "table.csv"):
        assert client.get(f"{parts.path}/{name}?{parts.query}").status_code == 200
    paper = docx.Document(io.BytesIO(client.get(f"{parts.path}/paper.docx?{parts.query}").content))
    headings = [one.text for one in paper.paragraphs if one.style and one.style.name == "Heading 2"]
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert {"Mentoring", "Takeover"} <= set(headings), headings
    assert any("Not willing" in text for text in cells)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{parts.path}/paper.xlsx?{parts.query}").content))
    assert book.sheetnames == ["Options", "Facts", "Notes", "Question"]
    assert [row[1].value for row in book["Options"].iter_rows(min_row=2)] == ["FAR", "COR", "COR"]


@pytest.mark.parametrize("content", [b"", b"{}", b"no json"])
def test_a_file_that_is_none_is_refused_where_it_was_chosen(client: TestClient, content: bytes) -> None:
    answer = client.post("/harbours/kept/load", files={"file": ("a.json", content)}, headers=OWN)
    assert answer.status_code == 422
    assert '<a href="#file">' in answer.text


def test_the_store_lists_them_and_one_can_be_deleted(harbours_client: TestClient) -> None:
    own = keep(harbours_client, "FAR", name="To be deleted").partition("#")[0]
    assert "To be deleted" in harbours_client.get("/harbours/kept").text
    assert "To be deleted" in harbours_client.get("/harbours/kept?recipient=EEL").text
    assert "To be deleted" in harbours_client.get(KEEP).text  # to add to
    more = {"candidates": "COR", "into": own.rpartition("/")[2]}
    assert harbours_client.post(KEEP, data=more, headers=OWN).headers["location"].startswith(own)
    assert "Corvesand" in harbours_client.get(own).text
    assert "Delete it" in harbours_client.get(f"{own}/delete").text
    assert harbours_client.post(f"{own}/delete", headers=OWN).status_code == 303
    assert harbours_client.get(own).status_code == 404


def test_one_that_grows_too_long_for_an_address_is_shown_and_can_be_saved(storeless: TestClient) -> None:
    address = keep(storeless, "FAR")
    text = "".join(chr(0x4E00 + (at * 7919) % 20000) for at in range(2000))
    first = send(storeless, address, "note", text=text)
    while first.status_code == 303:
        address = first.headers["location"]
        first = send(storeless, address, "note", text=text[::-1])
    assert first.status_code == 200
    assert "Save it as a file before you leave this page" in first.text
    state = re.search(r'name="state" value="([^"]+)"', first.text)
    assert state
    assert len(state[1]) > files.MAX_IN_ADDRESS
    saved = storeless.post("/harbours/kept/carried/file.json", data={"state": state[1]}, headers=OWN)
    assert files.from_json(saved.content).notes


def test_what_is_no_shortlist_in_an_address_is_told(storeless: TestClient) -> None:
    assert storeless.get("/harbours/kept/carried?state=abc").status_code == 422
    assert storeless.get("/harbours/kept/0123456789").status_code == 404


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [1280, 360])
def test_keep_three_rule_one_out_and_find_it_again(
    open_page: Callable[..., Page], check_page: Callable[[Page], None], width: int, script: bool
) -> None:
    page = open_page("/nhs/organisations/RPA/shortlist", width, script=script)
    for code in ("RWF", "RKE", "RAX"):
        page.locator(f"#with-{code}").check()
    page.get_by_role("button", name="Keep the ticked").click()
    expect(page.locator("h1")).to_contain_text("Keep 3 options")
    page.get_by_label("Your name or role").fill("Ann")
    if page.locator("#into-new").count():  # another is there to add to
        page.locator("#into-new").check()
    page.get_by_label("Name of the new working shortlist").fill(f"Journey {width} {script}")
    if script:
        check_page(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("article")).to_have_count(3)
    last = page.locator("article").last
    last.locator("summary").click()
    last.get_by_label("Note, or reason").fill("Not willing, by phone")
    last.get_by_role("button", name="Rule it out").click()
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("Not willing, by phone")
    if script:
        check_page(page)
    page.goto("/nhs/kept")
    page.get_by_role("link", name=f"Journey {width} {script}").first.click()
    expect(page.locator("article")).to_have_count(2)
    page.get_by_role("link", name="Compare these side by side").click()
    expect(page.locator("h1")).to_contain_text("compare options for Medway")


def test_a_list_adds_to_the_shortlist_that_the_address_carries(
    storeless_app: FastAPI, serve: Any, open_page: Callable[..., Page], check_page: Callable[[Page], None]
) -> None:
    with serve(storeless_app) as origin:
        page = open_page(f"{HERE}/shortlist?arrangement=mentoring", at=origin)
        page.locator("[name=with]").first.check()
        page.get_by_role("button", name="Keep the ticked").click()
        check_page(page)
        page.get_by_role("button", name="Keep", exact=True).click()
        before = page.locator("article").count()
        page.locator("#add + p a").first.click()
        for box in page.locator("[name=with]").all():
            box.check()
        page.get_by_role("button", name="Keep the ticked").click()
        expect(page.locator("#into-carried")).to_be_checked()
        page.get_by_role("button", name="Keep", exact=True).click()
        assert page.locator("article").count() > before
        check_page(page)
