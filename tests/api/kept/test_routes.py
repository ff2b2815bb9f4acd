"""Working shortlists over HTTP: kept, changed, shared, found again, and refused with the place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.api.auth import keys
from matchmaker.api.settings import Settings

Served = Callable[..., TestClient]
KEPT = "/v1/nhs/kept"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with a store, shared by the tests that only add to it."""
    file = tmp_path_factory.mktemp("log") / "decisions.db"
    settings = Settings(decisions=f"sqlite:///{file}", serve_sectors=("nhs",))
    with TestClient(create_app(settings)) as client:
        yield client


def begin(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post(KEPT, json={"recipient": "Medway", **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    shortlist: dict[str, Any] = answer.json()["shortlist"]
    return shortlist


def test_a_list_from_two_arrangements_is_kept_and_found_again(client: TestClient) -> None:
    made = begin(client, name="For the board")
    own = f"{KEPT}/{made['id']}"
    ask = {"candidates": ["RAX", "Bolton"], "by": "Ann"}
    assert client.post(f"{own}/options", json=ask).status_code == 200
    client.post(f"{own}/options", json={"candidates": ["RAX"], "arrangement": "merger"})
    client.post(f"{own}/changes", json={"action": "rule_out", "code": "RMC", "text": "Too far"})
    client.post(f"{own}/changes", json={"action": "note", "text": "Board meets on 3 December"})
    found = client.get(own).json()["shortlist"]
    assert [(one["arrangement"], one["code"]) for one in found["options"]] == [
        ("buddying", "RAX"),
        ("buddying", "RMC"),
        ("merger", "RAX"),
    ]
    assert found["options"][0]["kept_by"] == "Ann"
    assert found["options"][1]["ruled_out"]["text"] == "Too far"
    assert found["notes"][0]["text"] == "Board meets on 3 December"
    listed = client.get(f"{KEPT}?recipient=rpa").json()["shortlists"]
    assert found in listed
    table = client.get(own, headers={"Accept": "text/csv"}).text
    assert table.count("\n") == 4


def test_the_content_of_one_makes_another(client: TestClient) -> None:
    made = begin(client)
    again = client.post(KEPT, json={"content": made, "name": "A copy"}).json()["shortlist"]
    assert (again["name"], again["recipient"]) == ("A copy", "RPA")
    assert again["id"] != made["id"]


def test_content_that_is_no_list_or_of_another_sector_is_refused(client: TestClient) -> None:
    made = begin(client)
    for content in ({"name": "x"}, made | {"sector": "schools"}):
        answer = client.post(KEPT, json={"content": content})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/no-kept-shortlist"), (
            answer.text
        )
        assert answer.json()["errors"][0]["pointer"] == "/content"


@pytest.mark.parametrize(
    ("part", "body", "status", "slug", "pointer"),
    [
        ("options", {"candidates": ["ZZZ"]}, 422, "unknown-organisation", "/candidates"),
        ("options", {"candidates": []}, 422, "invalid-request", "/candidates"),
        ("options", {"candidates": ["RAX"], "weights": {"charm": 1}}, 422, "out-of-range", "/weights/charm"),
        ("changes", {"action": "rule_out", "code": "RAX", "text": "No"}, 422, "not-kept", "/code"),
        ("changes", {"action": "rule_out", "text": "No"}, 422, "out-of-range", "/code"),
        ("changes", {"action": "note", "text": " "}, 422, "out-of-range", "/text"),
        ("changes", {"action": "burn"}, 422, "invalid-request", "/action"),
    ],
)
def test_what_can_not_be_done_is_refused_with_the_place(
    client: TestClient, part: str, body: dict[str, Any], status: int, slug: str, pointer: str
) -> None:
    made = begin(client)
    answer = client.post(f"{KEPT}/{made['id']}/{part}", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"/problems/{slug}"), answer.text
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert client.get(f"{KEPT}/{made['id']}").json()["shortlist"] == made


def test_a_deleted_or_unknown_list_is_not_found(client: TestClient) -> None:
    made = begin(client)
    assert client.delete(f"{KEPT}/{made['id']}").json()["deleted"] == made["id"]
    for answer in (client.get(f"{KEPT}/{made['id']}"), client.delete(f"{KEPT}/{made['id']}")):
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-kept-shortlist")


def test_a_service_without_a_store_says_so(served: Served) -> None:
    answer = served(decisions=None).get(KEPT)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/decision-log-off")


def test_where_there_are_keys_nobody_is_anonymous(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    reads, decides = keys.create(file, "reader", ["read"]), keys.create(file, "region", ["decide"])
    client = served(decisions=f"sqlite:///{tmp_path / 'log.db'}", keys=file)
    for headers, status in (({}, 401), ({"X-API-Key": reads}, 403), ({"X-API-Key": decides}, 201)):
        answer = client.post(KEPT, json={"recipient": "RPA"}, headers=headers)
        assert answer.status_code == status
        assert client.get(KEPT, headers=headers).status_code == (200 if status == 201 else status)
    own = f"{KEPT}/{answer.json()['shortlist']['id']}"
    client.post(f"{own}/changes", json={"action": "note", "text": "Rang them", "by": "Ann"}, headers=headers)
    assert client.get(own).status_code == 401
    assert client.get(own, headers=headers).json()["shortlist"]["notes"][0]["by"] == "Ann (region)"
