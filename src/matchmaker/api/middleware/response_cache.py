"""Keeps rendered answers ready, and answers 304 where the caller has one already (RFC 9110, 13.1.2)."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.api.metrics import REMEMBERED
from matchmaker.api.responses import wants_csv

_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Answer:
    """A rendered answer and its strong entity tag, a hash of the body."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str
    route: str | None


class Shelf:
    """The answers used last, up to so many bytes.

    Args:
        size: in bytes; an answer larger than an eighth of it is not kept.
    """

    def __init__(self, size: int) -> None:
        self.size, self.used = size, 0
        self.answers: OrderedDict[Any, Answer] = OrderedDict()

    def get(self, key: Any) -> Answer | None:
        """An answer, which thereby is the one used last."""
        found = self.answers.get(key)
        if found is not None:
            self.answers.move_to_end(key)
        return found

    def put(self, key: Any, answer: Answer) -> None:
        """Keep an answer; those not used for longest give way."""
        if len(answer.body) > self.size / 8 or key in self.answers:
            return
        self.answers[key] = answer
        self.used += len(answer.body)
        while self.used > self.size:
            _, gone = self.answers.popitem(last=False)
            self.used -= len(gone.body)


class Remembered:
    """Answers a question that was asked before from the bytes of its answer.

    Only what a route marks as following from the snapshot and the question alone is kept
    (`rendering.lasting`), under both of them; so a swap of the snapshot needs no clearing.
    """

    def __init__(self, app: ASGIApp, size: int, seconds: int, public: bool) -> None:
        self.app, self.shelf = app, Shelf(size)
        self.control = f"{'public' if public else 'private'}, max-age={seconds}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, from what is kept if possible."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        headers, state = Headers(scope=scope), scope["state"]
        csv = wants_csv(headers.get("accept", ""))
        key = (
            state["engine"].snapshot.hash,
            scope.get("root_path"),
            scope["path"],
            scope["query_string"],
            csv,
        )
        answer = self.shelf.get(key)
        REMEMBERED[answer is not None].inc()
        if answer is None:
            answer = await self._asked(scope, receive, send)
            if answer is None:
                return
            self.shelf.put(key, answer)
        state["route"] = answer.route
        have = headers.get("if-none-match")
        fresh = have is not None and (have.strip() == "*" or answer.tag in _TAG.findall(have))
        # A copy, as the layers around add headers of their own to the list.
        kept = [(n, v) for n, v in answer.headers if not fresh or not n.startswith(b"content-")]
        await send({"type": "http.response.start", "status": 304 if fresh else 200, "headers": kept})
        body = b"" if fresh or scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """The answer if it may be kept; any other is sent on as it comes."""
        start: Message | None = None
        parts: list[bytes] = []
        inner, state = dict(scope, method="GET"), scope["state"]

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] == 200 and state.get("lasting"):
                start = message
            elif start is None:
                if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                    message = {**message, "body": b""}
                await send(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self.app(inner, receive, sending)
        state["route"] = getattr(inner.get("route"), "path", None)
        if start is None:
            return None
        body = b"".join(parts)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = MutableHeaders(scope=start)
        headers["ETag"], headers["Cache-Control"] = tag, self.control
        headers.add_vary_header("Accept")
        return Answer(list(start["headers"]), body, tag, state["route"])
