"""Answers as bytes: JSON, or CSV where the caller asks for a table; with links to what is related."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from pydantic import TypeAdapter

import matchmaker
from matchmaker.models.tables import Row, to_csv

JSON, CSV = "application/json", "text/csv"
Made = TypeVar("Made")


async def lasting(request: Request) -> None:
    """Mark that an answer follows from the snapshot, the path and the query alone, so may be kept."""
    request.state.lasting = True


def wants_csv(accept: str) -> bool:
    """Whether a table is wanted as CSV rather than JSON (RFC 9110, 12.5.1); in doubt, JSON."""
    return "csv" in accept and _quality(accept, CSV) > _quality(accept, JSON)


def _quality(accept: str, media_type: str) -> float:
    """The weight of a media type: that of the most specific range that covers it."""
    main = media_type.partition("/")[0]
    found: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (word.strip().casefold() for word in part.split(";"))
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            found[name] = float(weight)
        except ValueError:
            found[name] = 0.0
    return next((found[name] for name in (media_type, f"{main}/*", "*/*") if name in found), 0.0)


_adapters: dict[type, TypeAdapter[Any]] = {}
_REGISTERED = ("self", "next", "prev")


def render(
    request: Request, answer: Any, table: Callable[[], Iterable[Row]] | None = None, name: str = "table"
) -> Response:
    """An answer in the form that the caller accepts.

    Args:
        request: what was asked.
        answer: a model or dataclass; its `links` go into the header Link as well.
        table: the rows, for those who want CSV.
        name: of the CSV file.
    """
    headers = {"Link": ", ".join(_link(*one) for one in answer.links.items() if "{" not in one[1])}
    if table is not None and wants_csv(request.headers.get("accept", "")):
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return Response("".join(to_csv(table())), 200, headers, f"{CSV}; charset=utf-8; header=present")
    kind = type(answer)
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return Response(_adapters[kind].dump_json(answer, by_alias=True), 200, headers, JSON)


def _link(name: str, to: str) -> str:
    """One link of the header Link (RFC 8288)."""
    return f'<{to}>; rel="{name}"' if name in _REGISTERED else f'<{to}>; rel="related"; title="{name}"'


def path(request: Request, *parts: str, **query: Any) -> str:
    """A path on this service, with a query where one is given."""
    root = request.scope.get("root_path", "")
    told = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return f"{root}/v1/{'/'.join(quote(part, safe='') for part in parts)}" + (f"?{told}" if told else "")


def itself(request: Request) -> str:
    """The path and query of the request."""
    query = request.url.query
    return quote(f"{request.scope.get('root_path', '')}{request.scope['path']}") + (
        f"?{query}" if query else ""
    )


def with_links(kind: Callable[..., Made], answer: Any, links: Mapping[str, str], **more: Any) -> Made:
    """An answer of the models as a `kind` of the service, which has links (and more) besides."""
    told = {field.name: getattr(answer, field.name) for field in fields(answer)}
    return kind(**told, links=dict(links), **more)


def base(request: Request, as_of: Any = None, **related: str) -> dict[str, Any]:
    """What every answer carries that no method ranked."""
    snapshot = request.state.engine.snapshot
    return {
        "snapshot": snapshot.hash,
        "version": matchmaker.__version__,
        "as_of": as_of or snapshot.as_of,
        "links": {"self": itself(request), **related},
    }
