"""Decisions over HTTP: what was really shown is recorded, and every failure is told."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from sqlalchemy import event

from matchmaker import Matchmaker
from matchmaker.api.app import create_app
from matchmaker.api.audit_log.entry import digest
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.auth import keys
from matchmaker.api.settings import Settings
from matchmaker.models.types import Shortlist

Served = Callable[..., TestClient]
ASKED = {
    "recipient": "Medway",
    "limit": 3,
    "weights": {"proximity": 0.3},
    "who": " Ann, region ",
    "reason": "Willing",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with a log, shared by the tests that only add to it."""
    file = tmp_path_factory.mktemp("log") / "decisions.db"
    with TestClient(create_app(Settings(decisions=f"sqlite:///{file}"))) as client:
        yield client


def post(client: TestClient, chosen: str | None, **more: Any) -> Any:
    return client.post("/v1/decisions", json={**ASKED, "chosen": chosen, **more})


def test_what_is_recorded_is_what_the_service_shows(client: TestClient, engine: Matchmaker) -> None:
    shown = engine.shortlist("RPA", limit=3, weights={"proximity": 0.3})
    answer = post(client, shown.options[1].organisation.name, snapshot=engine.snapshot.hash)
    assert answer.status_code == 201, answer.text
    entry = answer.json()["decision"]
    assert [one["code"] for one in entry["options"]] == [one.organisation.code for one in shown.options]
    assert entry["shown"] == digest(TypeAdapter(Shortlist).dump_python(shown, mode="json"))
    assert (entry["choice"], entry["chosen"]) == ("option", shown.options[1].organisation.code)
    assert (entry["who"], entry["recipient"], entry["snapshot"]) == (
        "Ann, region",
        "RPA",
        engine.snapshot.hash,
    )
    assert entry["query"]["weights"] == {"proximity": 0.3}
    found = client.get(answer.headers["location"])
    assert found.json()["decisions"] == [entry]
    assert found.headers["cache-control"] == answer.headers["cache-control"] == "no-store"
    assert "etag" not in found.headers


def test_the_shortlist_over_http_has_the_same_hash(client: TestClient) -> None:
    shown = client.get("/v1/nhs/organisations/RPA/shortlist?limit=3&weights=proximity=0.3&include=all").json()
    del shown["links"], shown["listed_facts"]
    assert post(client, None).json()["decision"]["shown"] == digest(shown)


@pytest.mark.parametrize(("chosen", "choice"), [("RXC", "other"), (None, "none")])
def test_another_or_nobody_may_be_chosen(client: TestClient, chosen: str | None, choice: str) -> None:
    entry = post(client, chosen).json()["decision"]
    assert (entry["choice"], entry["chosen"]) == (choice, chosen)


@pytest.mark.parametrize(
    ("change", "status", "slug", "pointer"),
    [
        ({"chosen": "ZZZ"}, 422, "unknown-organisation", "/chosen"),
        ({"chosen": "RPA"}, 422, "out-of-range", "/chosen"),
        ({"recipient": "ZZZ"}, 422, "unknown-organisation", "/recipient"),
        ({"reason": "  "}, 422, "invalid-request", "/reason"),
        ({"reason": "a\u0000b"}, 422, "invalid-request", "/reason"),
        ({"who": "x" * 201}, 422, "invalid-request", "/who"),
        ({"options": ["RAX"]}, 422, "invalid-request", "/options"),
        ({"shown": "f" * 64}, 422, "invalid-request", "/shown"),
        ({"weights": {"charm": 1}}, 422, "out-of-range", "/weights/charm"),
        ({"snapshot": "0" * 64}, 409, "other-snapshot", None),
    ],
)
def test_what_can_not_be_recorded(
    client: TestClient, change: dict[str, Any], status: int, slug: str, pointer: str | None
) -> None:
    before = client.get("/v1/decisions").json()["total"]
    answer = client.post("/v1/decisions", json={**ASKED, "chosen": None, **change})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert [fault["pointer"] for fault in answer.json().get("errors", ())] == ([pointer] if pointer else [])
    assert client.get("/v1/decisions").json()["total"] == before
    assert client.get(f"/problems/{slug}").status_code == 200


def test_who_chosen_and_reason_must_be_given(client: TestClient) -> None:
    answer = client.post("/v1/decisions", json={"recipient": "RPA"})
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/who", "/chosen", "/reason"}


def test_pages_and_filters(served: Served, tmp_path: Path) -> None:
    client = served(decisions=f"sqlite:///{tmp_path / 'log.db'}")
    for recipient in ("RPA", "RVV", "RPA", "RPA"):
        assert post(client, None, recipient=recipient).status_code == 201
    page = client.get("/v1/decisions?limit=2&recipient=rpa").json()
    assert page["total"] == 3
    assert [one["number"] for one in page["decisions"]] == [1, 3]
    last = client.get(page["links"]["next"]).json()
    assert [one["number"] for one in last["decisions"]] == [4]
    assert "next" not in last["links"]
    table = client.get("/v1/decisions?limit=1", headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4"]


def test_a_service_without_a_log_says_so(served: Served) -> None:
    client = served(decisions=None)
    for answer in (post(client, None), client.get("/v1/decisions")):
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/decision-log-off")
        assert "MATCHMAKER_DECISIONS" in answer.json()["next_step"]


def test_only_those_with_the_scope_decide(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    reads, decides = keys.create(file, "reader", ["read"]), keys.create(file, "region", ["read", "decide"])
    client = served(decisions=f"sqlite:///{tmp_path / 'log.db'}", keys=file)
    for headers, status in (({}, 401), ({"X-API-Key": reads}, 403), ({"X-API-Key": decides}, 201)):
        answer = client.post("/v1/decisions", json={**ASKED, "chosen": None}, headers=headers)
        assert answer.status_code == status, answer.text
        assert client.get("/v1/decisions", headers=headers).status_code == (200 if status == 201 else status)
    assert answer.json()["decision"]["key"] == "region"


def test_a_full_disk_is_a_problem_and_reads_go_on(served: Served, tmp_path: Path) -> None:
    logs: list[DecisionLog] = []

    def small(app: FastAPI) -> None:
        logs.append(app.state.decisions)

        @event.listens_for(logs[0].store.engine, "connect")
        def _limit(connection: sqlite3.Connection, record: object) -> None:
            connection.execute("PRAGMA max_page_count=24")

    client = served(small, decisions=f"sqlite:///{tmp_path / 'log.db'}")
    answers = [post(client, None, reason="because " * 400) for _ in range(25)]
    kept = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert kept
    assert {answer.status_code for answer in refused} == {503}
    assert "the disk is full" in refused[0].json()["detail"]
    found = client.get("/v1/decisions").json()["decisions"]
    assert [one["hash"] for one in found] == [answer.json()["decision"]["hash"] for answer in kept]
    assert client.get("/v1/nhs/organisations/RPA/shortlist?limit=1").status_code == 200
    assert logs[0].verify().fault is None


def test_a_database_out_of_reach_is_a_problem(served: Served, tmp_path: Path) -> None:
    client = served(decisions=f"sqlite:///{tmp_path / 'none' / 'log.db'}")
    answer = post(client, None)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/decision-log-unavailable")
    assert client.get("/health/ready").status_code == 200
