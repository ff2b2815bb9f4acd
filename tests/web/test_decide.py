"""A decision recorded on a page is in the log with the list as it was shown; other sites can't send one."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.settings import Settings
from matchmaker.web.app import create_app

OWN = {"Sec-Fetch-Site": "same-origin"}
HERE = "/harbours/organisations/EEL"
DECIDE = f"{HERE}/decide?arrangement=mentoring&weights=nearness%3D0.9&limit=3"
WHO, REASON = "Harbour Office, West coast", "They have worked together before."


@pytest.fixture(scope="module")
def log(harbour_app: FastAPI) -> DecisionLog:
    found: DecisionLog = harbour_app.state.decisions
    return found


@pytest.fixture
def form(harbours_client: TestClient) -> dict[str, str]:
    page = harbours_client.get(DECIDE).text
    snapshot = re.search(r'name="snapshot" value="(\w+)"', page)
    assert snapshot
    return {"snapshot": snapshot[1], "choice": "FAR", "other": "", "who": WHO, "reason": REASON}


def test_the_list_leads_to_the_form(harbours_client: TestClient) -> None:
    assert f"{HERE}/decide?" in harbours_client.get(f"{HERE}/shortlist").text


def test_a_decision_is_recorded_with_what_was_shown(
    harbours_client: TestClient, log: DecisionLog, form: dict[str, str]
) -> None:
    answer = harbours_client.post(DECIDE, data=form, headers=OWN)
    assert answer.status_code == 303
    told = harbours_client.get(answer.headers["location"])
    assert told.headers["cache-control"] == "no-store"
    for words in ("is recorded", "Farrowness Harbour Board (FAR)", WHO, REASON):
        assert words in told.text
    entry = log.read()[-1]
    shown = harbours_client.get(f"/v1{HERE}/shortlist?weights=nearness%3D0.9&limit=3").json()
    assert [one.code for one in entry.options] == [one["organisation"]["code"] for one in shown["options"]]
    assert (entry.chosen, entry.choice, entry.who, entry.reason) == ("FAR", "option", WHO, REASON)
    assert (entry.query["sector"], entry.query["weights"]) == ("harbours", {"nearness": 0.9})
    assert log.verify().fault is None


@pytest.mark.parametrize(("choice", "other", "chosen"), [("none", "", None), ("other", "Corvesand", "COR")])
def test_nobody_or_another_one_can_be_chosen(
    harbours_client: TestClient,
    log: DecisionLog,
    form: dict[str, str],
    choice: str,
    other: str,
    chosen: str | None,
) -> None:
    answer = harbours_client.post(DECIDE, data=form | {"choice": choice, "other": other}, headers=OWN)
    assert answer.status_code == 303
    assert log.read()[-1].chosen == chosen


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"choice": ""}, "Select the harbour that was chosen"),
        ({"choice": "other"}, "Enter the name or code"),
        ({"choice": "other", "other": "XYZ9"}, "No organisation has the code or name"),
        ({"choice": "other", "other": "EEL"}, "be its own partner"),
        ({"who": " "}, "Enter who decided"),
        ({"reason": ""}, "Enter the reason"),
        ({"reason": "x" * 4001}, "Use 4,000 characters or fewer"),
        ({"who": "a\x00b"}, "can be printed"),
        ({"snapshot": "0" * 64}, "The figures have changed"),
    ],
)
def test_a_bad_form_is_shown_again_with_what_is_wrong(
    harbours_client: TestClient, log: DecisionLog, form: dict[str, str], changed: dict[str, str], says: str
) -> None:
    before = log.count()
    answer = harbours_client.post(DECIDE, data=form | changed, headers=OWN)
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
    harbours_client: TestClient, log: DecisionLog, form: dict[str, str], headers: dict[str, str]
) -> None:
    before = log.count()
    assert harbours_client.post(DECIDE, data=form, headers=headers).status_code == 403
    assert log.count() == before


def test_a_browser_that_says_only_its_origin_is_let_in(
    harbours_client: TestClient, form: dict[str, str]
) -> None:
    answer = harbours_client.post(DECIDE, data=form, headers={"Origin": str(harbours_client.base_url)})
    assert answer.status_code == 303


def test_decisions_are_listed_in_all_and_for_one_trust_with_the_list_that_was_shown(
    harbours_client: TestClient, form: dict[str, str]
) -> None:
    place = harbours_client.post(DECIDE, data=form, headers=OWN).headers["location"].partition("?")[0]
    own, other = (harbours_client.get(f"/harbours/decisions?recipient={code}") for code in ("EEL", "COR"))
    assert own.headers["cache-control"] == "no-store"
    assert f'href="{place}"' in own.text
    assert f'href="{place}"' in harbours_client.get("/harbours/decisions").text
    assert "No decision is on record for Corvesand" in other.text
    page = harbours_client.get(place).text
    assert "is recorded</h1>" not in page  # it was recorded another day
    shown = harbours_client.get(f"/v1{HERE}/shortlist?weights=nearness%3D0.9&limit=3").json()["options"]
    for option in shown:
        assert option["organisation"]["name"] in page
    again = re.search(r'<a href="([^"]+shortlist[^"]+)">Ask for this list again', page)
    assert again
    assert harbours_client.get(html.unescape(again[1])).status_code == 200
    assert "weights=nearness%3D0.9" in again[1]
    for way in (f"{HERE}", "/harbours/kept?recipient=EEL"):
        assert "/harbours/decisions?recipient=EEL" in harbours_client.get(way).text


def test_many_decisions_stand_on_several_pages(
    harbours_client: TestClient, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.web.routes.decide.PER_PAGE", 2)
    for _ in range(3):
        harbours_client.post(DECIDE, data=form, headers=OWN)
    seen: list[str] = []
    address = "/harbours/decisions?recipient=EEL"
    while address:
        page = harbours_client.get(address).text
        seen += re.findall(r"Decision (\d+)</a>", page)
        older = re.search(r'href="([^"]+)">Earlier decisions', page)
        address = html.unescape(older[1]) if older else ""
    assert seen == sorted(set(seen), key=int, reverse=True)
    assert len(seen) >= 3


def test_what_came_of_a_decision_is_asked_recorded_and_shown(
    harbours_client: TestClient, log: DecisionLog, form: dict[str, str]
) -> None:
    page = harbours_client.post(DECIDE, data=form, headers=OWN).headers["location"].partition("?")[0]
    decision = log.read(after=int(page.rpartition("/")[2]) - 1, limit=1)[0]
    asked = harbours_client.get(page).text
    assert "Nothing is on record yet" in asked and f'action="{page}/outcomes"' in asked
    bad = harbours_client.post(f"{page}/outcomes", data={"asked": "no", "accepted": "yes"}, headers=OWN)
    assert bad.status_code == 422
    for fault in ("Nobody can say yes who was not asked", "Select how it does now", "Enter who says so"):
        assert bad.text.count(fault) == 2  # in the summary and at the field
    answers = {"who": WHO, "asked": "yes", "accepted": "yes", "result": "better", "came": "Fewer delays."}
    assert harbours_client.post(f"{page}/outcomes", data=answers).status_code == 403, "from nowhere"
    done = harbours_client.post(f"{page}/outcomes", data=answers, headers=OWN)
    assert (done.status_code, done.headers["location"]) == (303, f"{page}#outcomes")
    assert "Fewer delays." in harbours_client.get(page).text
    (entry,) = log.outcomes(decision.number)
    own = harbours_client.get(f"/harbours/decisions/{entry.number}").text
    assert f'what came of <a href="{page}">decision {decision.number}</a>' in own
    assert f"What came of decision {decision.number}" in harbours_client.get("/harbours/decisions").text
    assert log.read(after=decision.number - 1, limit=1) == [decision] and log.verify().fault is None


def test_a_decision_that_is_not_there_is_not_found(harbours_client: TestClient) -> None:
    assert harbours_client.get("/harbours/decisions/999999").status_code == 404


@pytest.mark.usefixtures("harbours_installed")
def test_without_a_log_there_is_no_form() -> None:
    with TestClient(create_app(Settings(serve_sectors=("harbours",)))) as client:
        assert "/decide" not in client.get(f"{HERE}/shortlist").text
        assert client.get(DECIDE).status_code == 404


@pytest.mark.parametrize("width", [1280, 360])
def test_the_form_in_a_browser(
    harbour_app: FastAPI,
    serve: Any,
    open_page: Callable[..., Any],
    check_page: Callable[..., None],
    width: int,
) -> None:
    with serve(harbour_app) as origin:
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
