"""The interface for programs: every call is described, and every example works."""

from __future__ import annotations

import json
import re
import shlex
from time import sleep
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markupsafe import escape

from matchmaker.api.problems import problem_types
from matchmaker.web.presenters import api_reference as present
from matchmaker.web.routes.reference import examples

pytestmark = pytest.mark.snapshot


def test_every_call_parameter_and_form_is_described(app: FastAPI, client: TestClient) -> None:
    text, document = client.get("/api").text, app.openapi()
    for route, operations in document["paths"].items():
        assert f"<code>{escape(route)}</code>" in text
        for one in operations.values():
            assert f'id="{one["operationId"]}"' in text
            assert all(f"<code>{part['name']}</code>" in text for part in one.get("parameters", ()))
    for name, schema in document["components"]["schemas"].items():
        assert not schema.get("properties") or f'id="schema-{name}"' in text


def queued(client: TestClient) -> str:
    """A paper that was put into the queue, once it is done."""
    page = "/nhs/organisations/RPA/shortlist.docx"
    asked = client.get(page, headers={"Prefer": "respond-async"})
    assert asked.status_code == 202
    while client.get(asked.headers["Location"]).json()["state"] != "done":
        sleep(0.2)
    return asked.headers["Location"].rpartition("/")[2]


@pytest.mark.slow
def test_every_example_works(app: FastAPI, client: TestClient) -> None:
    some = examples(app.state.engines["nhs"].current)
    calls = [call for tag in present.tags(app.openapi(), "", some) for call in tag.operations]
    assert len(calls) == sum(len(one) for one in app.openapi()["paths"].values())
    stored, paper = "5f0c1d2a9b8e7f603142", "Jr2bPpTq0bHqN3cGmD9uTz8vXw1yKfAe"
    for call in calls:
        words = shlex.split(call.example.replace("\\\n", " "))
        address = next(word for word in words if word.startswith("/"))
        body = words[words.index("-d") + 1] if "-d" in words else None
        if f"@{present.FILE}" in words:
            body = "ods,period_end,beds_available\nRPA,2026-06-30,600\n"
        sent = {"Content-Type": words[words.index("-H") + 1].partition(": ")[2]} if "-H" in words else {}
        if stored in address:
            new = client.post("/v1/nhs/kept", json={"recipient": "RPA"}).json()["shortlist"]["id"]
            address = address.replace(stored, new)
        if paper in address:
            address = address.replace(paper, queued(client))
        answer = client.request(call.method, address, content=body, headers=sent)
        assert answer.status_code in (200, 201), (call.example, answer.text)
        assert (
            (call.path == address)
            if call.method == "GET" and not {stored, paper} & set(re.split(r"[/']", call.example))
            else not call.path
        )


def test_every_type_of_problem_is_described_with_its_page(client: TestClient) -> None:
    text = client.get("/api").text
    assert {"unknown-organisation", "out-of-range", "took-too-long"} <= problem_types().keys()
    for slug, one in problem_types().items():
        assert f'href="/problems/{slug}"' in text
        assert escape(one.description) in text
        assert client.get(f"/problems/{slug}").status_code == 200


def test_nothing_on_it_leads_elsewhere(client: TestClient) -> None:
    text = client.get("/api").text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*', text) == []
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 300, "default": 10},
            "whole number, 1 to 300 (10 if not given)",
        ),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}, "date (2026-03-03)"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": "number", "exclusiveMinimum": 0}, "number, above 0"),
        ({"$ref": "#/components/schemas/Trust"}, "Trust"),
        ({"enum": ["a", "b"], "type": "string"}, "text: a, b"),
        ({"const": "live"}, "live"),
        ({}, "anything"),
    ],
)
def test_a_form_is_described_in_words(schema: dict[str, Any], says: str) -> None:
    assert present._type_text({}, schema) == says


def test_an_apostrophe_in_an_example_stays_within_it() -> None:
    body = {"application/json": {"schema": {"type": "string", "example": "King's Lynn"}}}
    words = shlex.split(present._curl({}, "/x", "post", body, {}).replace("\\\n", " "))
    assert json.loads(words[words.index("-d") + 1]) == "King's Lynn"
