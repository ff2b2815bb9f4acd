"""The description of the service is that of the code, whole and usable."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from matchmaker.api import metrics
from matchmaker.api.openapi import bundled_examples, describe, make_examples, to_text
from matchmaker.api.settings import Settings
from matchmaker.snapshot.store import KEPT_FOLDER

ROOT = Path(__file__).parents[2]
STORED = ROOT / "docs" / "openapi.json"


def test_the_stored_description_is_the_one_served(client: TestClient) -> None:
    stored = STORED.read_text("utf-8")
    assert to_text(client.get("/openapi.json").json()) == stored, "run 'make documents'"


def test_examples_are_real_answers(app: FastAPI) -> None:
    assert asyncio.run(make_examples(app)) == bundled_examples(app), "run 'make documents'"


def test_every_operation_is_named_explained_and_shown(app: FastAPI) -> None:
    said = describe(app, bundled_examples(app))
    assert said["openapi"].startswith("3.1")
    operations = [one for path in said["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    for one in operations:
        assert one["summary"] and one["tags"]
        for status, answer in one["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
        answered = one["responses"].get("200") or one["responses"]["201"]
        content = answered["content"].get("application/json")
        # entries of a log and working shortlists have new times and ids each time
        changing = one["tags"][0] in ("decisions", "kept")
        if content and not changing:
            assert content["example"] and content["schema"]


def test_every_property_and_parameter_is_described(app: FastAPI) -> None:
    document = describe(app, {})
    properties = {
        f"{name}.{field}": schema.get("description")
        for name, whole in document["components"]["schemas"].items()
        for field, schema in whole.get("properties", {}).items()
    }
    assert len(properties) > 500
    assert [name for name, text in properties.items() if not text] == []
    parameters = {
        f"{operation['operationId']}.{parameter['name']}": parameter.get("description")
        for path in document["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
    }
    assert [name for name, text in parameters.items() if not text] == []


def test_no_two_schemas_share_a_name(app: FastAPI) -> None:
    assert [name for name in describe(app, {})["components"]["schemas"] if "__" in name or "-" in name] == []


def test_no_page_of_another_host_is_served(client: TestClient) -> None:
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_every_setting_metric_and_event_is_documented() -> None:
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"| `MATCHMAKER_{name.upper()}` |" in told
    for metric in re.findall(r'"(matchmaker_[a-z_]+)"', Path(metrics.__file__).read_text("utf-8")):
        assert f"| `{metric}` |" in told


def test_files_for_deployment_name_what_there_is() -> None:
    containerfile = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (?!--)(.*)$", containerfile, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name
    settings = {f"MATCHMAKER_{name.upper()}" for name in Settings.model_fields} | {KEPT_FOLDER}
    for file in (ROOT / "deploy").iterdir():
        assert set(re.findall(r"MATCHMAKER_[A-Z_]+", file.read_text("utf-8"))) <= settings, file.name
