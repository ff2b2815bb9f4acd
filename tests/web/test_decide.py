"""A decision recorded on a page is in the log with the list as it was shown; other sites can't send one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matchmaker.web.app import create_app

pytest.importorskip("matchmaker.api.audit_log", reason="this version keeps no decision log")
OWN = {"Sec-Fetch-Site": "same-origin"}
DECIDE = "/trusts/RPA/decide?arrangement=buddying&weight=proximity%3D0.9&limit=5"
WHO, REASON = "NHS England, South East", "They have worked together before."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    from matchmaker.api.settings import Settings

    file: Path = tmp_path_factory.mktemp("log") / "decisions.db"
    with TestClient(create_app(Settings(decisions=f"sqlite:///{file}")), follow_redirects=False) as client:
        yield client


@pytest.fixture
def form(client: TestClient) -> dict[str, str]:
    page = client.get(DECIDE).text
    snapshot = re.search(r'name="snapshot" value="(\w+)"', page)
    assert snapshot
    return {"snapshot": snapshot[1], "choice": "RN7", "other": "", "who": WHO, "reason": REASON}


def test_the_list_leads_to_the_form(client: TestClient) -> None:
    assert "/trusts/RPA/decide?" in client.get("/trusts/RPA/shortlist").text


def test_a_decision_is_recorded_with_what_was_shown(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post(DECIDE, data=form, headers=OWN)
    assert answer.status_code == 303
    told = client.get(answer.headers["location"])
    assert told.headers["cache-control"] == "no-store"
    for words in ("is recorded", "Dartford and Gravesham NHS Trust (RN7)", WHO, REASON):
        assert words in told.text
    log: Any = client.app.state.decisions  # type: ignore[attr-defined]
    entry = log.read()[-1]
    shown = client.get("/v1/trusts/RPA/shortlist?weight=proximity%3D0.9&limit=5").json()
    assert [one.code for one in entry.options] == [one["trust"]["code"] for one in shown["options"]]
    assert (entry.chosen, entry.choice, entry.who, entry.reason) == ("RN7", "option", WHO, REASON)
    assert entry.question["weights"] == {"proximity": 0.9}
    assert log.verify().fault is None


@pytest.mark.parametrize(
    ("choice", "other", "chosen"), [("none", "", None), ("other", "East Sussex Healthcare", "RXC")]
)
def test_nobody_or_another_trust_can_be_chosen(
    client: TestClient, form: dict[str, str], choice: str, other: str, chosen: str | None
) -> None:
    answer = client.post(DECIDE, data=form | {"choice": choice, "other": other}, headers=OWN)
    assert answer.status_code == 303
    assert client.app.state.decisions.read()[-1].chosen == chosen  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"choice": ""}, "Choose which trust was chosen"),
        ({"choice": "other"}, "Enter the name or code"),
        ({"choice": "other", "other": "XYZ9"}, "No organisation has the code or name"),
        ({"choice": "other", "other": "RPA"}, "be its own partner"),
        ({"who": " "}, "Enter who decided"),
        ({"reason": ""}, "Enter the reason"),
        ({"reason": "x" * 4001}, "Use 4,000 characters or fewer"),
        ({"who": "a\x00b"}, "can be printed"),
        ({"snapshot": "0" * 64}, "The figures have changed"),
    ],
)
def test_a_bad_form_is_shown_again_with_what_is_wrong(
    client: TestClient, form: dict[str, str], changed: dict[str, str], says: str
) -> None:
    log = client.app.state.decisions  # type: ignore[attr-defined]
    before = log.count()
    answer = client.post(DECIDE, data=form | changed, headers=OWN)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert says in answer.text
    if "reason" not in changed:
        assert REASON in answer.text  # what was filled in is not lost
    assert log.count() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_another_site_is_refused(
    client: TestClient, form: dict[str, str], headers: dict[str, str]
) -> None:
    before = client.app.state.decisions.count()  # type: ignore[attr-defined]
    assert client.post(DECIDE, data=form, headers=headers).status_code == 403
    assert client.app.state.decisions.count() == before  # type: ignore[attr-defined]


def test_a_browser_that_says_only_its_origin_is_let_in(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post(DECIDE, data=form, headers={"Origin": str(client.base_url)})
    assert answer.status_code == 303


def test_a_decision_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/decisions/999999").status_code == 404


def test_without_a_log_there_is_no_form() -> None:
    with TestClient(create_app()) as client:
        assert "/decide" not in client.get("/trusts/RPA/shortlist").text
        assert client.get(DECIDE).status_code == 404


@pytest.mark.parametrize("width", [1280, 360])
def test_the_form_in_a_browser(
    client: TestClient, serve: Any, open_page: Callable[..., Any], check_page: Callable[..., None], width: int
) -> None:
    with serve(client.app) as origin:
        page = open_page(DECIDE, width, at=origin)
        page.get_by_role("button", name="Record the decision").click()
        page.get_by_role("link", name="Enter who decided").click()
        page.keyboard.type(WHO)
        page.get_by_label("Why?").fill(REASON)
        page.get_by_label("Nobody").check()
        check_page(page)
        page.get_by_role("button", name="Record the decision").click()
        page.get_by_role("heading", name="is recorded").wait_for()
        check_page(page)
