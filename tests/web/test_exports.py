"""Papers to take away from the pages: named files of the right kind, linked where they belong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from docx import Document
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from matchmaker.reports.papers.endings import MEDIA_TYPES

EEL = "/harbours/organisations/EEL"
PATHS = {
    "shortlist": f"{EEL}/shortlist.{{}}?limit=3&within_km=60",
    "briefing": f"{EEL}/briefing.{{}}?limit=3",
    "profile": f"{EEL}/profile.{{}}",
    "compare": f"{EEL}/compare.{{}}?with=GUL",
    "assign": "/harbours/assign.{}?recipients=EEL",
    "signs": "/harbours/signs.{}",
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_paper_is_a_named_file_of_its_kind(harbours_client: TestClient, name: str, ending: str) -> None:
    answer = harbours_client.get(PATHS[name].format(ending))
    if (name, ending) == ("briefing", "xlsx"):
        assert answer.status_code in {404, 422}
        return
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPES[ending]
    assert re.fullmatch(rf'attachment; filename="[\w-]+\.{ending}"', answer.headers["content-disposition"])
    if ending == "docx":
        assert Document(io.BytesIO(answer.content)).core_properties.title
    else:
        assert "Question" in load_workbook(io.BytesIO(answer.content)).sheetnames


@pytest.mark.parametrize("name", [name for name in PATHS if name != "briefing"])
def test_every_paper_of_the_pages_has_a_link_that_works(harbours_client: TestClient, name: str) -> None:
    answer = harbours_client.get(PATHS[name].format("xlsx"))
    rows = load_workbook(io.BytesIO(answer.content))["Question"].iter_rows(values_only=True)
    parts = urlsplit(str({row[0]: row[1] for row in rows}["Link"]))
    assert harbours_client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_the_link_in_a_paper_leads_back_to_the_same_list(harbours_client: TestClient) -> None:
    answer = harbours_client.get(PATHS["shortlist"].format("xlsx"))
    question = {
        row[0]: row[1]
        for row in load_workbook(io.BytesIO(answer.content))["Question"].iter_rows(values_only=True)
    }
    parts = urlsplit(str(question["Link"]))
    assert parts.scheme == "http" and parts.netloc
    assert parse_qs(parts.query)["within_km"] == ["60"]
    assert harbours_client.get(f"{parts.path}?{parts.query}").status_code == 200


@pytest.mark.parametrize(
    ("page", "paths"),
    [
        (f"{EEL}/shortlist", ("shortlist.docx", "shortlist.pdf", "shortlist.xlsx", "briefing.docx")),
        (EEL, ("profile.docx", "profile.pdf", "profile.xlsx")),
        (f"{EEL}/compare?with=GUL", ("compare.docx", "compare.xlsx")),
        ("/harbours/assign?recipients=EEL", ("assign.docx", "assign.xlsx")),
        ("/harbours/data", ("signs.docx", "signs.xlsx")),
    ],
)
def test_pages_link_to_their_papers(harbours_client: TestClient, page: str, paths: tuple[str, ...]) -> None:
    links = [unescape(href) for href in re.findall(r'href="([^"]+)"', harbours_client.get(page).text)]
    for path in paths:
        found = [href for href in links if urlsplit(href).path.endswith(path)]
        assert found, path
        if not path.endswith("pdf"):
            assert harbours_client.get(found[0]).status_code == 200


def test_a_pdf_that_is_being_made_is_told(open_page: Callable[..., Page]) -> None:
    page = open_page("/nhs/organisations/RPA")
    attached = {"content-disposition": "attachment; filename=a.pdf"}
    page.route("**/profile.pdf*", lambda route: route.fulfill(body="a", headers=attached))
    with page.expect_download():
        page.locator('a[href*="profile.pdf"]').first.click()
    expect(page.locator("[data-making]")).to_contain_text("Making the PDF")
