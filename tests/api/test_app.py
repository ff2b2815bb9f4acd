"""The service gives the same answer as the command line, and problem details for every error."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from matchmaker import Matchmaker
from matchmaker.models.types import Shortlist


def test_a_shortlist_is_the_same_object(client: TestClient, engine: Matchmaker) -> None:
    asked = {"arrangement": "buddying", "limit": 5, "include": "all"}
    answer = client.get("/v1/nhs/organisations/RPA/shortlist", params=asked)
    assert answer.status_code == 200
    own = engine.shortlist("RPA", "buddying", limit=5)
    assert TypeAdapter(Shortlist).validate_json(answer.content) == own


def test_a_past_day_is_honoured(client: TestClient) -> None:
    answer = client.get(
        "/v1/nhs/organisations/RPA/shortlist", params={"as_of": "2018-01-01", "include": "figures"}
    ).json()
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
        ("/v1/nhs/organisations/XYZ9/shortlist", 404, "unknown-organisation"),
        ("/v1/nhs/organisations/Kent/shortlist", 409, "ambiguous-name"),
        ("/v1/nhs/organisations/RPA/shortlist?as_of=1999-01-01", 422, "out-of-range"),
        ("/v1/nhs/organisations/RPA/shortlist?as_of=never", 422, "invalid-request"),
        ("/v1/nhs/organisations/RPA/shortlist?arrangement=adoption", 422, "out-of-range"),
        ("/v1/nhs/organisations/RPA/shortlist?limit=0", 422, "invalid-request"),
        ("/v1/nothing", 404, "not-found"),
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
    operation = spec["paths"]["/v1/{sector}/organisations/{code}/shortlist"]["get"]
    assert operation["operationId"] == "get_shortlist"
    assert "application/problem+json" in operation["responses"]["404"]["content"]


READS = (
    "/v1/nhs/organisations",
    "/v1/nhs/organisations?search=kent&type=acute",
    "/v1/nhs/organisations/Medway",
    "/v1/nhs/organisations/RPA/profile",
    "/v1/nhs/organisations/RPA/shortlist?limit=2&weights=proximity=0.4&relax=rated_good_or_better&within_km=200",
    "/v1/nhs/organisations/RPA/candidates/RVV",
    "/v1/nhs/arrangements",
    "/v1/nhs/methods",
    "/v1/nhs/features",
    "/v1/nhs/evidence",
    "/v1/nhs/sources",
    "/v1/nhs/organisations?feature=oversight_segment&at_least=4&at_most=4&region=south%20east&locality=Kent%20and%20Medway",
    "/v1/nhs/organisations/RPA/shortlist?n_draws=0&locality=Kent%20and%20Medway&limit=1",
    "/health/live",
    "/health/ready",
)


@pytest.mark.parametrize("path", READS)
def test_every_read_answers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.json()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]


def test_an_answer_that_the_caller_has_is_not_sent_again(client: TestClient, engine: Matchmaker) -> None:
    path = "/v1/nhs/organisations/RPA/shortlist?limit=1"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(path.replace("limit=1", "limit=2"), headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert first.headers["x-snapshot"] == engine.snapshot.hash


def test_an_error_is_not_cached(client: TestClient) -> None:
    answer = client.get("/v1/nhs/organisations/XYZ9/shortlist")
    assert "etag" not in answer.headers


def test_closed_trusts_are_answered_through_their_successors(client: TestClient) -> None:
    found = client.get("/v1/nhs/organisations/RA4").json()
    assert found["organisation"]["code"] == "RH5"
    assert [one["code"] for one in found["via"]] == ["RA4"]


def test_scores_are_those_of_the_shortlist(client: TestClient) -> None:
    options = client.get("/v1/nhs/organisations/RPA/shortlist?limit=5").json()["options"]
    pairs = [{"recipient": "RPA", "candidate": option["organisation"]["code"]} for option in options]
    answer = client.post("/v1/nhs/scores", json={"pairs": [*pairs, {"recipient": "RPA", "candidate": "RVV"}]})
    scores = answer.json()["scores"]
    assert [score["fit"] for score in scores[:5]] == [option["fit"] for option in options]
    assert [score["eligible"] for score in scores] == [True] * 5 + [False]


def test_several_recipients_with_own_weights(client: TestClient, engine: Matchmaker) -> None:
    question = {"recipients": ["RPA", "RVV"], "weights": {"proximity": 0.5}, "limit": 3}
    answers = client.post("/v1/nhs/shortlists", json=question).json()
    own = engine.shortlist("RVV", "buddying", limit=3, weights={"proximity": 0.5})
    assert [option["organisation"]["code"] for option in answers["shortlists"][1]["options"]] == [
        option.organisation.code for option in own.options
    ]


@pytest.mark.parametrize(
    "question",
    [
        {"recipients": []},
        {"recipients": ["RPA"], "weights": {"charm": 1}},
        {"recipients": ["RPA"], "weights": {"context_similarity": -1}},
        {"recipients": ["RPA"], "relax": ["gravity"]},
        {"recipients": ["RPA"], "parameters": {"within_km": {"miles": 3}}},
        {"recipients": ["RPA"], "focus": ["charm"]},
        {"recipients": ["RPA"], "method": "tea-leaves"},
        {"recipients": ["RPA"], "sauce": "brown"},
    ],
)
def test_questions_that_make_no_sense_are_told_so(client: TestClient, question: dict[str, object]) -> None:
    answer = client.post("/v1/nhs/shortlists", json=question)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.get("next_step") or body["errors"]
