"""The description of the service (OpenAPI 3.1): every property described, with real answers as examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from fastapi import FastAPI
from fastapi.openapi.utils import get_fields_from_routes, get_openapi
from httpx2 import ASGITransport, AsyncClient
from pydantic import BaseModel

from matchmaker.api.schemas import Problem
from matchmaker.described import field_texts
from matchmaker.evaluation.published import published_evaluation
from matchmaker.features.overlay_template import template
from matchmaker.models.engine import Matchmaker

EXAMPLES = "artefacts/api_examples.json"
"""Where in the folder of a sector its examples stand."""
HTTP_METHODS = ("get", "post")
N_DIGITS = 9
"""Sums can differ in their last bits from processor to processor, so examples are rounded."""
MAX_LIST = 1
"""An example shows so many entries of each list."""


def install(app: FastAPI) -> None:
    """Give an application its description, made when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app, bundled_examples(app))
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def describe(app: FastAPI, examples: Mapping[str, Any]) -> dict[str, Any]:
    """The description of an application.

    Args:
        app: with all its routes.
        examples: operation -> an answer.
    """
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        license_info=app.license_info,
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    _describe_dataclasses(app, schemas)
    for path in document["paths"].values():
        for operation in (path[method] for method in HTTP_METHODS if method in path):
            if "security" in operation:
                operation["security"].insert(0, {})  # open reads need no key
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "sector":
                    parameter["schema"]["enum"] = list(app.state.engines)
            if operation["operationId"] in examples:
                content = operation["responses"]["200"]["content"]["application/json"]
                content["example"] = examples[operation["operationId"]]
    return document


def _describe_dataclasses(app: FastAPI, schemas: dict[str, Any]) -> None:
    """Describe the properties of dataclasses by their attribute docstrings, as pydantic does its models'."""
    types: dict[str, type] = {}
    for field in get_fields_from_routes(app.routes):
        _collect(field.field_info.annotation, types)
    for name, schema in schemas.items():
        texts = field_texts(types[name]) if is_dataclass(types.get(name)) else {}
        for field, described in schema.get("properties", {}).items():
            if field in texts:
                described.setdefault("description", texts[field])


def _collect(annotation: Any, found: dict[str, type]) -> None:
    """Every dataclass and model that a type is made of, by name."""
    for argument in get_args(annotation):
        _collect(argument, found)
    if not isinstance(annotation, type) or annotation.__name__ in found:
        return
    if is_dataclass(annotation) or issubclass(annotation, BaseModel):
        found[annotation.__name__] = annotation
        for hint in get_type_hints(annotation).values():
            _collect(hint, found)


def bundled_examples(app: FastAPI) -> dict[str, Any]:
    """Operation -> an answer, from the first sector that ships examples."""
    for reloader in app.state.engines.values():
        file = reloader.current.sector.folder.joinpath(EXAMPLES)
        if file.is_file():
            examples: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return examples
    return {}


async def make_examples(app: FastAPI) -> dict[str, Any]:
    """Operation -> a real answer, with its lists cut short."""
    examples = {}
    engine = next(iter(app.state.engines.values())).current
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://localhost") as client:
        for operation, method, path, body in _requests(engine):
            headers = {"Content-Type": "text/csv" if isinstance(body, str) else "application/json"}
            content = body if body is None or isinstance(body, str) else json.dumps(body)
            response = await client.request(method, path, headers=headers, content=content)
            response.raise_for_status()
            examples[operation] = _shortened(response.json())
    return examples


def _requests(engine: Matchmaker) -> Iterator[tuple[str, str, str, Any]]:
    """Operation, method, path and body of the request for each example."""
    words, base = engine.sector.words, f"/v1/{engine.sector.name}"
    code = words.code_example
    own = f"{base}/organisations/{code}"
    partner = engine.shortlist(code, limit=1, n_draws=0).options[0].organisation.code
    yield "list_sectors", "GET", "/v1/sectors", None
    yield "list_organisations", "GET", f"{base}/organisations?search={code}", None
    yield "get_organisation", "GET", own, None
    for part in ("profile", "overview"):
        yield f"get_{part}", "GET", f"{own}/{part}", None
    yield "get_comparison", "GET", f"{base}/comparison?organisation={code}&organisation={partner}", None
    yield "get_early_warning", "GET", f"{base}/early-warning", None
    yield "get_shortlist", "GET", f"{own}/shortlist?limit=3", None
    yield "create_shortlist", "POST", f"{own}/shortlist?limit=3", template(engine.snapshot, code)
    yield "create_shortlists", "POST", f"{base}/shortlists", {"recipients": [code], "limit": 3}
    yield "get_candidate", "GET", f"{own}/candidates/{partner}", None
    pair = {"recipient": code, "candidate": partner}
    yield "create_scores", "POST", f"{base}/scores", {"pairs": [pair]}
    yield "create_assignment", "POST", f"{base}/assignments", {"recipients": [code], "n_draws": 0}
    parts = ("arrangements", "rules", "services", "methods", "features", "measures", "evidence", "sources")
    for part in parts:
        yield f"list_{part}", "GET", f"{base}/{part}", None
    if published_evaluation(engine.sector) is not None:
        yield "get_evaluation", "GET", f"{base}/evaluation", None
    yield "health_live", "GET", "/health/live", None
    yield "health_ready", "GET", "/health/ready", None


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(part) for name, part in value.items()}
    if isinstance(value, float):
        return round(value, N_DIGITS)
    return [_shortened(part) for part in value[:MAX_LIST]] if isinstance(value, list) else value


def to_text(document: Mapping[str, Any]) -> str:
    """A description as it is stored: sorted, so that a change shows as what it is."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
