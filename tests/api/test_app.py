"""The service gives the same answer as the command line, and problem details for every error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from matchmaker import Matchmaker
from matchmaker.api.app import create_app
from matchmaker.models.explanation import Shortlist


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        yield client


def test_a_shortlist_is_the_same_object(client: TestClient, engine: Matchmaker) -> None:
    answer = client.get("/v1/trusts/RPA/shortlist", params={"arrangement": "buddying", "limit": 5})
    assert answer.status_code == 200
    own = engine.shortlist("RPA", "buddying", limit=5)
    assert TypeAdapter(Shortlist).validate_json(answer.content) == own


def test_a_past_day_is_honoured(client: TestClient) -> None:
    answer = client.get("/v1/trusts/RPA/shortlist", params={"as_of": "2018-01-01"}).json()
    assert answer["as_of"] == "2018-01-01"
    dates = [
        figure["period_end"]
        for option in answer["options"]
        for row in option["rows"]
        for figure in row["figures"]
        if figure["period_end"]
    ]
    assert dates
    assert max(dates) <= "2018-01-01"


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/v1/trusts/XYZ9/shortlist", 404, "unknown-organisation"),
        ("/v1/trusts/hospital/shortlist", 409, "ambiguous-name"),
        ("/v1/trusts/RPA/shortlist?as_of=1999-01-01", 422, "out-of-range"),
        ("/v1/trusts/RPA/shortlist?as_of=never", 422, "invalid-request"),
        ("/v1/trusts/RPA/shortlist?arrangement=adoption", 422, "out-of-range"),
        ("/v1/trusts/RPA/shortlist?limit=0", 422, "invalid-request"),
        ("/v1/nothing", 404, "http"),
    ],
)
def test_errors_are_problem_details(client: TestClient, path: str, status: int, kind: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"].endswith(kind)
    assert body["status"] == status
    assert body["detail"]


def test_the_description_names_the_problem_type(client: TestClient) -> None:
    spec = client.get("/openapi.json").json()
    operation = spec["paths"]["/v1/trusts/{ods}/shortlist"]["get"]
    assert operation["operationId"] == "get_shortlist"
    assert "application/problem+json" in operation["responses"]["404"]["content"]
