"""Sign-in by key or by a proxy's word: where keys are on, nobody keeps or decides without a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from matchmaker.api.auth.keys import create, revoke
from matchmaker.api.settings import Settings, from_environment
from matchmaker.errors import InvalidParameter
from matchmaker.web.app import create_app

OWN = {"Sec-Fetch-Site": "same-origin"}
HERE = "/harbours/organisations/EEL"
DECIDE = f"{HERE}/decide?arrangement=mentoring"
KEEP = f"{HERE}/keep?arrangement=mentoring"
USER = {"X-Forwarded-User": "ann@example.org"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    create(file, "first", ["admin"])
    return file


def made(harbour_folder: Path, folder: Path, **settings: Any) -> FastAPI:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
        log = f"sqlite:///{folder / 'decisions.db'}"
        return create_app(Settings(serve_sectors=("harbours",), decisions=log, **settings))


@pytest.fixture(scope="module")
def keyed_app(harbour_folder: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return made(harbour_folder, tmp_path_factory.mktemp("log"), keys=keys)


@pytest.fixture
def keyed(keyed_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(keyed_app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def key(keys: Path) -> Iterator[str]:
    yield create(keys, "Ann", ["read", "decide"])
    revoke(keys, "Ann")


def sign_in(client: TestClient, key: str, to: str = "/") -> Any:
    return client.post("/sign-in", data={"key": key, "next": to}, headers=OWN)


def decision(client: TestClient, **headers: str) -> Any:
    page = client.get(DECIDE, headers=headers).text
    snapshot = re.search(r'name="snapshot" value="(\w+)"', page)
    form = {"choice": "none", "who": "The board", "reason": "None fits"}
    form |= {"snapshot": snapshot[1]} if snapshot else {}
    return client.post(DECIDE, data=form, headers=OWN | headers)


@pytest.mark.parametrize("address", [DECIDE, "/harbours/decisions", "/harbours/decisions/1"])
def test_without_signing_in_no_decision_is_written_or_read(
    keyed: TestClient, keyed_app: FastAPI, address: str
) -> None:
    before = keyed_app.state.decisions.count()
    answer = keyed.get(address)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Fharbours%2F")
    assert decision(keyed).headers["location"].startswith("/sign-in")
    assert keyed_app.state.decisions.count() == before


def test_whoever_signs_in_comes_back_and_is_named_in_the_decision(
    keyed: TestClient, keyed_app: FastAPI, key: str
) -> None:
    answer = sign_in(keyed, key, DECIDE)
    assert (answer.status_code, answer.headers["location"]) == (303, DECIDE)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age" not in cookie  # it ends with the browser
    assert "Signed in as Ann" in keyed.get(DECIDE).text
    told = keyed.get(decision(keyed).headers["location"]).text
    assert re.search(r"Recorded by\s*</dt>\s*<dd[^>]*>\s*Ann", told)
    assert keyed_app.state.decisions.read()[-1].key == "Ann"
    assert keyed.post("/sign-out", headers=OWN).status_code == 303
    assert keyed.get(DECIDE).status_code == 303


def test_over_https_the_cookie_never_goes_over_plain_http(keyed_app: FastAPI, key: str) -> None:
    with TestClient(keyed_app, base_url="https://testserver", follow_redirects=False) as client:
        assert "Secure" in sign_in(client, key).headers["set-cookie"]


@pytest.mark.parametrize("given", ["", "mm_00000000_x", "nonsense"])
def test_a_wrong_key_is_told_at_its_field(keyed: TestClient, given: str) -> None:
    answer = sign_in(keyed, given)
    assert answer.status_code == 422
    assert '<a href="#key">' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "x"])
def test_signing_in_leads_nowhere_else(keyed: TestClient, key: str, to: str) -> None:
    assert sign_in(keyed, key, to).headers["location"] == "/"


def test_a_form_from_elsewhere_signs_nobody_in(keyed: TestClient, key: str) -> None:
    assert keyed.post("/sign-in", data={"key": key}).status_code == 403


def test_a_cookie_counts_for_pages_and_for_reading_but_changes_nothing_by_the_api(
    keyed: TestClient, key: str
) -> None:
    sign_in(keyed, key)
    assert keyed.get("/v1/harbours/kept").status_code == 200
    assert keyed.post("/v1/harbours/kept", json={"recipient": "EEL"}).status_code == 401
    keyed.cookies.clear()
    assert keyed.get("/v1/harbours/kept").status_code == 401


def test_a_key_that_is_revoked_signs_out(keyed: TestClient, keys: Path) -> None:
    sign_in(keyed, create(keys, "Ben", ["decide"]))
    assert keyed.get(DECIDE).status_code == 200
    revoke(keys, "Ben")
    assert keyed.get(DECIDE).status_code == 303
    assert keyed.get(HERE).status_code == 200  # what is public stays so


def test_a_key_that_may_only_read_is_told_so(keyed: TestClient, keys: Path) -> None:
    sign_in(keyed, create(keys, "Reader", ["read"]))
    answer = keyed.get(DECIDE, follow_redirects=True)
    assert "does not allow you to" in answer.text
    revoke(keys, "Reader")


def test_a_stored_shortlist_is_for_those_who_sign_in_and_bears_their_name(
    keyed: TestClient, keyed_app: FastAPI, key: str
) -> None:
    said = {"candidates": "FAR", "into": "new", "by": "Somebody else"}
    unsigned = keyed.post(KEEP, data=said, headers=OWN).headers["location"]
    assert unsigned.startswith("/harbours/kept/carried?")  # kept in the address, not in the store
    sign_in(keyed, key)
    own = keyed.post(KEEP, data=said, headers=OWN).headers["location"]
    kept = keyed_app.state.kept.all("harbours")[0]
    assert own.endswith(kept.id)
    assert kept.options[0].kept_by == "Somebody else (Ann)"
    assert "Your name or role" not in keyed.get(own).text
    keyed.cookies.clear()
    for address in (own, f"{own}/file.json", f"{own}/paper.docx"):
        assert keyed.get(address).headers["location"].startswith("/sign-in")
    refused = keyed.post(f"{own}/changes", data={"action": "note", "text": "x"}, headers=OWN)
    assert refused.headers["location"] == f"/sign-in?next={own.replace('/', '%2F')}"
    assert kept.name not in keyed.get("/harbours/kept").text


def test_without_keys_nobody_can_sign_in(harbours_client: TestClient) -> None:
    assert harbours_client.get("/sign-in").status_code == 404
    assert "Sign in" not in harbours_client.get(HERE).text


def test_where_reading_needs_a_key_a_browser_is_led_to_the_sign_in(
    harbour_folder: Path, keys: Path, key: str, tmp_path: Path
) -> None:
    app = made(harbour_folder, tmp_path, keys=keys, open_reads=False)
    with TestClient(app, follow_redirects=False) as client:
        html = {"Accept": "text/html,*/*"}
        assert client.get(HERE, headers=html).headers["location"].startswith("/sign-in?next=")
        assert client.get("/sign-in", headers=html).status_code == 200
        assert client.get("/v1/harbours/organisations", headers=html).status_code == 401
        sign_in(client, key)
        assert client.get(HERE, headers=html).status_code == 200


def test_a_trusted_proxy_says_who_is_there(harbour_folder: Path, tmp_path: Path) -> None:
    app = made(harbour_folder, tmp_path, user_header="X-Forwarded-User", trusted_proxies=("10.0.0.1",))
    with TestClient(app, follow_redirects=False, client=("10.0.0.1", 1)) as client:
        assert "Signed in as ann@example.org" in client.get(HERE, headers=USER).text
        assert "/decisions/1" in decision(client, **USER).headers["location"]
        assert app.state.decisions.read()[0].key == "ann@example.org"
        assert client.get(DECIDE).headers["location"].startswith("/sign-in")
        assert "You sign in where" in client.get("/sign-in").text
        body = {"recipient": "EEL", "who": "x", "chosen": None, "reason": "x"}
        assert client.post("/v1/decisions", json=body, headers=USER).status_code == 401
    with TestClient(app, follow_redirects=False, client=("10.0.0.2", 1)) as stranger:
        assert stranger.get(DECIDE, headers=USER).status_code == 303
        assert stranger.get(DECIDE, headers=USER | {"X-Forwarded-For": "10.0.0.1"}).status_code == 303


def test_a_header_without_a_proxy_to_believe_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_USER_HEADER", "X-Forwarded-User")
    with pytest.raises(InvalidParameter, match="MATCHMAKER_TRUSTED_PROXIES"):
        from_environment()


@pytest.mark.parametrize("width", [1280, 360])
def test_sign_in_and_decide_in_a_browser(
    keyed_app: FastAPI,
    keys: Path,
    serve: Any,
    open_page: Callable[..., Page],
    check_page: Callable[[Page], None],
    width: int,
) -> None:
    script = width > 600
    secret = create(keys, f"Browser {width}", ["decide"])
    with serve(keyed_app) as origin:
        page = open_page(DECIDE, width, at=origin, script=script)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".nhsuk-error-summary")).to_contain_text("Enter your key")
        if script:
            check_page(page)
        page.get_by_label("Your key").fill(secret)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Who decided?")).to_have_value(f"Browser {width}")
        page.get_by_label("Nobody").check()
        page.get_by_label("Why?").fill("None fits")
        page.get_by_role("button", name="Record the decision").click()
        expect(page.locator("h1")).to_contain_text("is recorded")
        page.get_by_role("link", name="All decisions for").click()
        expect(page.locator("tbody tr").first).to_contain_text(f"Browser {width}")
        if script:
            check_page(page)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
