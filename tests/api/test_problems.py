"""Every error is a problem whose type has a page and whose faults have places."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from matchmaker.api.problems import pointer, problem_types

from .conftest import PATIENCE, Served, wait_until

JSON = {"Content-Type": "application/json"}
OUT_OF_RANGE: list[tuple[dict[str, Any], set[str]]] = [
    ({"weights": {"charm": 1}}, {"/weights/charm"}),
    ({"weights": {"context": -1}}, {"/weights/context"}),
    ({"weights": {"a/b~c": 1}}, {"/weights/a~1b~0c"}),
    ({"relax": ["rated_good_or_better", "gravity"]}, {"/relax/1"}),
    ({"parameters": {"within_km": {"miles": 3}}}, {"/parameters/within_km"}),
    ({"parameters": {"within_km": {"km": ["far"]}}}, {"/parameters/within_km/km"}),
    ({"parameters": {"flying": {}}}, {"/parameters/flying"}),
    ({"region": ["Mars"]}, {"/region"}),
    ({"exclude": ["XYZ"]}, {"/exclude"}),
    ({"parameters": {"in_region": {"regions": ["Mars"]}}}, {"/parameters/in_region"}),
    ({"focus": ["charm"]}, {"/focus/0"}),
    ({"method": "tea-leaves"}, {"/method"}),
    ({"arrangement": "adoption"}, {"/arrangement"}),
    ({"as_of": "1999-01-01"}, {"/as_of"}),
]


def _problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["type"], body["status"]) == (f"/problems/{slug}", status)
    assert body["title"] == problem_types()[slug].title
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["detail"] and body["next_step"]
    assert answer.headers["cache-control"] == "no-store"
    return body


def _places(body: dict[str, Any], part: str = "body") -> set[str]:
    assert {one["part"] for one in body["errors"]} == {part}
    return {one["pointer"] for one in body["errors"]}


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("GET", "/", 404, "not-found"),
        ("GET", "/v1/nhs/organisations/", 404, "not-found"),
        ("GET", "/docs", 404, "not-found"),
        ("GET", "/v1/nhs/organisations/RPA/shortlist/more", 404, "not-found"),
        ("DELETE", "/v1/nhs/organisations", 405, "method-not-allowed"),
        ("GET", "/v1/nhs/scores", 405, "method-not-allowed"),
        ("TRACE", "/v1/nhs/organisations", 405, "method-not-allowed"),
        ("POST", "/v1/nhs/scores", 415, "unsupported-media-type"),
    ],
)
def test_what_the_framework_refuses(
    client: TestClient, method: str, path: str, status: int, slug: str
) -> None:
    answer = client.request(method, path)
    _problem(answer, status, slug)
    if status == 405:
        assert answer.headers["allow"] == ("POST" if "scores" in path else "GET, HEAD")


def test_a_fault_that_several_dependencies_meet_is_told_once(client: TestClient) -> None:
    answer = client.get("/v1/nhs/organisations/RPA/shortlist?n_draws=10001")
    body = _problem(answer, 422, "invalid-request")
    assert [one["pointer"] for one in body["errors"]] == ["/n_draws"]
    assert body["detail"].startswith("1 part of")


def test_all_methods_of_an_address_are_named(client: TestClient) -> None:
    assert client.put("/v1/nhs/organisations/RPA/shortlist").headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(("question", "places"), OUT_OF_RANGE)
def test_each_fault_has_its_place(client: TestClient, question: dict[str, Any], places: set[str]) -> None:
    for path, more in (
        ("/v1/nhs/shortlists", {"recipients": ["RPA"]}),
        ("/v1/nhs/scores", {"pairs": [{"recipient": "RPA", "candidate": "RAX"}]}),
    ):
        body = _problem(client.post(path, json=question | more), 422, "out-of-range")
        assert _places(body) == places


@pytest.mark.parametrize(
    "query",
    [
        "weights=charm=1",
        "relax=gravity",
        "region=Mars",
        "focus=luck",
        "exclude=XYZ",
        "locality=Mars",
        "method=tea",
        "as_of=1999-01-01",
        "parameters=within_km.miles=3",
    ],
)
def test_each_fault_of_a_query_has_its_place(client: TestClient, query: str) -> None:
    for path in ("/v1/nhs/organisations/RPA/shortlist", "/v1/nhs/organisations/RPA/candidates/RAX"):
        body = _problem(client.get(f"{path}?{query}"), 422, "out-of-range")
        assert _places(body, "query") == {f"/{query.partition('=')[0]}"}


def test_every_fault_of_the_form_of_a_query_has_its_place(client: TestClient) -> None:
    query = "weights=context&parameters=within_km=3"
    body = _problem(client.get(f"/v1/nhs/organisations/RPA/shortlist?{query}"), 422, "invalid-request")
    assert _places(body, "query") == {"/weights", "/parameters"}


def test_an_unknown_sector_is_told_with_those_there_are(client: TestClient) -> None:
    body = _problem(client.get("/v1/mars/methods"), 404, "unknown-sector")
    assert _places(body, "path") == {"/sector"}
    assert "nhs" in body["next_step"]


def test_organisations_that_are_not_found_are_placed(client: TestClient) -> None:
    body = _problem(
        client.post("/v1/nhs/shortlists", json={"recipients": ["RPA", "XYZ9"]}), 422, "unknown-organisation"
    )
    assert _places(body) == {"/recipients/1"}
    pairs = [{"recipient": "RPA", "candidate": "Kent"}]
    body = _problem(client.post("/v1/nhs/scores", json={"pairs": pairs}), 422, "ambiguous-name")
    assert _places(body) == {"/pairs/0/candidate"}
    _problem(client.get("/v1/nhs/organisations/XYZ9/candidates/RPA"), 404, "unknown-organisation")


def test_the_form_of_a_body_is_checked_whole(client: TestClient) -> None:
    sent = {"recipients": ["RPA", ""], "limit": 0, "sauce": "brown", "weights": {"x": "heavy"}}
    body = _problem(client.post("/v1/nhs/shortlists", json=sent), 422, "invalid-request")
    assert _places(body) == {"/recipients/1", "/limit", "/sauce", "/weights/x"}
    body = _problem(client.get("/v1/nhs/organisations?limit=0&as_of=never"), 422, "invalid-request")
    assert _places(body, "query") == {"/limit", "/as_of"}
    _problem(client.post("/v1/nhs/assignments", json={"method": "nearest"}), 422, "out-of-range")


@pytest.mark.parametrize("name", ["__main__", "é", "\x98\U0006af07", "A"])
def test_no_rule_has_such_a_name(client: TestClient, name: str) -> None:
    for path in ("/v1/nhs/shortlists", "/v1/nhs/assignments"):
        answer = client.post(path, json={"recipients": ["RPA"], "parameters": {name: {}}})
        _problem(answer, 422, "invalid-request")


def test_faults_of_an_assignment_are_placed(client: TestClient) -> None:
    for question, slug, place in (
        ({"regions": ["Mars"]}, "out-of-range", "/regions/0"),
        ({"recipients": ["RPA", "XYZ9"]}, "unknown-organisation", "/recipients/1"),
        ({"recipients": ["RPA"], "focus": ["luck"]}, "out-of-range", "/focus/0"),
        ({"recipients": ["RPA"], "as_of": "1999-01-01"}, "out-of-range", "/as_of"),
    ):
        body = _problem(client.post("/v1/nhs/assignments", json={"n_draws": 0, **question}), 422, slug)
        assert _places(body) == {place}


def test_misspelt_parameters_are_not_passed_over(client: TestClient) -> None:
    answer = client.get("/v1/nhs/organisations/RPA/shortlist?arangement=merger&limit=1&Region=London")
    assert _places(_problem(answer, 422, "invalid-request"), "query") == {"/arangement", "/Region"}
    assert client.get("/v1/nhs/methods?x=1").status_code == 422
    assert client.post("/v1/nhs/scores?x=1", json={}).status_code == 422


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1,", b"\xff\xfe", b'{"recipients": ["RPA"], "limit": NaN', b"nul"]
)
def test_bodies_that_are_no_json(client: TestClient, content: bytes) -> None:
    answer = client.post("/v1/nhs/shortlists", content=content, headers=JSON)
    assert answer.status_code in (400, 422)
    _problem(answer, answer.status_code, "malformed-body" if answer.status_code == 400 else "invalid-request")


def test_numbers_that_json_lacks_are_refused(client: TestClient) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        content = f'{{"recipients": ["RPA"], "weights": {{"proximity": {number}}}}}'
        answer = client.post("/v1/nhs/shortlists", content=content, headers=JSON)
        assert answer.status_code in (400, 422), number
    assert client.get("/v1/nhs/organisations/RPA/shortlist?within_km=inf").status_code == 422
    assert client.get("/v1/nhs/organisations/RPA/shortlist?weights=proximity=nan").status_code == 422


def test_a_failure_tells_nothing_but_its_id(served: Served) -> None:
    def prepare(app: FastAPI) -> None:
        @app.get("/boom")
        def boom() -> None:
            raise RuntimeError("the password is swordfish")

    answer = served(prepare).get("/boom", headers={"X-Request-ID": "abc-123"})
    assert _problem(answer, 500, "internal-error")["request_id"] == "abc-123"
    assert "swordfish" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_slow_answer_is_given_up(served: Served) -> None:
    on = threading.Event()

    def prepare(app: FastAPI) -> None:
        @app.get("/slow")
        def slow() -> str:
            on.wait(PATIENCE)
            return "late"

    client = served(prepare, request_seconds=0.2)
    _problem(client.get("/slow"), 504, "took-too-long")
    on.set()
    wait_until(lambda: client.get("/v1/nhs/methods").status_code == 200, "others are answered")


def test_a_busy_service_says_so_and_still_lives(served: Served) -> None:
    going, on = threading.Event(), threading.Event()

    def prepare(app: FastAPI) -> None:
        @app.get("/slow")
        def slow() -> str:
            going.set()
            on.wait(PATIENCE)
            return "done"

    client = served(prepare, max_in_flight=1)
    thread = threading.Thread(target=client.get, args=("/slow",))
    thread.start()
    assert going.wait(PATIENCE)
    answer = client.get("/v1/nhs/methods")
    assert _problem(answer, 503, "busy")
    assert answer.headers["retry-after"] == "1"
    assert client.get("/health/live").status_code == 200
    on.set()
    thread.join()
    assert client.get("/v1/nhs/methods").status_code == 200


def test_every_type_has_a_page(client: TestClient) -> None:
    index = client.get("/problems").text
    for slug, kind in problem_types().items():
        page = client.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert kind.description in page.text.replace("&#x27;", "'").replace("&quot;", '"')
        assert f"/problems/{slug}" in index
    _problem(client.get("/problems/none-such"), 404, "not-found")


def test_pointers_are_escaped() -> None:
    assert pointer(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"
    assert pointer([]) == ""
