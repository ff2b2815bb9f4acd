"""The description of the service (OpenAPI 3.1), with real answers as examples.

`python -m matchmaker.api.openapi docs/openapi.json` writes both the examples and the description.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from httpx2 import ASGITransport, AsyncClient

from matchmaker.api.problems import Problem

EXAMPLES = Path(str(files("matchmaker.api") / "examples.json"))
HTTP_METHODS = ("get", "post")
DIGITS = 9
"""Sums can differ in their last bits from processor to processor, so what is kept is rounded."""
LONGEST_LIST = 1
"""An example shows so many of each list."""
QUESTIONS: Mapping[str, tuple[str, str, Any]] = {
    "list_trusts": ("GET", "/v1/trusts?region=South+East&segment=4", None),
    "get_trust": ("GET", "/v1/trusts/RPA", None),
    "get_profile": ("GET", "/v1/trusts/RPA/profile", None),
    "get_shortlist": ("GET", "/v1/trusts/RPA/shortlist?arrangement=buddying&limit=3", None),
    "create_shortlist": (
        "POST",
        "/v1/trusts/RPA/shortlist?limit=3",
        "ods,staff_fte\nRPA,5200\n",
    ),
    "create_shortlists": ("POST", "/v1/shortlists", {"recipients": ["RPA", "RVV"], "limit": 3}),
    "get_candidate": ("GET", "/v1/trusts/RPA/candidates/RN7", None),
    "create_scores": ("POST", "/v1/scores", {"pairs": [{"recipient": "RPA", "candidate": "RAX"}]}),
    "create_assignment": ("POST", "/v1/assignments", {"recipients": ["RPA", "RVV"], "draws": 0}),
    "list_arrangements": ("GET", "/v1/arrangements", None),
    "list_methods": ("GET", "/v1/methods", None),
    "list_features": ("GET", "/v1/features", None),
    "list_evidence": ("GET", "/v1/evidence", None),
    "list_sources": ("GET", "/v1/sources", None),
    "health_live": ("GET", "/health/live", None),
    "health_ready": ("GET", "/health/ready", None),
}
"""What is asked for the example of each operation: method, path and body."""


def install(app: FastAPI) -> None:
    """Give an application its description, made when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = described(app, json.loads(EXAMPLES.read_text("utf-8")))
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def described(app: FastAPI, examples: Mapping[str, Any]) -> dict[str, Any]:
    """The description of an application.

    Args:
        app: with all its routes.
        examples: operation -> an answer.
    """
    said = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        license_info=app.license_info,
        routes=app.routes,
    )
    reference = "#/components/schemas/{model}"
    schema = Problem.model_json_schema(ref_template=reference, mode="serialization")
    schemas = said["components"]["schemas"]
    schemas |= schema.pop("$defs") | {"Problem": schema}
    for path in said["paths"].values():
        for operation in (path[method] for method in HTTP_METHODS if method in path):
            if "security" in operation:
                operation["security"].insert(0, {})  # open reads need no key
            if operation["operationId"] in examples:
                content = operation["responses"]["200"]["content"]["application/json"]
                content["example"] = examples[operation["operationId"]]
    return said


async def real_examples(app: FastAPI) -> dict[str, Any]:
    """Operation -> a real answer, with its lists cut short."""
    found = {}
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://localhost") as client:
        for operation, (method, path, body) in QUESTIONS.items():
            told: dict[str, Any] = {"json": body} if not isinstance(body, str) else {"content": body}
            headers = {"Content-Type": "text/csv"} if isinstance(body, str) else {}
            answer = await client.request(method, path, headers=headers, **(told if body else {}))
            answer.raise_for_status()
            found[operation] = _short(answer.json())
    return found


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(part) for name, part in value.items()}
    if isinstance(value, float):
        return round(value, DIGITS)
    return [_short(part) for part in value[:LONGEST_LIST]] if isinstance(value, list) else value


def text(said: Mapping[str, Any]) -> str:
    """A description as it is stored: sorted, so that a change shows as what it is."""
    return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(to: Path) -> None:
    """Write the examples beside this module, and the description to a file."""
    from matchmaker.api.app import create_app
    from matchmaker.api.settings import Settings
    from matchmaker.snapshot.store import bundled

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    app = create_app(Settings(snapshot=bundled()))
    examples = asyncio.run(real_examples(app))
    EXAMPLES.write_text(text(examples), "utf-8")
    to.write_text(text(described(app, examples)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
