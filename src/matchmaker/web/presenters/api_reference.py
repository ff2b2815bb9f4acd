"""The interface for programs, out of the description that the service gives of itself (OpenAPI)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

Document = Mapping[str, Any]
Examples = Mapping[str, object]
"""Name of a part of an address or of a body -> what stands there in an example."""
METHODS = ("get", "post", "put", "patch", "delete")
QUOTE = "'\\''"
"""An apostrophe within what a shell has in apostrophes."""
FILE = "own-data.csv"
"""Name of the user's own file in examples."""
MAX_DEPTH = 4
"""Parts within parts that an example shows."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation, or one field of a schema."""

    name: str
    where: str
    required: bool
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class ResponseView:
    """One response of an operation: its status, what it means, and the name of its schema."""

    status: str
    description: str
    type: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation.

    Attributes:
        operation_id: its name in the address of the page.
        example: a command that makes the call.
        path: of the example, where the call only reads what every service has; else None.
    """

    operation_id: str
    method: str
    route: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    body: tuple[Parameter, ...]
    responses: tuple[ResponseView, ...]
    example: str
    path: str | None


@dataclass(frozen=True, slots=True)
class TagView:
    """Operations with one tag."""

    title: str
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True)
class SchemaView:
    """One schema: its fields."""

    name: str
    description: str
    fields: tuple[Parameter, ...]


def tags(document: Document, origin: str, examples: Examples) -> tuple[TagView, ...]:
    """All operations by tag, in the order of the description.

    Args:
        document: the OpenAPI description.
        origin: where the service is, for the examples.
        examples: what the description gives no example of.
    """
    by: dict[str, list[OperationView]] = {}
    for route, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                one = operations[method]
                tag = (one.get("tags") or ["other"])[0]
                by.setdefault(tag, []).append(_operation(document, origin, route, method, one, examples))
    return tuple(TagView(name.replace("_", " ").capitalize(), tuple(found)) for name, found in by.items())


def schemas(document: Document) -> tuple[SchemaView, ...]:
    """Every schema with fields, by name."""
    found = document.get("components", {}).get("schemas", {})
    return tuple(
        SchemaView(name, _first(schema.get("description", "")), _fields(document, schema, "field"))
        for name, schema in sorted(found.items())
        if schema.get("properties")
    )


def _operation(
    document: Document, origin: str, route: str, method: str, one: Document, examples: Examples
) -> OperationView:
    content = one.get("requestBody", {}).get("content", {})
    schema: Document = next((part.get("schema", {}) for part in content.values()), {})
    path = _path(route, one.get("parameters", ()), examples)
    return OperationView(
        operation_id=one["operationId"],
        method=method.upper(),
        route=route,
        title=one.get("summary", route),
        description=one.get("description", ""),
        parameters=tuple(_parameter(document, part) for part in one.get("parameters", ())),
        body=_fields(document, _resolved(document, schema), "body"),
        responses=tuple(_response(status, part) for status, part in one.get("responses", {}).items()),
        example=_curl(document, origin + path, method, content, examples),
        path=path if method == "get" and _exists(one.get("parameters", ()), examples) else None,
    )


def _exists(parameters: Any, examples: Examples) -> bool:
    """Whether an example leads to something that every service has, not to what somebody stored."""
    return all(part["name"] in examples for part in parameters if part["in"] == "path")


def _parameter(document: Document, part: Document) -> Parameter:
    schema = part.get("schema", {})
    description = part.get("description") or schema.get("description") or ""
    return Parameter(
        part["name"], part["in"], part.get("required", False), _type_text(document, schema), description
    )


def _fields(document: Document, schema: Document, where: str) -> tuple[Parameter, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        Parameter(name, where, name in required, _type_text(document, part), part.get("description", ""))
        for name, part in schema.get("properties", {}).items()
    )


def _response(status: str, part: Document) -> ResponseView:
    schemas = [one["schema"] for one in part.get("content", {}).values() if one.get("schema")]
    media = ", ".join(kind for kind, one in part.get("content", {}).items() if not one.get("schema"))
    return ResponseView(status, part.get("description", ""), _type_text({}, schemas[0]) if schemas else media)


def _type_text(document: Document, schema: Document) -> str:
    """A form in words: text, whole number 1 to 300 (10 if not given), list of text."""
    text = _type(document, schema)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        text += f", {low:g} to {high:g}"
    elif low is not None:
        text += f", {'above' if 'exclusiveMinimum' in schema else 'from'} {low:g}"
    if schema.get("enum"):
        text += ": " + ", ".join(map(str, schema["enum"]))
    default = schema.get("default")
    return text if default in (None, "", [], {}) else f"{text} ({_plain(default)} if not given)"


def _type(document: Document, schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    choices = [one for one in schema.get("anyOf", schema.get("oneOf", ())) if one.get("type") != "null"]
    if choices:
        return " or ".join(dict.fromkeys(_type_text(document, one) for one in choices))
    if "const" in schema:
        return _plain(schema["const"])
    type_ = schema.get("type")
    if type_ == "array":
        items = schema.get("items") or {}
        return f"list of {_type(document, items)}" if items else "list"
    if type_ == "string" and schema.get("format") in WORDS:
        return WORDS[schema["format"]]
    return WORDS.get(str(type_), "anything")


WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "date": "date (2026-03-03)",
    "date-time": "time (ISO 8601)",
    "null": "nothing",
}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _path(route: str, parameters: Any, examples: Examples) -> str:
    """The address of an example: every part of the path, and what is required of the query."""
    query = []
    for part in parameters:
        name, example = part["name"], examples.get(part["name"], _example(part))
        if part["in"] == "path":
            route = route.replace(f"{{{name}}}", quote(str(example), safe=""))
        elif part["in"] == "query" and part.get("required"):
            query.append((name, example if isinstance(example, list) else str(example or "")))
    return f"{route}?{urlencode(query, doseq=True)}" if query else route


def _example(part: Document) -> object:
    schema = part.get("schema", {})
    for one in (part, schema):
        if "example" in one:
            return one["example"]
        if one.get("examples"):
            examples = one["examples"]
            return examples[0] if isinstance(examples, list) else next(iter(examples.values())).get("value")
    return None


def _curl(document: Document, address: str, method: str, content: Document, examples: Examples) -> str:
    lines = [f"curl '{address}'" if method == "get" else f"curl -X {method.upper()} '{address}'"]
    for media, part in [*content.items()][:1]:
        lines.append(f"-H 'Content-Type: {media}'")
        if media == "application/json":
            body = json.dumps(_sample(document, part.get("schema", {}), examples), ensure_ascii=False)
            lines.append(f"-d '{body.replace(chr(39), QUOTE)}'")
        else:
            lines.append(f"--data-binary @{FILE}")
    return " \\\n  ".join(lines)


def _sample(document: Document, schema: Document, examples: Examples, depth: int = 0) -> object:
    """A body that the call accepts: what is required, or else what there are examples of."""
    schema = _resolved(document, schema)
    example = _example({"schema": schema})
    if example is not None:
        return example
    if schema.get("properties") and depth < MAX_DEPTH:
        required = schema.get("required") or examples
        return {
            name: examples.get(name) or _sample(document, part, examples, depth + 1)
            for name, part in schema["properties"].items()
            if name in required
        }
    if schema.get("type") == "array":
        return [_sample(document, schema.get("items", {}), examples, depth + 1)]
    return schema.get("default", schema.get("enum", [None])[0])


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _first(text: str) -> str:
    """The first sentence or line of a description."""
    return text.strip().partition("\n")[0]
