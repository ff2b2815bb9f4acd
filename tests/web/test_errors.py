"""The frame of the pages: errors, headers, and files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

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
