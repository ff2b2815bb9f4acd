"""Which engine a route gets, and which parameters it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker

from .conftest import Served

OWN = "/v1/{}/organisations/{}/shortlist?limit=1&n_draws=0"


@pytest.fixture
def both(served: Served, harbours_installed: Path, tmp_path: Path) -> TestClient:
    """A service for two sectors, with a decision log."""
    return served(decisions=f"sqlite:///{tmp_path / 'log.db'}")


def test_each_sector_has_its_own_engine(
    both: TestClient, engine: Matchmaker, harbour_engine: Matchmaker
) -> None:
    assert [one["name"] for one in both.get("/v1/sectors").json()["sectors"]] == ["harbours", "nhs"]
    for name, code, own in (("nhs", "RPA", engine), ("harbours", "EEL", harbour_engine)):
        answer = both.get(OWN.format(name, code))
        assert answer.headers["x-snapshot"] == answer.json()["snapshot"] == own.snapshot.hash
        expected = own.shortlist(code, limit=1, n_draws=0).options[0]
        assert answer.json()["options"][0]["fit"] == expected.fit
    assert "x-snapshot" not in both.get("/v1/sectors").headers
    assert both.get(OWN.format("harbours", "RPA")).status_code == 404
    assert set(both.get("/health/ready").json()["sectors"]) == {"harbours", "nhs"}


def test_a_sector_that_is_not_served_is_refused_with_those_that_are(both: TestClient) -> None:
    problem = both.get(OWN.format("schools", "1")).json()
    assert problem["type"] == "/problems/unknown-sector"
    assert problem["next_step"] == "Choose one of harbours, nhs."
    assert problem["errors"][0] == {
        "part": "path",
        "pointer": "/sector",
        "detail": "There is no sector 'schools' here.",
    }


def test_a_decision_names_its_sector_where_there_are_several(both: TestClient) -> None:
    decision = {"recipient": "EEL", "who": "A bay", "chosen": None, "reason": "No", "n_draws": 0}
    refused = both.post("/v1/decisions", json=decision)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/sector")
    recorded = both.post("/v1/decisions", json={**decision, "sector": "harbours"})
    assert recorded.status_code == 201, recorded.text
    assert recorded.json()["decision"]["query"]["sector"] == "harbours"


def test_a_parameter_that_no_route_takes_is_refused(client: TestClient) -> None:
    for path in (OWN.format("nhs", "RPA"), "/v1/nhs/organisations?limit=1", "/v1/sectors?"):
        answer = client.get(f"{path}&arangement=merger")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/arangement")
