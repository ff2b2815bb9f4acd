"""Answers as bytes: JSON, or CSV where the caller asks for a table; with links to what is related."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from pydantic import TypeAdapter

from matchmaker.models.engine import Matchmaker
from matchmaker.models.tables import Row, to_csv
from matchmaker.version import __version__

JSON, CSV = "application/json", "text/csv"
TABLE: dict[str, Any] = {
    "content": {CSV: {"schema": {"type": "string"}}},
    "description": "JSON, or CSV where it is asked for.",
}
"""The description of a response that comes as CSV too."""
T = TypeVar("T")


async def cacheable(request: Request) -> None:
    """A dependency: the response follows from the day, the snapshot, the path and the query string alone."""
    request.state.cacheable = True


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
_UNSOUND = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|]')
_REGISTERED = ("self", "next", "prev")


def render(
    request: Request,
    answer: Any,
    rows: Callable[[], Iterable[Row]] | None = None,
    name: str = "table",
    exclude: dict[str, Any] | None = None,
    each: str | None = None,
) -> Response:
    """An answer in the form that the caller accepts.

    Args:
        request: whose header Accept counts.
        answer: a model or dataclass; its `links` go into the header Link as well.
        rows: gives the rows of the table, where there is one.
        name: of the CSV file.
        exclude: fields that do not come in JSON, as pydantic has them; with `each`, of every part.
        each: field with a list of parts, which are written one by one: no thread waits for all of them.
    """
    headers = {"Link": ", ".join(_link(*one) for one in answer.links.items() if "{" not in one[1])}
    if rows is not None and wants_csv(request.headers.get("accept", "")):
        headers["Content-Disposition"] = attachment(f"{name}.csv")
        return Response("".join(to_csv(rows())), 200, headers, f"{CSV}; charset=utf-8; header=present")
    if each is None:
        return Response(_json(answer, exclude), 200, headers, JSON)
    parts = b",".join(_json(one, exclude) for one in getattr(answer, each))
    empty = f'"{each}":['.encode()
    body = _json(answer.model_copy(update={each: []})).replace(empty + b"]", empty + parts + b"]", 1)
    return Response(body, 200, headers, JSON)


def _json(answer: Any, exclude: dict[str, Any] | None = None) -> bytes:
    kind = type(answer)
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind].dump_json(answer, by_alias=True, exclude=exclude)


def attachment(name: str) -> str:
    """The header Content-Disposition of a file to take away (RFC 6266).

    Args:
        name: of the file; what can't stand in a header or a name of a file becomes `-`.
    """
    sound = _UNSOUND.sub("-", name)
    message = Message()
    filename = sound if sound.isascii() else ("utf-8", "", sound)
    message.add_header("Content-Disposition", "attachment", filename=filename)
    return str(message["Content-Disposition"])


def query_string(request: Request) -> str:
    """The query string of the request, with whatever may not stand in an address (RFC 3986) encoded."""
    return quote(request.url.query, safe="%!$&'()*+,;=:@/?-._~")


def _link(name: str, to: str) -> str:
    """One link of the header Link (RFC 8288)."""
    return f'<{to}>; rel="{name}"' if name in _REGISTERED else f'<{to}>; rel="related"; title="{name}"'


def path(request: Request, *parts: str, **query: Any) -> str:
    """A path on this service, with a query string where one is given."""
    root = request.scope.get("root_path", "")
    string = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return f"{root}/v1/{'/'.join(quote(part, safe='{}') for part in parts)}" + (
        f"?{string}" if string else ""
    )


def self_link(request: Request) -> str:
    """The path and query string of the request."""
    query = query_string(request)
    own = quote(f"{request.scope.get('root_path', '')}{request.scope['path']}")
    return f"{own}?{query}" if query else own


def add_links(response_type: Callable[..., T], answer: Any, links: Mapping[str, str], **more: Any) -> T:
    """An answer of the engine as a response, which has links (and more) besides."""
    own = {field.name: getattr(answer, field.name) for field in fields(answer)}
    return response_type(**own, links=dict(links), **more)


def response_metadata(
    request: Request, engine: Matchmaker, as_of: Any = None, **related: str
) -> dict[str, Any]:
    """What every response carries that no method ranked."""
    return {
        "snapshot": engine.snapshot.hash,
        "version": __version__,
        "as_of": as_of or engine.snapshot.as_of,
        "links": {"self": self_link(request), **related},
    }
