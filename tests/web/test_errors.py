"""The frame of the pages: errors, headers, and files."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from matchmaker.web import rendering
from matchmaker.web.assets import assets
from matchmaker.web.routes import home


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nothing", 404, "Page not found"),
        ("/nothing/organisations/EEL", 404, "Page not found"),
        ("/harbours/nothing", 404, "Page not found"),
        ("/harbours/evaluation", 404, "Page not found"),
        ("/harbours/about/transparency", 404, "Page not found"),
        ("/nothing/<script>alert(1)</script>", 404, "Page not found"),
        ("/harbours/organisations/XYZ", 404, "Harbour not found"),
        ("/harbours/organisations/EEL/shortlist?within_km=far", 422, "Check what you asked for"),
        ("/harbours/organisations/EEL/shortlist?weights.nearness=-1", 422, "Check what you asked for"),
        ("/harbours/organisations/EEL/shortlist?as_of=never", 422, "Check what you asked for"),
        ("/harbours/organisations/EEL/shortlist?limit=1000", 422, "Check what you asked for"),
        ("/harbours/organisations/EEL?as_of=never", 422, "Check what you asked for"),
        ("/harbours/organisations/EEL/compare", 422, "Check what you asked for"),
        ("/harbours/organisations/EEL/compare?with=EEL", 422, "Check what you asked for"),
    ],
)
def test_errors_of_pages_are_pages(harbours_client: TestClient, path: str, status: int, says: str) -> None:
    answer = harbours_client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{says}</h1>" in answer.text
    assert "<script>alert" not in answer.text


def test_a_name_of_many_is_a_question_back(client: TestClient) -> None:
    answer = client.get("/nhs/organisations/Kent/shortlist")
    assert answer.status_code == 409
    assert "<h1>More than one trust has that name</h1>" in answer.text
    assert "<title>Error: More than one trust" in answer.text
    assert answer.text.count('<li><a href="/nhs/organisations/R') >= 2


def test_a_candidate_that_could_be_many_keeps_what_was_asked(client: TestClient) -> None:
    path = "/nhs/organisations/RPA/candidates?arrangement=merger&candidate=kent"
    page = unescape(client.get(path).text)
    links = re.findall(r'<li><a href="(/nhs/organisations/RPA/candidates/\w+\?arrangement=merger)">', page)
    assert len(links) >= 2
    assert client.get(links[0]).status_code == 200


SHORTLIST = "/harbours/organisations/EEL/shortlist"


@pytest.mark.parametrize(
    ("asked", "field", "typed"),
    [
        ("within_km=far&region=West+coast", "within_km", "far"),
        ("weights.nearness=-1&region=West+coast", "weights.nearness", "-1"),
        ("as_of=never&region=West+coast", "as_of", "never"),
        ("exclude=NOBODY&region=West+coast", "exclude", "NOBODY"),
        ("limit=1000&region=West+coast", "limit", "1000"),
    ],
)
def test_a_fault_is_told_at_its_field_with_what_was_typed(
    harbours_client: TestClient, asked: str, field: str, typed: str
) -> None:
    page = unescape(harbours_client.get(f"{SHORTLIST}?{asked}").text)
    assert "<title>Error: " in page
    assert "There is a problem" in page
    found = re.search(
        rf'<input class="nhsuk-input nhsuk-input--error" id="(\S+)" name="{field}" value="([^"]*)"', page
    )
    assert found and found[2] == typed
    assert f'href="#{found[1]}"' in page
    assert '<input type="hidden" name="region" value="West coast">' in page
    assert f'<a href="{SHORTLIST}?region=West+coast">Back to the list</a>' in page


def test_weights_that_add_up_to_nothing_are_told_once(harbours_client: TestClient) -> None:
    page = harbours_client.get(SHORTLIST).text
    names = re.findall(r'name="(weights\.\w+)"', page)
    asked = "&".join(f"{name}=0" for name in names)
    answer = harbours_client.get(f"{SHORTLIST}?{asked}")
    assert answer.status_code == 422
    assert answer.text.count("add up to 0") == 1
    assert "Back to the list" in answer.text


def test_ticks_are_kept_when_too_many_are_compared(client: TestClient) -> None:
    listed = client.get("/nhs/organisations/RPA/shortlist").text
    codes = re.findall(r'name="with" value="(\w+)"', listed)
    ticked = "&".join(f"with={code}" for code in codes[:9])
    page = unescape(client.get(f"/nhs/organisations/RPA/compare?arrangement=buddying&{ticked}").text)
    (back,) = re.findall(r'<a href="([^"]+)">Back to the list</a>', page)
    again = client.get(back).text
    assert len(re.findall(r'name="with" [^>]* checked', again)) == 9


PAGES = (
    *(
        "",
        "/organisations",
        "/organisations?search=kent",
        "/organisations/RPA",
        "/organisations/RPA/shortlist",
    ),
    *(
        "/organisations/RPA/shortlist?arrangement=contract",
        "/organisations/RPA/shortlist?arrangement=service",
    ),
    *("/organisations/RPA/shortlist?exclude=NOBODY", "/organisations/RPA/candidates?candidate=zzzz"),
    *("/organisations/zzzz", "/assign?recipients=zzzz", "/method", "/data", "/data/features", "/about"),
    *("/organisations/RPA/shortlist?within_km=1", "/evaluation", "/about/transparency", "/accessibility"),
)


@pytest.mark.snapshot
@pytest.mark.parametrize("path", PAGES)
def test_no_page_speaks_of_commands(client: TestClient, path: str) -> None:
    page = client.get(f"/nhs{path}").text
    text = unescape(re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")]))
    found = re.findall(r"--[a-z]+|\bmatchmaker [a-z]+ --|'matchmaker [a-z]+|TOML|\bCLI\b|\w+_\w+=", text)
    assert not found


def test_a_live_form_tells_the_fault_beside_its_field_and_back_undoes(open_page: Any) -> None:
    page = open_page("/nhs/organisations/RPA/shortlist")
    before = page.locator(".mm-row th").all_inner_texts()
    field = page.get_by_label("Distance", exact=True)
    field.fill("-5")
    field.blur()
    expect(page.locator("#live-status")).to_contain_text("Not changed.")
    expect(page.locator("#live-status")).to_be_in_viewport()
    expect(page.locator("[id='weights.proximity']")).to_have_class(re.compile("nhsuk-input--error"))
    field.fill("90")
    field.blur()
    expect(page.locator("#live-status")).to_contain_text("List updated.")
    expect(page.locator(".mm-fault")).to_have_count(0)
    expect(page.locator("label[for='weights.proximity']")).to_contain_text("(changed)")
    page.go_back()
    expect(page.locator(".mm-row th").first).to_have_text(re.compile(re.escape(before[0].split(chr(10))[0])))
    assert "weights" not in page.url


@pytest.mark.slow
def test_a_failure_is_told_without_its_details(
    harbours_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(home, "in_need", broken)
    answer = harbours_client.get("/harbours")
    assert answer.status_code == 500
    assert "<h1>Something went wrong</h1>" in answer.text
    assert "a secret detail" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/v1/nothing", "/v1/nothing/organisations", "/v1/harbours/organisations/XYZ", "/static/none/none.css"],
)
def test_errors_of_the_api_stay_problem_details(harbours_client: TestClient, path: str) -> None:
    answer = harbours_client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_allows_no_inline_script_or_style(harbours_client: TestClient) -> None:
    answer = harbours_client.get("/harbours")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in answer.text


def test_files_are_kept_for_ever_by_their_version(harbours_client: TestClient) -> None:
    now = harbours_client.get(f"/static/{assets().version}/matchmaker.css")
    assert now.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in now.headers["cache-control"]
    old = harbours_client.get("/static/0123456789abcdef/matchmaker.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    plain = harbours_client.get(
        f"/static/{assets().version}/matchmaker.css", headers={"Accept-Encoding": "identity"}
    )
    assert plain.content == now.content
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "nhsuk", ".gitignore"])
def test_nothing_but_the_files_is_served(harbours_client: TestClient, path: str) -> None:
    assert harbours_client.get(f"/static/{assets().version}/{path}").status_code == 404


def test_no_file_holds_a_logo_a_font_or_another_host() -> None:
    for path, asset in assets().by_path.items():
        text = asset.content.decode()
        assert "frutiger" not in text.casefold(), path
        assert "@font-face" not in text, path
        assert "https://" not in text, path
        assert "M104 34v40H4V34h100Z" not in text, f"{path} draws the NHS logo"


def test_without_the_styles_the_pages_still_work(
    harbours_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {path: asset for path, asset in assets().by_path.items() if not path.startswith("nhsuk/")}
    monkeypatch.setattr(rendering, "assets", lambda: replace(assets(), by_path=own))
    rendering.environment.cache_clear()
    try:
        answer = harbours_client.get("/harbours/organisations/EEL/shortlist")
    finally:
        rendering.environment.cache_clear()
    assert answer.status_code == 200
    assert "matchmaker.css" in answer.text
    assert "nhsuk/nhsuk-frontend" not in answer.text
    assert "<script" not in answer.text


def test_a_page_is_sent_packed_only_to_those_who_can_unpack_it(harbours_client: TestClient) -> None:
    packed, plain = (
        harbours_client.get("/harbours"),
        harbours_client.get("/harbours", headers={"Accept-Encoding": "identity"}),
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
