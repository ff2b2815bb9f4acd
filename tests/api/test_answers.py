"""What every answer carries: provenance, links, tags, and another form for those who ask for it."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient

from matchmaker import Matchmaker, __version__
from matchmaker.api.responses import wants_csv
from matchmaker.evaluation.published import published_evaluation
from matchmaker.models.tables import to_csv

RANKED = "/v1/trusts/RPA/shortlist?limit=2"
READS = (
    "/v1/trusts",
    "/v1/trusts/RPA",
    "/v1/trusts/RPA/profile",
    RANKED,
    "/v1/trusts/RPA/candidates/RVV",
    "/v1/arrangements",
    "/v1/methods",
    "/v1/features",
    "/v1/evidence",
    "/v1/sources",
    "/v1/evaluation",
)
QUESTIONS = (
    ("/v1/shortlists", {"recipients": ["RPA"], "limit": 1}),
    ("/v1/scores", {"pairs": [{"recipient": "RPA", "candidate": "RAX"}]}),
    ("/v1/assignments", {"recipients": ["RPA"], "draws": 0}),
)


def _carries(body: dict[str, object], engine: Matchmaker, path: str, ranked: bool) -> None:
    assert body["snapshot"] == engine.snapshot.hash
    assert str(body["version"]).startswith(__version__)
    assert body["as_of"] == engine.snapshot.as_of.isoformat()
    assert body["links"]["self"] == path  # type: ignore[index]
    if ranked:
        assert body["method"] == "evidence"


@pytest.mark.parametrize("path", READS)
def test_every_read_says_what_it_rests_on(client: TestClient, engine: Matchmaker, path: str) -> None:
    answer = client.get(path)
    _carries(answer.json(), engine, path, "shortlist" in path or "candidates" in path)
    assert f'<{path}>; rel="self"' in answer.headers["link"]


@pytest.mark.parametrize(("path", "body"), QUESTIONS)
def test_every_question_says_what_it_rests_on(
    client: TestClient, engine: Matchmaker, path: str, body: dict[str, object]
) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    _carries(answer.json(), engine, path, ranked=True)
    assert "etag" not in answer.headers


@pytest.mark.parametrize("path", READS)
def test_links_lead_somewhere(client: TestClient, path: str) -> None:
    for name, link in client.get(path).json()["links"].items():
        to = link.replace("{candidate}", "RAX").replace("{code}", "RPA")
        expected = {200, 503} if to.endswith("/evaluation") else {200}
        assert client.get(to).status_code in expected, (name, link)


def test_pages_of_the_list_follow_each_other(client: TestClient) -> None:
    whole = [one["code"] for one in client.get("/v1/trusts?limit=500&kind=acute").json()["trusts"]]
    path, seen = "/v1/trusts?limit=50&kind=acute", []
    while path:
        page = client.get(path).json()
        assert page["total"] == len(whole)
        seen.append([one["code"] for one in page["trusts"]])
        path = page["links"].get("next")
    assert [code for part in seen for code in part] == whole
    assert client.get(page["links"]["prev"]).json()["trusts"][0]["code"] == seen[-2][0]


def test_filters_narrow_the_list(client: TestClient) -> None:
    found = client.get("/v1/trusts?region=SOUTH EAST&kind=acute&segment=4").json()["trusts"]
    assert {(one["region"], one["type"], one["segment"]) for one in found} == {("South East", "acute", 4)}
    for query in ("region=Mars", "system=Mars", "kind=bakery", "segment=9"):
        answer = client.get(f"/v1/trusts?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"a,b", {tag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
        ("{bare}", 200),
    ],
)
def test_if_none_match(client: TestClient, tags: str, status: int) -> None:
    tag = client.get(RANKED).headers["etag"]
    sent = {"If-None-Match": tags.format(tag=tag, bare=tag.strip('"'))}
    answer = client.get(RANKED, headers=sent)
    assert answer.status_code == status
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["vary"] == "Accept"
    assert bool(answer.content) == (status == 200)
    assert ("content-length" in answer.headers) == (status == 200)


def test_a_tag_of_what_is_not_there_is_not_fresh(client: TestClient) -> None:
    assert client.get("/v1/trusts/XYZ9", headers={"If-None-Match": "*"}).status_code == 404


def test_head_says_what_get_would(client: TestClient) -> None:
    for path in ("/v1/trusts/RA4", RANKED, "/v1/trusts/XYZ9", "/v1/trusts/RA4"):
        head, get = client.head(path), client.get(path)
        assert head.content == b""
        assert head.status_code == get.status_code
        assert head.headers["content-length"] == str(len(get.content)) or "request_id" in get.text


def test_kept_answers_are_those_of_the_first_time(client: TestClient) -> None:
    path = "/v1/trusts/RVV/shortlist?limit=3"
    first, second = client.get(path), client.get(path)
    assert first.content == second.content
    ids = [answer.headers["x-request-id"] for answer in (first, second)]
    assert ids[0] != ids[1]
    assert len(second.headers.get_list("x-request-id")) == 1


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/v1/trusts?limit=5", 5),
        (RANKED, 2),
        ("/v1/trusts/RPA/profile", None),
        ("/v1/features", None),
        ("/v1/sources", None),
    ],
)
def test_tables_come_as_csv(client: TestClient, path: str, rows: int | None) -> None:
    answer = client.get(path, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["etag"] != client.get(path).headers["etag"]
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(found) == (rows or len(found)) > 0
    assert all(None not in row and None not in row.values() for row in found)


def test_scores_and_own_shortlists_come_as_csv(client: TestClient) -> None:
    for path, body in QUESTIONS[:2]:
        answer = client.post(path, json=body, headers={"Accept": "text/csv"})
        assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 1


@pytest.mark.parametrize(
    ("accept", "csv_wanted"),
    [
        ("", False),
        ("*/*", False),
        ("text/csv", True),
        ("application/json, text/csv", False),
        ("application/json;q=0.5, text/csv", True),
        ("text/csv;q=0", False),
        ("text/csv;q=high, */*", False),
    ],
)
def test_what_is_accepted(accept: str, csv_wanted: bool) -> None:
    assert wants_csv(accept) is csv_wanted


def test_no_cell_is_a_formula() -> None:
    text = "".join(to_csv([{"a": "=1+1", "b": -0.5, "c": ["- far", "x"], "d": None}]))
    assert text.splitlines()[1] == "'=1+1,-0.5,'- far | x,"


def test_the_evaluation_that_ships_is_served(client: TestClient) -> None:
    answer = client.get("/v1/evaluation").json()
    found = published_evaluation()
    assert answer["of_snapshot"] == found.snapshot
    assert [one["value"] for one in answer["evaluation"]["figures"]] == [one.value for one in found.figures]
    assert len(answer["evaluation"]["misses"]) == 10
