"""What every answer carries: provenance, links, tags, and another form for those who ask for it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from matchmaker import Matchmaker, __version__
from matchmaker.api.responses import wants_csv
from matchmaker.evaluation.published import published_evaluation
from matchmaker.models.tables import to_csv
from matchmaker.models.types import Shortlist

RANKED = "/v1/nhs/organisations/RPA/shortlist?limit=2"
READS = (
    "/v1/nhs/organisations",
    "/v1/nhs/organisations/RPA",
    "/v1/nhs/organisations/RPA/profile",
    "/v1/nhs/organisations/RPA/overview",
    "/v1/nhs/comparison?organisation=RPA&organisation=RN7&set=oversight_segment%3D1",
    "/v1/nhs/early-warning?type=ambulance",
    RANKED,
    "/v1/nhs/organisations/RPA/candidates/RVV",
    "/v1/nhs/arrangements",
    "/v1/nhs/rules",
    "/v1/nhs/services",
    "/v1/nhs/organisations/RPA/shortlist?arrangement=service&service=cardiology&limit=2",
    "/v1/nhs/methods",
    "/v1/nhs/features",
    "/v1/nhs/measures",
    "/v1/nhs/evidence",
    "/v1/nhs/sources",
    "/v1/nhs/evaluation",
)
QUESTIONS = (
    ("/v1/nhs/shortlists", {"recipients": ["RPA"], "limit": 1}),
    ("/v1/nhs/scores", {"pairs": [{"recipient": "RPA", "candidate": "RAX"}]}),
    ("/v1/nhs/assignments", {"recipients": ["RPA"], "n_draws": 0}),
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
        assert client.get(to).status_code == 200, (name, link)


def test_pages_of_the_list_follow_each_other(client: TestClient) -> None:
    whole = [
        one["code"]
        for one in client.get("/v1/nhs/organisations?limit=500&type=acute").json()["organisations"]
    ]
    path, seen = "/v1/nhs/organisations?limit=50&type=acute", []
    while path:
        page = client.get(path).json()
        assert page["total"] == len(whole)
        seen.append([one["code"] for one in page["organisations"]])
        path = page["links"].get("next")
    assert [code for part in seen for code in part] == whole
    assert client.get(page["links"]["prev"]).json()["organisations"][0]["code"] == seen[-2][0]


def test_filters_narrow_the_list(client: TestClient) -> None:
    limits = "feature=oversight_segment&at_least=4&at_most=4"
    path = f"/v1/nhs/organisations?region=SOUTH EAST&type=acute&{limits}"
    found = client.get(path).json()["organisations"]
    assert {(one["region"], one["type"], one["in_need"]) for one in found} == {("South East", "acute", True)}
    assert {one["headlines"]["oversight_segment"] for one in found} == {4}
    for query in ("region=Mars", "locality=Mars", "type=bakery", "feature=luck"):
        answer = client.get(f"/v1/nhs/organisations?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"
    assert client.get("/v1/nhs/organisations?at_least=4").json()["errors"][0]["pointer"] == "/feature"


def test_the_list_says_who_is_in_need(client: TestClient) -> None:
    whole = client.get("/v1/nhs/organisations?limit=500").json()
    needy = client.get("/v1/nhs/organisations?in_need=true&limit=500").json()
    rest = client.get("/v1/nhs/organisations?in_need=false").json()
    assert [one for one in whole["organisations"] if one["in_need"]] == needy["organisations"] != []
    assert needy["total"] + rest["total"] == whole["total"]


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
    assert client.get("/v1/nhs/organisations/XYZ9", headers={"If-None-Match": "*"}).status_code == 404


def test_head_says_what_get_would(client: TestClient) -> None:
    for path in (
        "/v1/nhs/organisations/RA4",
        RANKED,
        "/v1/nhs/organisations/XYZ9",
        "/v1/nhs/organisations/RA4",
    ):
        head, get = client.head(path), client.get(path)
        assert head.content == b""
        assert head.status_code == get.status_code
        assert head.headers["content-length"] == str(len(get.content)) or "request_id" in get.text


def test_kept_answers_are_those_of_the_first_time(client: TestClient) -> None:
    path = "/v1/nhs/organisations/RVV/shortlist?limit=3"
    first, second = client.get(path), client.get(path)
    assert first.content == second.content
    ids = [answer.headers["x-request-id"] for answer in (first, second)]
    assert ids[0] != ids[1]
    assert len(second.headers.get_list("x-request-id")) == 1


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/v1/nhs/organisations?limit=5", 5),
        (RANKED, 2),
        ("/v1/nhs/organisations/RPA/profile", None),
        ("/v1/nhs/organisations/RPA/overview", None),
        ("/v1/nhs/comparison?organisation=RPA&organisation=RN7&set=oversight_segment%3D1", None),
        ("/v1/nhs/organisations/RPA/candidates/RVV", None),
        ("/v1/nhs/early-warning?type=ambulance", None),
        ("/v1/nhs/features", None),
        ("/v1/nhs/measures", None),
        ("/v1/nhs/sources", None),
    ],
)
def test_tables_come_as_csv(client: TestClient, path: str, rows: int | None) -> None:
    answer = client.get(path, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["etag"] != client.get(path).headers["etag"]
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(found) == (rows or len(found)) > 0
    assert all(None not in row and None not in row.values() for row in found)


def test_posted_questions_come_as_csv(client: TestClient) -> None:
    for path, body in QUESTIONS:
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


def test_the_evaluation_that_ships_is_served(client: TestClient, engine: Matchmaker) -> None:
    answer = client.get("/v1/nhs/evaluation").json()
    found = published_evaluation(engine.sector)
    assert answer["evaluation"]["snapshot"] == found.snapshot
    assert [one["value"] for one in answer["evaluation"]["figures"]] == [one.value for one in found.figures]
    assert len(answer["evaluation"]["misses"]) == 10


def test_the_table_is_that_of_the_package(client: TestClient, engine: Matchmaker) -> None:
    sent = client.get(RANKED, headers={"Accept": "text/csv"}).text
    assert sent == "".join(to_csv(engine.shortlist("RPA", limit=2).to_rows()))


def test_the_sectors_are_told(client: TestClient, engine: Matchmaker) -> None:
    (sector,) = client.get("/v1/sectors").json()["sectors"]
    assert (sector["name"], sector["snapshot"]) == ("nhs", engine.snapshot.hash)
    assert sector["types"]["acute"] == "acute trusts"
    for link in sector["links"].values():
        assert client.get(link).status_code == 200


@pytest.mark.parametrize("weight", ["1e-320", "1e308", "-1", "nan", "inf", "1e-7", "1e7"])
def test_weights_that_no_sum_can_hold_are_refused(client: TestClient, weight: str) -> None:
    path = "/v1/nhs/organisations/RPA"
    for asked in (f"{path}/shortlist", f"{path}/candidates/RAX"):
        answer = client.get(f"{asked}?weights=proximity={weight}&n_draws=0")
        assert answer.status_code == 422, answer.text


ALL_PARTS = ("rows", "reasons", "figures", "facts", "excluded", "draws")
OF_OPTION = {"rows", "reasons", "facts"}
OF_LIST = {"excluded", "recipient_facts", "data_age"}


def _parts(answer: dict[str, Any]) -> set[str]:
    """The parts that an answer holds."""
    option = answer["options"][0]
    found = {name for name in ("rows", "reasons", "facts") if name in option}
    found |= {"figures"} if "figures" in (option.get("rows") or [{}])[0] else set()
    found |= {"draws"} if "top_3" in option["uncertainty"] else set()
    return found | ({"excluded"} if "excluded" in answer and "why" in answer["rule_effects"][0] else set())


def test_a_list_is_lean_unless_parts_are_named(client: TestClient) -> None:
    full = client.get(f"{RANKED}&include=all").json()
    assert _parts(full) == set(ALL_PARTS)
    with_more = {"figures": {"rows", "reasons", "figures"}}
    for part in (None, *ALL_PARTS):
        answer = client.get(RANKED if part is None else f"{RANKED}&include={part}").json()
        assert _parts(answer) == (set() if part is None else with_more.get(part, {part}))
        for option, whole in zip(answer["options"], full["options"], strict=True):
            assert whole.keys() - option.keys() <= OF_OPTION
            for name in option.keys() - {"rows", "reasons", "uncertainty"}:
                assert option[name] == whole[name]
        assert full.keys() - answer.keys() <= OF_LIST
        assert answer["n_excluded"] == len(full["excluded"])
        told = answer["listed_facts"]
        assert list(told) == ["RPA", *(one["organisation"]["code"] for one in full["options"])]
        texts = {fact["key"]: fact["text"] for fact in full["recipient_facts"]}
        assert told["RPA"] and all(text.startswith(texts[key]) for key, text in told["RPA"].items())
    lean = client.get(RANKED).json()
    assert client.get(lean["links"]["full"]).json()["options"] == full["options"]


def test_the_full_answer_is_that_of_the_package(client: TestClient, engine: Matchmaker) -> None:
    full = client.get(f"{RANKED}&include=all").json()
    own = engine.shortlist("RPA", "buddying", limit=2)
    assert {name: full[name] for name in full if name in Shortlist.__dataclass_fields__} == json.loads(
        TypeAdapter(Shortlist).dump_json(own)
    )


def test_ten_options_come_in_less_than_thirty_thousand_bytes(client: TestClient) -> None:
    answer = client.get(RANKED.replace("limit=2", "limit=10"))
    assert len(answer.content) < 30_000
    assert len(answer.json()["options"]) == 10
    assert all(one["reasons_for"] for one in answer.json()["options"])


def test_several_lists_can_hold_more_and_an_unknown_part_is_refused(client: TestClient) -> None:
    asked: dict[str, Any] = {"recipients": ["RPA", "RVV"], "limit": 1}
    for one in client.post("/v1/nhs/shortlists", json=asked).json()["shortlists"]:
        assert _parts(one) == set()
    for one in client.post("/v1/nhs/shortlists", json=asked | {"include": ["rows", "excluded"]}).json()[
        "shortlists"
    ]:
        assert _parts(one) == {"rows", "excluded"}
    assert client.get(f"{RANKED}&include=everything").status_code == 422


def test_a_table_of_organisations_holds_all_of_them_unless_a_limit_is_given(client: TestClient) -> None:
    table = {"Accept": "text/csv"}
    total = client.get("/v1/nhs/organisations").json()["total"]
    assert total > 100 == len(client.get("/v1/nhs/organisations").json()["organisations"])
    assert len(client.get("/v1/nhs/organisations", headers=table).text.splitlines()) == total + 1
    assert len(client.get("/v1/nhs/organisations?limit=5", headers=table).text.splitlines()) == 6
