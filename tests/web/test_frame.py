"""The frame of the pages: errors, headers, files, and a browser that has nothing to complain of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from matchmaker.web.app import create_app
from matchmaker.web.assets import assets


@pytest.fixture(scope="module")
def app() -> FastAPI:
    made = create_app()

    @made.get("/broken")
    def broken() -> None:
        raise RuntimeError("no detail of this may be shown")

    return made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nothing", 404, "Page not found"),
        ("/nothing/<script>alert(1)</script>", 404, "Page not found"),
        ("/broken", 500, "Something went wrong"),
    ],
)
def test_errors_of_pages_are_pages(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{says}</h1>" in answer.text
    assert "no detail" not in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/trusts/XYZ9", "/static/none/none.css"])
def test_errors_of_the_api_stay_problem_details(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_allows_no_inline_script_or_style(client: TestClient) -> None:
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in answer.text


def test_files_are_kept_for_ever_by_their_version(client: TestClient) -> None:
    now = client.get(f"/static/{assets().version}/matchmaker.css")
    assert now.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in now.headers["cache-control"]
    old = client.get("/static/0123456789abcdef/matchmaker.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    plain = client.get(f"/static/{assets().version}/matchmaker.css", headers={"Accept-Encoding": "identity"})
    assert plain.content == now.content
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "nhsuk", ".gitignore"])
def test_nothing_but_the_files_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/static/{assets().version}/{path}").status_code == 404


def test_no_file_holds_a_logo_a_font_or_another_host() -> None:
    for path, asset in assets().by_path.items():
        text = asset.content.decode()
        assert "frutiger" not in text.casefold(), path
        assert "@font-face" not in text, path
        assert "https://" not in text, path
        assert "M104 34v40H4V34h100Z" not in text, f"{path} draws the NHS logo"


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_the_browser_has_nothing_to_complain_of(
    open_page: Callable[..., Page], check_page: Callable[[Page], None], path: str, width: int
) -> None:
    check_page(open_page(path, width))
