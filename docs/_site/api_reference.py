"""Writes the reference of the HTTP API from docs/openapi.json, by the presenter of the page /api."""

from __future__ import annotations

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from matchmaker.web.presenters.api_reference import OperationView, Parameter, schemas, tags

PAGE = "reference/api.md"
DESCRIPTION = Path(__file__).parents[1] / "openapi.json"
ORIGIN = "http://127.0.0.1:8000"
EXAMPLES = {
    "sector": "nhs",
    "code": "RPA",
    "candidate": "RN7",
    "recipients": ["RPA"],
    "organisation": ["RPA", "RN7"],
}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, PAGE, content=page(json.loads(DESCRIPTION.read_text("utf-8")))))
    return files


def page(document: dict[str, object]) -> str:
    """Every call, then every schema."""
    groups = tags(document, ORIGIN, EXAMPLES)
    forms = schemas(document)
    names = {one.name for one in forms}
    parts = [
        "# HTTP API",
        "Generated from [the description](../openapi.json) (OpenAPI 3.1) of version "
        f"{document['info']['version']}. A running service shows the same at `/api`, with examples that work "
        "there. Errors are problems by RFC 9457, `application/problem+json`.",
    ]
    for group in groups:
        parts += [f"## {group.title}" if len(groups) > 1 else "## Calls"]
        parts += [text for one in group.operations for text in operation(one, names)]
    parts += ["## Schemas"]
    for form in forms:
        parts += [f"### {form.name}", form.description, table(form.fields, names)]
    return "\n\n".join(part for part in parts if part) + "\n"


def operation(one: OperationView, names: set[str]) -> list[str]:
    """One call as headed parts."""
    answers = [
        f"| {answer.status} | {linked(answer.type, names)} | {cell(answer.description)} |"
        for answer in one.responses
    ]
    return [
        f"### {one.method} {one.route} {{ #{one.operation_id} }}",
        one.description,
        f"```sh\n{one.example}\n```",
        table((*one.parameters, *one.body), names),
        "\n".join(("| Answer | Form | When |", "| --- | --- | --- |", *answers)),
    ]


def table(rows: tuple[Parameter, ...], names: set[str]) -> str:
    """Parameters or fields."""
    if not rows:
        return ""
    lines = [
        f"| `{row.name}` | {row.where} | {'yes' if row.required else ''} | {linked(row.type, names)} | "
        f"{cell(row.description)} |"
        for row in rows
    ]
    return "\n".join(("| Name | In | Required | Form | Meaning |", "| --- | --- | --- | --- | --- |", *lines))


def linked(text: str, names: set[str]) -> str:
    """A form, with the schemas that it names as links."""
    words = cell(text).split(" ")
    return " ".join(f"[{word}](#{word.lower()})" if word in names else word for word in words)


def cell(text: str) -> str:
    """A text that can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
